"""What the use cases rely on, on every registry."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential
from buildtool.adapters.registry.login.session import Request
from buildtool.core.registry.contents import ServerKind, TagRemoval
from buildtool.core.text.secrets import Secrets
from buildtool.errors import REGISTRY_AUTH, REGISTRY_NOT_FOUND, BuildtoolError
from tests.support.registries.images import image, index, sha256, upload, upload_blob
from tests.support.registries.prefixed import PREFIX

if TYPE_CHECKING:
    from buildtool.adapters.registry import RegistryClient
    from buildtool.core.image.names import Repository
    from tests.contracts.conftest import Subject

ABSENT = f"sha256:{'0' * 64}"


def test_the_probe_finds_the_registry_and_its_clock(subject: Subject, client: RegistryClient) -> None:
    facts = client.probe()
    assert facts.url == subject.url
    assert facts.date is not None
    assert facts.date.tzinfo is not None
    assert (facts.kind is ServerKind.HARBOR) == subject.name.startswith("harbor")


def test_a_repository_that_does_not_exist_has_no_tags(client: RegistryClient, repository: Repository) -> None:
    assert list(client.tags(repository)) == []
    assert client.digest(repository, "master-abc1234-1707300000") is None
    with pytest.raises(BuildtoolError) as caught:
        client.manifest(repository, "nothing")
    assert caught.value.kind is REGISTRY_NOT_FOUND


def test_pushing_may_be_tried_without_leaving_anything(client: RegistryClient, repository: Repository) -> None:
    client.check_push(repository)
    assert list(client.tags(repository)) == []


@pytest.mark.parametrize("docker", [False, True], ids=["oci", "docker"])
def test_what_was_written_is_read_back(client: RegistryClient, repository: Repository, docker: bool) -> None:  # noqa: FBT001
    one = upload(client, repository, image(docker=docker), "a-1", "a-2")
    assert sorted(client.tags(repository)) == ["a-1", "a-2"]
    assert client.digest(repository, "a-1") == one.manifest.digest
    assert client.manifest(repository, "a-2") == one.manifest
    assert client.manifest(repository, one.manifest.digest) == one.manifest
    assert json.loads(client.blob(repository, sha256(one.config)))["architecture"] == "arm64"


@pytest.mark.parametrize("docker", [False, True], ids=["oci", "docker"])
def test_an_index_is_read_back_with_its_images(client: RegistryClient, repository: Repository, docker: bool) -> None:  # noqa: FBT001
    arm = upload(client, repository, image(docker=docker))
    amd = upload(client, repository, image(architecture="amd64", docker=docker))
    both = index(arm, amd, docker=docker)
    client.put_manifest(repository, "both", both)
    read = client.manifest(repository, "both")
    assert read == both
    assert read.is_index
    assert [client.manifest(repository, entry["digest"]) for entry in read.document()["manifests"]] == [
        arm.manifest,
        amd.manifest,
    ]


def test_writing_a_tag_again_changes_nothing(client: RegistryClient, repository: Repository) -> None:
    one = upload(client, repository, image(), "same")
    client.put_manifest(repository, "same", one.manifest)
    assert list(client.tags(repository)) == ["same"]


def test_a_tag_moves_to_another_image(client: RegistryClient, repository: Repository) -> None:
    upload(client, repository, image("old"), "moves")
    new = upload(client, repository, image("new"), "moves")
    assert client.digest(repository, "moves") == new.manifest.digest


def test_pages_hold_every_tag_once(subject: Subject, client: RegistryClient, repository: Repository) -> None:
    one = upload(client, repository, image())
    wanted = [f"master-abc1234-17073000{number:02}" for number in range(23)]
    for tag in wanted:
        client.put_manifest(repository, tag, one.manifest)
    assert sorted(client.tags(repository)) == wanted
    with subject.client(page_size=5) as paging:
        assert sorted(paging.tags(repository)) == wanted


def test_tags_deleted_between_pages_do_not_end_the_listing(subject: Subject, repository: Repository) -> None:
    with subject.client(page_size=2) as client:
        one = upload(client, repository, image(), "a", "b", "c", "d", "e")
        tags = client.tags(repository)
        seen = [next(tags), next(tags)]
        if subject.pages:
            assert client.remove_tag(repository, "b") is subject.removed
        rest = list(tags)
        assert client.digest(repository, "e") == one.manifest.digest
        # distribution 3 may skip one tag after the absent one, as its documentation says; nothing comes twice
        assert sorted({*seen, *rest}) in (["a", "b", "c", "d", "e"], ["a", "b", "d", "e"])
        assert len(seen) + len(rest) == len({*seen, *rest})


def test_one_tag_goes_and_the_others_on_its_digest_stay(
    subject: Subject, client: RegistryClient, repository: Repository
) -> None:
    """Where a registry deletes nothing, that is said, and every tag holds what it held."""
    tags = ["unproven", "master-abc1234-1707300000", "also"]
    one = upload(client, repository, image(), *tags)
    assert client.remove_tag(repository, "unproven") is subject.removed
    assert sorted(client.tags(repository)) == subject.without(tags, "unproven")
    for reference in (*subject.without(tags, "unproven"), one.manifest.digest):
        assert client.manifest(repository, reference) == one.manifest
    assert client.remove_tag(repository, "never-there") is TagRemoval.ABSENT
    assert client.remove_tag(repository, "unproven") is (
        TagRemoval.ABSENT if subject.deletes else TagRemoval.UNSUPPORTED
    )


def test_the_tag_of_an_index_goes_and_its_images_stay(
    subject: Subject, client: RegistryClient, repository: Repository
) -> None:
    arm = upload(client, repository, image(), "arm")
    both = index(arm)
    for tag in ("unproven", "final"):
        client.put_manifest(repository, tag, both)
    assert client.remove_tag(repository, "unproven") is subject.removed
    assert sorted(client.tags(repository)) == subject.without(["arm", "final", "unproven"], "unproven")
    assert client.manifest(repository, "final") == both


def test_a_tag_taken_away_can_be_written_again(client: RegistryClient, repository: Repository) -> None:
    one = upload(client, repository, image(), "unproven", "keep")
    client.remove_tag(repository, "unproven")
    client.put_manifest(repository, "unproven", one.manifest)
    assert client.digest(repository, "unproven") == one.manifest.digest


def test_a_missing_blob_says_so(client: RegistryClient, repository: Repository) -> None:
    upload(client, repository, image())
    with pytest.raises(BuildtoolError) as caught:
        client.blob(repository, ABSENT)
    assert caught.value.kind is REGISTRY_NOT_FOUND


def test_a_layer_is_read_as_a_file(client: RegistryClient, repository: Repository) -> None:
    one = upload(client, repository, image())
    with client.open_blob(repository, sha256(one.layer)) as file:
        assert file.read() == one.layer
    big = b"0123456789abcdef" * (2 << 20)  # beyond what is kept in memory
    upload_blob(client, repository, big)
    with client.open_blob(repository, sha256(big)) as file:
        assert file.read() == big


def test_names_with_many_parts(subject: Subject, client: RegistryClient) -> None:
    plain = subject.repository()
    deep = replace(plain, path=f"{plain.path}/team/app.web_1")
    upload(client, deep, image(), "unproven", "keep")
    assert client.remove_tag(deep, "unproven") is subject.removed
    assert sorted(client.tags(deep)) == subject.without(["keep", "unproven"], "unproven")


def test_wrong_credentials_are_refused_and_never_shown(subject: Subject, repository: Repository) -> None:
    if not subject.served.username:
        pytest.skip("this registry wants no credentials")
    secrets, wrong = Secrets(), "wr0ng-passw0rd"
    credentials = [Credential(subject.served.username, wrong), None]
    for credential in credentials:
        with subject.client(credentials=lambda found=credential: found, secrets=secrets) as client:
            with pytest.raises(BuildtoolError) as caught:
                client.check_push(repository)
            assert caught.value.kind is REGISTRY_AUTH, caught.value.message
            assert wrong not in f"{caught.value.message} {caught.value.fix}"
    assert wrong not in secrets.clean(f"a log line with {wrong}")


def test_one_connection_serves_many_requests(subject: Subject, repository: Repository) -> None:
    """Not one connection per request: an upload and its reads take seconds otherwise over TLS."""
    if subject.memory is not None:
        pytest.skip("no connections lead to it")
    with subject.client() as client:
        upload_blob(client, repository, b"first")
        pools = client._wire._client._transport._pools  # type: ignore[attr-defined]
        (pool,) = (pools[key] for key in pools if key[0] == subject.served.url.partition(":")[0])
        before = pool._pool.connections
        upload_blob(client, repository, b"second")
        assert pool._pool.connections == before


def test_a_layer_is_mounted_from_another_repository(
    subject: Subject, client: RegistryClient, repository: Repository
) -> None:
    """With one token for both. Behind a proxy with a path, the other one is named as the registry itself knows it."""
    if subject.memory is not None:
        pytest.skip("nothing is uploaded to it")
    one, target = upload(client, repository, image("mounted")), subject.repository()
    digest, source = sha256(one.layer), repository.path.removeprefix(f"{PREFIX}/")
    path = f"/v2/{target.path}/blobs/uploads/?mount={digest}&from={source}"
    scope = f"repository:{target.path}:pull,push repository:{repository.path}:pull"
    answer = client.session.ask(Request("POST", path, scope, content=b""))
    assert answer.status == 201, answer.words
    assert client.blob(target, digest) == one.layer
