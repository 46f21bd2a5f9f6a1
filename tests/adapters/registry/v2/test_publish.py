from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import Manifest
from buildtool.errors import (
    REGISTRY_ANSWER,
    REGISTRY_DIGEST,
    REGISTRY_FAILED,
    REGISTRY_IMMUTABLE,
    REGISTRY_QUOTA,
    BuildtoolError,
)
from tests.support.httpserver import Reply
from tests.support.registries.images import image

if TYPE_CHECKING:
    from tests.adapters.registry.conftest import Clients, Script

ONE, OTHER = image("one").manifest, image("other").manifest
PATH = "/v2/website/frontend/manifests/master-abc1234-1707300000"
IMMUTABLE = Reply(412, {}, b'{"errors":[{"code":"PRECONDITION","message":"configured as immutable"}]}')


def stored(manifest: Manifest, status: int = 201) -> Reply:
    return Reply(status, {"Docker-Content-Digest": manifest.digest})


def put(clients: Clients, script: Script) -> None:
    client = clients(script.host)
    client.put_manifest(Repository(script.host, "website/frontend"), "master-abc1234-1707300000", ONE)


def methods(script: Script) -> list[str]:
    return [question.method for question in script.asked]


def test_one_request_where_all_is_well(clients: Clients, script: Script) -> None:
    script.on("PUT", PATH, stored(ONE))
    put(clients, script)
    assert methods(script) == ["PUT"]
    assert script.asked[0].body == ONE.body
    assert script.asked[0].headers["content-type"] == ONE.media_type


def test_an_immutable_tag_with_the_same_digest_is_success(clients: Clients, script: Script) -> None:
    script.on("PUT", PATH, IMMUTABLE)
    script.on("HEAD", PATH, stored(ONE, 200))
    put(clients, script)
    assert (methods(script), clients.said) == (["PUT", "HEAD"], [])


def test_an_immutable_tag_with_another_digest_is_refused(clients: Clients, script: Script) -> None:
    script.on("PUT", PATH, IMMUTABLE)
    script.on("HEAD", PATH, stored(OTHER, 200))
    with pytest.raises(BuildtoolError) as caught:
        put(clients, script)
    assert caught.value.kind is REGISTRY_IMMUTABLE
    assert caught.value.kind.exit == 14
    assert "configured as immutable" in caught.value.message


def test_a_lost_answer_is_settled_by_looking(clients: Clients, script: Script) -> None:
    script.on("PUT", PATH, Reply(502))
    script.on("HEAD", PATH, stored(ONE, 200))
    put(clients, script)
    assert methods(script) == ["PUT", "HEAD"]
    assert clients.said == []


def test_an_unfinished_put_is_sent_again(clients: Clients, script: Script) -> None:
    script.on("PUT", PATH, Reply(502), stored(ONE))
    script.on("HEAD", PATH, stored(OTHER, 200))
    put(clients, script)
    assert methods(script) == ["PUT", "HEAD", "PUT"]
    assert len(clients.said) == 1


@pytest.mark.parametrize("code", ["BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN"])
@pytest.mark.parametrize("status", [400, 404])
def test_a_replica_that_lags_behind(clients: Clients, script: Script, code: str, status: int) -> None:
    unknown = Reply(status, {}, f'{{"errors":[{{"code":"{code}"}}]}}'.encode())
    script.on("PUT", PATH, unknown, unknown, stored(ONE))
    put(clients, script)
    assert methods(script) == ["PUT"] * 3


def test_another_digest_stored_is_told(clients: Clients, script: Script) -> None:
    script.on("PUT", PATH, stored(OTHER))
    with pytest.raises(BuildtoolError) as caught:
        put(clients, script)
    assert caught.value.kind is REGISTRY_DIGEST


def test_an_answer_without_a_digest_is_no_proof(clients: Clients, script: Script) -> None:
    script.on("PUT", PATH, Reply(201))
    with pytest.raises(BuildtoolError) as caught:
        put(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER
    script.on("HEAD", PATH, stored(ONE, 200))
    put(clients, script)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(500), REGISTRY_FAILED),
        (Reply(403, {}, b'{"errors":[{"code":"DENIED","message":"quota exceeded"}]}'), REGISTRY_QUOTA),
        (Reply(201, {"Docker-Content-Digest": "sha256:short"}), REGISTRY_ANSWER),
    ],
)
def test_what_cannot_heal_is_sent_once(clients: Clients, script: Script, reply: Reply, kind: object) -> None:
    script.on("PUT", PATH, reply)
    with pytest.raises(BuildtoolError) as caught:
        put(clients, script)
    assert caught.value.kind is kind
    assert methods(script).count("PUT") == 1
    assert clients.said == []


def test_a_manifest_that_is_not_its_digest_is_our_own_mistake(clients: Clients) -> None:
    wrong = Manifest(ONE.media_type, OTHER.digest, ONE.body)
    with pytest.raises(ValueError, match="over its body"):
        clients("h:5000").put_manifest(Repository("h:5000", "x"), "t", wrong)
