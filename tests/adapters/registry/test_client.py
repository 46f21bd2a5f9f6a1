from __future__ import annotations

import gzip
import io
import json
import threading
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Limits
from buildtool.core.image.names import Repository
from buildtool.errors import (
    BUILD_DISK_FULL,
    REGISTRY_ANSWER,
    REGISTRY_AUTH,
    REGISTRY_DENIED,
    REGISTRY_DIGEST,
    REGISTRY_NOT_FOUND,
    REGISTRY_SCAN,
    REGISTRY_UNREACHABLE,
    BuildtoolError,
)
from tests.support.httpserver import Reply, serve
from tests.support.registries.images import DOCKER_LIST, OCI_INDEX, image, index, sha256

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.httpserver import Handler, Question

ONE = image()
BASE = "/v2/frontend/manifests/"
TAG = f"{BASE}t"


def repository(script: Script) -> Repository:
    return Repository(script.host, "frontend")


def failure(work: Callable[[], object]) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        work()
    return caught.value


def served(body: bytes, kind: str = ONE.manifest.media_type, **headers: str) -> Reply:
    return Reply(200, {"Content-Type": kind, **headers}, body)


def test_all_types_are_accepted(clients: Clients, script: Script) -> None:
    script.on("GET", TAG, served(ONE.manifest.body))
    clients(script.host).manifest(repository(script), "t")
    accepted = script.asked[0].headers["accept"]
    for kind in (OCI_INDEX, DOCKER_LIST, ONE.manifest.media_type):
        assert kind in accepted


@pytest.mark.parametrize("docker", [False, True])
def test_the_type_is_what_the_document_says(clients: Clients, script: Script, docker: bool) -> None:  # noqa: FBT001
    """A proxy may have lost the Content-Type."""
    both = index(ONE, docker=docker)
    script.on("GET", TAG, served(both.body, "text/plain"))
    assert clients(script.host).manifest(repository(script), "t") == both


def test_a_manifest_without_media_type_is_what_the_header_says(clients: Clients, script: Script) -> None:
    body = json.dumps({"schemaVersion": 2, "config": {}}).encode()
    script.on("GET", TAG, served(body, f"{ONE.manifest.media_type}; charset=utf-8"))
    assert clients(script.host).manifest(repository(script), "t").media_type == ONE.manifest.media_type


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"mediaType":"text/html"}', b'{"mediaType":7}', b"[" * 99_999, b"\xff"]
)
def test_what_is_no_manifest(clients: Clients, script: Script, body: bytes) -> None:
    script.on("GET", TAG, served(body, "text/html"))
    assert failure(lambda: clients(script.host).manifest(repository(script), "t")).kind is REGISTRY_ANSWER


def test_schema_1_is_not_understood(clients: Clients, script: Script) -> None:
    body = b'{"schemaVersion": 1, "signatures": []}'
    script.on("GET", TAG, served(body, "application/vnd.docker.distribution.manifest.v1+prettyjws"))
    error = failure(lambda: clients(script.host).manifest(repository(script), "t"))
    assert error.kind is REGISTRY_ANSWER
    assert "manifest.v1+prettyjws" in error.message


def test_bytes_that_are_not_the_digest(clients: Clients, script: Script) -> None:
    wrong = f"sha256:{'0' * 64}"
    script.on("GET", TAG, served(ONE.manifest.body, **{"Docker-Content-Digest": wrong}))
    script.on("GET", BASE + wrong, served(ONE.manifest.body))
    script.on("GET", f"/v2/frontend/blobs/{wrong}", Reply(200, {}, b"not it"))
    client = clients(script.host)
    for work in (
        lambda: client.manifest(repository(script), "t"),
        lambda: client.manifest(repository(script), wrong),
        lambda: client.blob(repository(script), wrong),
    ):
        error = failure(work)
        assert error.kind is REGISTRY_DIGEST
        assert error.kind.exit == 15
    assert len(script.asked) == 3


def test_a_digest_of_another_kind(clients: Clients, script: Script) -> None:
    script.on("GET", "/v2/frontend/blobs/md5:abc", Reply(200, {}, b"x"))
    assert failure(lambda: clients(script.host).blob(repository(script), "md5:abc")).kind is REGISTRY_ANSWER


def test_the_digest_of_a_server_that_does_not_say(clients: Clients, script: Script) -> None:
    script.on("HEAD", TAG, Reply(200))
    script.on("GET", TAG, served(ONE.manifest.body))
    assert clients(script.host).digest(repository(script), "t") == ONE.manifest.digest


def test_the_digest_of_a_server_that_has_no_head(clients: Clients, script: Script) -> None:
    script.on("HEAD", TAG, Reply(405))
    script.on("GET", TAG, served(ONE.manifest.body))
    assert clients(script.host).digest(repository(script), "t") == ONE.manifest.digest


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "UNAUTHORIZED", REGISTRY_AUTH),
        (403, "DENIED", REGISTRY_DENIED),
        (412, "PROJECTPOLICYVIOLATION", REGISTRY_SCAN),
    ],
)
def test_the_words_of_a_refusal_come_with_get(
    clients: Clients, script: Script, status: int, code: str, kind: object
) -> None:
    words = f'{{"errors":[{{"code":"{code}","message":"because"}}]}}'.encode()
    script.on("HEAD", TAG, Reply(status))
    script.on("GET", TAG, Reply(status, {}, words))
    error = failure(lambda: clients(script.host).digest(repository(script), "t"))
    assert error.kind is kind
    assert "because" in error.message


def test_a_push_may_be_forbidden(clients: Clients, script: Script) -> None:
    script.on("POST", "/v2/frontend/blobs/uploads/", Reply(403, {}, b'{"errors":[{"code":"DENIED"}]}'))
    assert failure(lambda: clients(script.host).check_push(repository(script))).kind is REGISTRY_DENIED
    assert len(script.asked) == 1


def test_an_upload_is_cancelled(clients: Clients, script: Script) -> None:
    place = "http://another-name:8080/v2/frontend/blobs/uploads/1?_state=x"
    script.on("POST", "/v2/frontend/blobs/uploads/", Reply(202, {"Location": place}))
    clients(script.host).check_push(repository(script))
    assert script.lines()[1] == "DELETE /v2/frontend/blobs/uploads/1?_state=x"


def test_an_upload_without_a_place(clients: Clients, script: Script) -> None:
    script.on("POST", "/v2/frontend/blobs/uploads/", Reply(202))
    assert failure(lambda: clients(script.host).check_push(repository(script))).kind is REGISTRY_ANSWER


def test_every_answer_has_a_size(clients: Clients, script: Script) -> None:
    small = Limits(manifest_bytes=100, blob_bytes=100, tags_bytes=100, small_bytes=100)
    for path in (TAG, f"/v2/frontend/blobs/{ONE.manifest.digest}", "/v2/frontend/tags/list", "/v2/"):
        script.on("GET", path, Reply(200, {}, b" " * 101))
    script.on("HEAD", TAG, Reply(200, {"Content-Length": "99999999"}))
    client = clients(script.host, limits=small)
    for work in (
        client.probe,
        lambda: client.manifest(repository(script), "t"),
        lambda: client.digest(repository(script), "t"),
        lambda: client.blob(repository(script), ONE.manifest.digest),
        lambda: list(client.tags(repository(script))),
    ):
        error = failure(work)
        assert error.kind is REGISTRY_ANSWER
        assert "longer than 100 bytes" in error.message


def test_an_answer_that_trickles_ends(clients: Clients) -> None:
    """A byte now and then keeps every single read alive; the whole has its time too."""

    def trickle(handler: Handler, _question: Question) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            if stop.wait(0.02):
                return

    stop = threading.Event()
    limits = Limits(read=5.0, exchange=0.2, attempts=2)
    with serve(trickle) as host:
        client = clients(host, limits=limits)
        error = failure(lambda: client.manifest(Repository(host, "frontend"), "t"))
        stop.set()
        client.close()
    assert error.kind is REGISTRY_UNREACHABLE
    assert "did not end" in error.message


def test_a_compressed_answer_is_not_asked_for_and_not_believed(clients: Clients, script: Script) -> None:
    """A few bytes could unpack to gigabytes."""
    script.on("GET", TAG, served(gzip.compress(ONE.manifest.body), **{"Content-Encoding": "gzip"}))
    error = failure(lambda: clients(script.host).manifest(repository(script), "t"))
    assert error.kind is REGISTRY_ANSWER
    assert script.asked[0].headers["accept-encoding"] == "identity"


def test_cookies_are_not_kept(clients: Clients, script: Script) -> None:
    script.on("HEAD", TAG, Reply(404, {"Set-Cookie": "session=1; Path=/"}))
    client = clients(script.host)
    for _ in range(2):
        assert client.digest(repository(script), "t") is None
    assert all("cookie" not in question.headers for question in script.asked)


def test_a_missing_manifest_names_where_it_was_looked_for(clients: Clients, script: Script) -> None:
    script.on("GET", TAG, Reply(404, {}, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'))
    error = failure(lambda: clients(script.host).manifest(repository(script), "t"))
    assert error.kind is REGISTRY_NOT_FOUND
    assert error.place == f"GET http://{script.host}{TAG}"


def test_a_layer_that_breaks_off_is_read_again_from_its_start(clients: Clients) -> None:
    body = b"layer" * 1000
    tries = iter([True, False])

    def half_then_whole(handler: Handler, _question: Question) -> None:
        if next(tries):
            handler.close_connection = True
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body[:2500])
        else:
            handler.reply(Reply(200, {}, body))

    with serve(half_then_whole) as host:
        client = clients(host)
        with client.open_blob(Repository(host, "frontend"), sha256(body)) as file:
            assert file.read() == body
        client.close()
    assert len(clients.said) == 1


def test_a_layer_with_another_digest_is_not_handed_over(clients: Clients, script: Script) -> None:
    wrong = f"sha256:{'0' * 64}"
    script.on("GET", f"/v2/frontend/blobs/{wrong}", Reply(200, {}, b"not it"))

    def read() -> None:
        with clients(script.host).open_blob(repository(script), wrong):
            raise AssertionError("handed over")

    assert failure(read).kind is REGISTRY_DIGEST


def test_a_full_disk_is_not_the_connections_fault(
    clients: Clients, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda **_: Full())
    script.on("GET", f"/v2/frontend/blobs/{sha256(b'x')}", Reply(200, {}, b"x"))

    def read() -> None:
        with clients(script.host).open_blob(repository(script), sha256(b"x")):
            raise AssertionError("handed over")

    error = failure(read)
    assert error.kind is BUILD_DISK_FULL
    assert "No space left" in error.message
    assert clients.said == []


def test_closing_twice_and_using_it_as_a_block(script: Script, clients: Clients) -> None:
    with clients(script.host) as client:
        client.close()
    client.close()
    assert sha256(b"") == f"sha256:{'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'}"
