"""What the real registries do stands in tests/contracts; here is what only hostile or unlucky ones do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry.removal import ANNOTATION, unique
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import Manifest, TagRemoval
from buildtool.errors import REGISTRY_DENIED, BuildtoolError
from tests.support.httpserver import Reply
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.images import image, sha256, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.httpserver import Question

ONE = image()
TAG = "/v2/frontend/manifests/unproven"
THERE = Reply(200, {"Docker-Content-Digest": ONE.manifest.digest})
GONE = Reply(404, {}, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')


def remove(clients: Clients, script: Script) -> TagRemoval:
    return clients(script.host).remove_tag(Repository(script.host, "frontend"), "unproven")


def test_a_registry_that_only_says_so(clients: Clients, script: Script) -> None:
    script.on("HEAD", TAG, THERE)
    script.on("DELETE", TAG, Reply(202))
    assert remove(clients, script) is TagRemoval.UNSUPPORTED


def test_a_lost_answer_is_settled_by_looking(clients: Clients, script: Script) -> None:
    script.on("HEAD", TAG, THERE, GONE)
    script.on("DELETE", TAG, Reply(502), GONE)
    assert remove(clients, script) is TagRemoval.REMOVED


def test_deleting_may_be_forbidden(clients: Clients, script: Script) -> None:
    script.on("HEAD", TAG, THERE)
    script.on("DELETE", TAG, Reply(403, {}, b'{"errors":[{"code":"DENIED"}]}'))
    with pytest.raises(BuildtoolError) as caught:
        remove(clients, script)
    assert caught.value.kind is REGISTRY_DENIED


def test_another_run_that_takes_the_tag_meanwhile_keeps_it(clients: Clients, script: Script) -> None:
    """Between our manifest and the delete somebody pushes the candidate anew: only ours goes."""
    theirs = Reply(200, {"Docker-Content-Digest": image("theirs").manifest.digest})
    own: list[str] = []

    def stored(question: Question) -> Reply | None:
        if question.method != "PUT":
            return None
        own.append(sha256(question.body))
        return Reply(201, {"Docker-Content-Digest": own[0]})

    def deleted(question: Question) -> Reply | None:
        by_own_digest = question.method == "DELETE" and own and question.path.endswith(own[0])
        return Reply(202) if by_own_digest else None

    script.rules += [stored, deleted]
    script.on("HEAD", TAG, THERE, theirs)
    script.on("GET", TAG, Reply(200, {}, ONE.manifest.body))
    script.on("DELETE", TAG, Reply(400, {}, b'{"errors":[{"code":"UNSUPPORTED"}]}'))
    assert remove(clients, script) is TagRemoval.REMOVED
    deletes = [question.path.rpartition("/")[2] for question in script.asked if question.method == "DELETE"]
    assert deletes == ["unproven", f"sha256:{'0' * 64}", own[0]]


def test_a_digest_of_its_own() -> None:
    before = Manifest("t", sha256(b""), b'{"schemaVersion":2,"annotations":{"a":"b"}}')
    one, two = unique(before), unique(before)
    assert one.digest == sha256(one.body) != two.digest
    assert one.media_type == "t"
    document = json.loads(one.body)
    assert document.pop("annotations").keys() == {"a", ANNOTATION}
    assert document == {"schemaVersion": 2}
    assert json.loads(unique(Manifest("t", "", b'{"annotations":[]}')).body)["annotations"].keys() == {ANNOTATION}


@pytest.fixture(scope="module")
def without_deletes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert program is not None
    with distribution(program, tmp_path_factory.mktemp("registry"), delete=False) as served:
        yield served.host


def test_where_deleting_is_switched_off_nothing_changes(clients: Clients, without_deletes: str) -> None:
    client, repository = clients(without_deletes), Repository(without_deletes, "frontend")
    upload(client, repository, ONE, "unproven", "final")
    assert client.remove_tag(repository, "unproven") is TagRemoval.UNSUPPORTED
    assert client.digest(repository, "unproven") == ONE.manifest.digest
    assert client.digest(repository, "final") == ONE.manifest.digest
    assert client.remove_tag(repository, "absent") is TagRemoval.ABSENT
