from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential
from buildtool.core.image.names import Repository
from buildtool.errors import REGISTRY_ANSWER, BuildtoolError
from tests.support.httpserver import Reply, serve
from tests.support.registries.images import sha256
from tests.support.registries.tls import private_ca, server_context

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adapters.registry.conftest import Clients, Script

BLOB = b"a blob in an object store"
PATH = f"/v2/website/frontend/blobs/{sha256(BLOB)}"
BASIC = Reply(401, {"WWW-Authenticate": 'Basic realm="r"'})


def blob(clients: Clients, script: Script) -> bytes:
    client = clients(script.host, credentials=lambda: Credential("someone", "s3cr3t-word"))
    return client.blob(Repository(script.host, "website/frontend"), sha256(BLOB))


def test_another_host_is_not_told_who_we_are(clients: Clients, script: Script, other: Script) -> None:
    script.on("GET", PATH, BASIC, Reply(307, {"Location": f"http://{other.host}/bucket/x?signature=y"}))
    other.on("GET", "/bucket/x", Reply(200, {}, BLOB))
    assert blob(clients, script) == BLOB
    assert "authorization" in script.asked[-1].headers
    assert "authorization" not in other.asked[0].headers


def test_a_signature_in_an_address_is_not_shown(clients: Clients, script: Script, other: Script) -> None:
    script.on("GET", PATH, Reply(307, {"Location": f"http://{other.host}/bucket/x?X-Amz-Signature=s3cret"}))
    for reply in (Reply(403), Reply(200, {}, b"another blob"), Reply(200, {}, b" " * (9 << 20))):
        other.rules.clear()
        other.on("GET", "/bucket/x", reply)
        with pytest.raises(BuildtoolError) as caught:
            blob(clients, script)
        assert "/bucket/x" in str(caught.value.place)
        assert "s3cret" not in f"{caught.value.message} {caught.value.fix} {caught.value.place}"


def test_the_registry_itself_is(clients: Clients, script: Script) -> None:
    script.on("GET", PATH, BASIC, Reply(302, {"Location": "/moved"}))
    script.on("GET", "/moved", Reply(200, {}, BLOB))
    assert blob(clients, script) == BLOB
    assert "authorization" in script.asked[-1].headers


def test_https_is_not_left_for_http(clients: Clients, other: Script, tmp_path: Path) -> None:
    tls = private_ca(tmp_path)
    moved = Reply(307, {"Location": f"http://{other.host}/bucket/x?X-Amz-Signature=s3cret"})
    with serve(lambda handler, _: handler.reply(moved), server_context(tls)) as host:
        client = clients(host, insecure=False, ca_files=[tls.ca])
        with pytest.raises(BuildtoolError) as caught:
            client.blob(Repository(host, "website/frontend"), sha256(BLOB))
        client.close()
    assert caught.value.kind is REGISTRY_ANSWER
    assert caught.value.message == f"it redirects to an address that is not HTTPS: http://{other.host}/bucket/x"
    assert other.asked == []


def test_a_circle_ends(clients: Clients, script: Script) -> None:
    script.on("GET", PATH, Reply(302, {"Location": PATH}))
    with pytest.raises(BuildtoolError) as caught:
        blob(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER
    assert len(script.asked) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://h/", "javascript:x"])
def test_an_address_that_is_none(clients: Clients, script: Script, location: str) -> None:
    script.on("GET", PATH, Reply(302, {"Location": location}))
    with pytest.raises(BuildtoolError) as caught:
        blob(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER


def test_a_redirect_without_a_place_is_an_answer_like_any_other(clients: Clients, script: Script) -> None:
    script.on("GET", PATH, Reply(302))
    with pytest.raises(BuildtoolError) as caught:
        blob(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        ("/v2/x/blobs/uploads/1?_state=a%2Fb", "/v2/x/blobs/uploads/1?_state=a%2Fb"),
        ("http://internal:8080/v2/x/blobs/uploads/1", "/v2/x/blobs/uploads/1"),
        ("https://elsewhere/v2/y?q=1", "/v2/y?q=1"),
        ("2?x", "/v2/x/blobs/uploads/2?x"),
        ("?last=b&n=1", "/v2/x/blobs/uploads/?last=b&n=1"),
    ],
)
def test_places_stay_on_the_registry(clients: Clients, location: str, wanted: str) -> None:
    session = clients("h:5000").session
    assert session.own_path(location, "/v2/x/blobs/uploads/") == wanted
