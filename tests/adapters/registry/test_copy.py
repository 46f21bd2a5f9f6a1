"""Copies between two real registries: everything that an image names, part by part, and never whole in memory."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from buildtool.adapters.registry import Credential, RegistryClient
from buildtool.adapters.registry.copy import ImageCopy
from buildtool.adapters.registry.http.limits import Limits
from buildtool.adapters.registry.v2.blobs import is_there, mounted, upload
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import Manifest
from buildtool.core.text.secrets import Secrets
from buildtool.errors import (
    REGISTRY_ANSWER,
    REGISTRY_DENIED,
    REGISTRY_DIGEST,
    REGISTRY_NOT_FOUND,
    REGISTRY_UNREACHABLE,
    BuildtoolError,
)
from tests.support.clock import PatientClock
from tests.support.faultproxy import Fault, faulty
from tests.support.httpserver import Reply, forward, serve
from tests.support.registries.tokens import PASSWORD, USER, token_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from buildtool.core.registry.contents import CopiedBlobs
    from tests.support.httpserver import Handler, Question
    from tests.support.parts import Registries

OCI = "application/vnd.oci.image."
LAYER = b"layer " * 50_000


@pytest.fixture(scope="module")
def hosts(registry_server: Registries) -> Iterator[tuple[str, str]]:
    one, two = registry_server(), registry_server()
    yield one.address, two.address
    one.stop()
    two.stop()


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    """A repository of this test's own."""
    return str(request.node.name).translate(str.maketrans("[] _", "----")).strip("-").lower().replace("--", "-")


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def client(host: str, **limits: Any) -> RegistryClient:
    settings = Limits(**{"connect": 2.0, "read": 5.0, "attempts": 3, **limits})
    return RegistryClient(host, insecure=True, clock=PatientClock(), secrets=Secrets(), limits=settings)


def put(host: str, path: str, body: bytes, kind: str = "") -> dict[str, Any]:
    """Store a blob, or with a kind a manifest; its descriptor."""
    digest = digest_of(body)
    if kind:
        url = f"http://{host}/v2/{path}/manifests/{digest}"
    else:
        begin = urllib.request.Request(f"http://{host}/v2/{path}/blobs/uploads/", method="POST", data=b"")
        with urllib.request.urlopen(begin, timeout=20) as answer:
            url = f"{answer.headers['Location']}&digest={digest}"
    headers = {"Content-Type": kind or "application/octet-stream"}
    with urllib.request.urlopen(urllib.request.Request(url, data=body, method="PUT", headers=headers), timeout=60):
        return {"mediaType": kind or f"{OCI}layer.v1.tar", "digest": digest, "size": len(body)}


def image(host: str, path: str, *layers: bytes, name: str = "one") -> Manifest:
    config = put(host, path, json.dumps({"architecture": "amd64", "os": "linux", "name": name}).encode())
    document = {
        "schemaVersion": 2,
        "mediaType": f"{OCI}manifest.v1+json",
        "config": {**config, "mediaType": f"{OCI}config.v1+json"},
        "layers": [put(host, path, layer) for layer in layers],
    }
    return stored(host, path, document)


def stored(host: str, path: str, document: dict[str, Any]) -> Manifest:
    body, kind = json.dumps(document).encode(), str(document["mediaType"])
    put(host, path, body, kind)
    return Manifest(kind, digest_of(body), body)


def index(host: str, path: str, *children: Manifest) -> Manifest:
    entries = [{"mediaType": one.media_type, "digest": one.digest, "size": len(one.body)} for one in children]
    entries[-1]["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    return stored(host, path, {"schemaVersion": 2, "mediaType": f"{OCI}index.v1+json", "manifests": entries})


def copied(source: str, target: str, path: str, manifest: Manifest, to: str = "", **limits: Any) -> CopiedBlobs:
    with client(source, **limits) as one, client(target, **limits) as two:
        here, there = Repository(source, path), Repository(target, to or path)
        return ImageCopy(one.session, two.session, here, there).run(manifest)


def test_an_index_with_its_children_and_attestations(hosts: tuple[str, str], path: str) -> None:
    one, two = hosts
    children = [image(one, path, LAYER, b"of one"), image(one, path, LAYER, name="two"), image(one, path, name="proof")]
    whole = index(one, path, *children)
    done = copied(one, two, path, whole)
    assert (done.sent, done.mounted) == (5, 0), "three configs, and two layers: one of them is shared"
    with client(two) as target:
        place = Repository(two, path)
        for manifest in (whole, *children):
            assert target.manifest(place, manifest.digest) == manifest
        with target.open_blob(place, digest_of(LAYER)) as file:
            assert file.read() == LAYER
        assert list(target.tags(place)) == []
    assert copied(one, two, path, whole).sent == 0, "what is there is not sent again"


def test_a_neighbour_on_the_same_host_is_mounted(hosts: tuple[str, str], path: str) -> None:
    manifest = image(hosts[0], path, LAYER)
    done = copied(hosts[0], hosts[0], path, manifest, to=f"{path}-copy")
    assert (done.mounted, done.sent, done.size) == (2, 0, 0)
    with client(hosts[0]) as target:
        assert target.manifest(Repository(hosts[0], f"{path}-copy"), manifest.digest) == manifest


def test_a_host_that_does_not_mount_gets_the_bytes(hosts: tuple[str, str], path: str) -> None:
    """It may refuse, or answer with an upload as the specification allows."""

    def answer(handler: Handler, question: Question) -> None:
        if "mount=" in question.target and "config" not in question.target:
            plain = type(question)("POST", question.path, question.headers, b"")
            handler.reply(forward(hosts[0], plain) if next(turns) else Reply(405, {}, b"no"))
        else:
            handler.reply(forward(hosts[0], question))

    turns = iter([True, False] * 10)
    manifest = image(hosts[0], path, LAYER, b"another")
    with serve(answer) as host:
        done = copied(host, host, path, manifest, to=f"{path}-copy")
    assert (done.mounted, done.sent) == (0, 3)


def test_layers_that_are_kept_elsewhere_are_left_there(hosts: tuple[str, str], path: str) -> None:
    config = put(hosts[0], path, b'{"os": "windows"}')
    foreign = {"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": digest_of(b"x")}
    document = {
        "schemaVersion": 2,
        "mediaType": f"{OCI}manifest.v1+json",
        "config": config,
        "layers": [{**foreign, "size": 1, "urls": ["https://a.example/layer"]}],
    }
    body = json.dumps(document).encode()
    done: list[Question] = []

    def answer(handler: Handler, question: Question) -> None:
        done.append(question)
        handler.reply(_takes_all(hosts[1], question))

    with serve(answer) as host:
        copied(hosts[0], host, path, Manifest(str(document["mediaType"]), digest_of(body), body))
    assert not [one for one in done if digest_of(b"x") in one.target]


def _takes_all(upstream: str, question: Question) -> Reply:
    """A registry that asks for no foreign layers, as some do."""
    if question.method == "PUT" and "/manifests/" in question.path:
        digest = digest_of(question.body)
        return Reply(201, {"Docker-Content-Digest": digest})
    return forward(upstream, question)


def test_a_mount_asks_for_a_token_for_both_repositories(registry_server: Registries, tmp_path: Path, path: str) -> None:
    """Each in a scope of its own, as the token specification wants it in a query."""
    with token_server(tmp_path / "tokens") as tokens:
        server = registry_server({"auth": tokens.configuration()})
        login = Credential(USER, PASSWORD)
        with RegistryClient(
            server.address, insecure=True, clock=PatientClock(), secrets=Secrets(), credentials=lambda: login
        ) as one:
            here, there = Repository(server.address, f"{path}-a"), Repository(server.address, f"{path}-b")
            body = json.dumps({"os": "linux"}).encode()
            upload(one.session, here, digest_of(body), len(body), [body])
            assert mounted(one.session, here.path, there, digest_of(body))
            assert is_there(one.session, there, digest_of(body))
        asked = [parse_qs(urlsplit(one.target).query)["scope"] for one in tokens.questions if "scope=" in one.target]
        assert [f"repository:{there.path}:pull,push", f"repository:{here.path}:pull"] in asked
        server.stop()


def test_an_empty_layer(hosts: tuple[str, str], path: str) -> None:
    manifest = image(hosts[0], path, b"")
    assert copied(*hosts, path, manifest).sent == 2
    with client(hosts[1]) as target:
        assert target.blob(Repository(hosts[1], path), digest_of(b"")) == b""


# --- faults


@pytest.mark.parametrize(
    "fault", [Fault.BAD_GATEWAY, Fault.BUSY, Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TRUNCATED]
)
@pytest.mark.parametrize("side", ["source", "target"])
def test_one_fault_anywhere_is_healed(hosts: tuple[str, str], path: str, fault: Fault, side: str) -> None:
    """At each request in turn; the image is whole at the end."""
    at = 0
    while True:
        at += 1
        name = f"{path}/{at}"
        manifest = image(hosts[0], name, LAYER + bytes([at]))
        behind = hosts[0] if side == "source" else hosts[1]
        with faulty(behind, fault, at=at) as proxy:
            ends = (proxy.host, hosts[1]) if side == "source" else (hosts[0], proxy.host)
            copied(*ends, name, manifest)
            reached = len(proxy.asked) >= at
        with (
            client(hosts[1]) as target,
            target.open_blob(Repository(hosts[1], name), digest_of(LAYER + bytes([at]))) as file,
        ):
            assert file.read() == LAYER + bytes([at])
        if not reached:
            break
    assert at > 2, "several requests were met"


@pytest.mark.parametrize(
    ("fault", "kind"), [(Fault.RESET_BEFORE, REGISTRY_UNREACHABLE), (Fault.WRONG_DIGEST, REGISTRY_DIGEST)]
)
def test_a_fault_that_stays_ends_the_copy(hosts: tuple[str, str], path: str, fault: Fault, kind: Any) -> None:
    manifest = image(hosts[0], path, LAYER)
    with faulty(hosts[0], fault, at=1, times=1000) as proxy, pytest.raises(BuildtoolError) as raised:
        copied(proxy.host, hosts[1], path, manifest)
    assert raised.value.kind is kind
    assert len(proxy.asked) < 20, "retries are bounded"


def changing(upstream: str, method: str, part: str, reply: Any) -> Any:
    """A server in front of a registry that answers some requests itself."""

    def answer(handler: Handler, question: Question) -> None:
        mine = question.method == method and part in question.target
        handler.reply(reply(question) if mine else forward(upstream, question))

    return serve(answer)


def test_a_layer_that_is_another_at_its_source_is_never_complete_at_the_target(
    hosts: tuple[str, str], path: str
) -> None:
    """The last part is kept back until the whole is known to be right."""
    manifest = image(hosts[0], path, LAYER)
    bodies: list[bytes] = []

    def keep(handler: Handler, question: Question) -> None:
        bodies.append(question.body)
        handler.reply(forward(hosts[1], question))

    wrong = LAYER[:-1] + b"?"
    source = changing(hosts[0], "GET", digest_of(LAYER), lambda _: Reply(200, {}, wrong))
    with source as one, serve(keep) as two, pytest.raises(BuildtoolError) as raised:
        copied(one, two, path, manifest)
    assert raised.value.kind is REGISTRY_DIGEST
    assert digest_of(LAYER) in raised.value.message
    assert wrong not in bodies


@pytest.mark.parametrize("longer", [True, False])
def test_a_layer_of_another_length(hosts: tuple[str, str], path: str, *, longer: bool) -> None:
    manifest = image(hosts[0], path, LAYER)
    body = LAYER + b"more" if longer else LAYER[:-10]
    source = changing(hosts[0], "GET", digest_of(LAYER), lambda _: Reply(200, {}, body))
    with source as one, pytest.raises(BuildtoolError) as raised:
        copied(one, hosts[1], path, manifest)
    assert raised.value.kind in {REGISTRY_DIGEST, REGISTRY_ANSWER}


def test_a_layer_that_is_gone(hosts: tuple[str, str], path: str) -> None:
    manifest = image(hosts[0], path, LAYER)
    missing = Reply(404, {"Content-Type": "application/json"}, b'{"errors": [{"code": "BLOB_UNKNOWN"}]}')
    with changing(hosts[0], "GET", digest_of(LAYER), lambda _: missing) as one, pytest.raises(BuildtoolError) as raised:
        copied(one, hosts[1], path, manifest)
    assert raised.value.kind is REGISTRY_NOT_FOUND


def test_a_target_that_swallows_what_it_is_sent(hosts: tuple[str, str], path: str) -> None:
    manifest = image(hosts[0], path, LAYER)
    swallowed = changing(hosts[1], "PUT", "/uploads/", lambda _: Reply(201, {"Location": "/v2/x"}))
    with swallowed as two, pytest.raises(BuildtoolError) as raised:
        copied(hosts[0], two, path, manifest)
    assert raised.value.kind in {REGISTRY_ANSWER, REGISTRY_NOT_FOUND}


def test_a_target_that_refuses_in_the_middle_of_the_bytes(hosts: tuple[str, str], path: str) -> None:
    """Its answer is told, not the broken connection."""
    denied = Reply(403, {"Content-Type": "application/json"}, b'{"errors": [{"code": "DENIED", "message": "full"}]}')
    manifest = image(hosts[0], path, LAYER * 20)
    with changing(hosts[1], "PUT", "/uploads/", lambda _: denied) as two, pytest.raises(BuildtoolError) as raised:
        copied(hosts[0], two, path, manifest)
    assert raised.value.kind is REGISTRY_DENIED
    assert "full" in raised.value.message


@pytest.mark.parametrize(
    "document",
    [
        {"layers": [{"digest": "sha256:0", "size": 1}]},
        {"layers": [{"digest": digest_of(b""), "size": -1}]},
        {"layers": [{"digest": digest_of(b""), "size": "1"}]},
        {"layers": [{"digest": digest_of(b""), "size": True}]},
        {"layers": ["x"]},
        {"config": 7},
        {"manifests": [{"size": 1}]},
        {"layers": [{"digest": "sha256:../../../../v2/other/manifests/x", "size": 1}]},
    ],
)
def test_a_manifest_of_another_shape(hosts: tuple[str, str], path: str, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    with pytest.raises(BuildtoolError) as raised:
        copied(*hosts, path, Manifest(f"{OCI}manifest.v1+json", digest_of(body), body))
    assert raised.value.kind is REGISTRY_ANSWER


def test_an_index_that_names_itself_without_end(hosts: tuple[str, str], path: str) -> None:
    """No digest holds its own name: a server that answers so lies, and is read to a bounded depth."""
    deep = image(hosts[0], path)
    for _ in range(8):
        deep = index(hosts[0], path, deep)
    with pytest.raises(BuildtoolError) as raised:
        copied(*hosts, path, deep)
    assert "names too many images" in raised.value.message


# --- memory

_MEASURED = """
import resource, sys
from buildtool.adapters.registry import RegistryClient
from buildtool.adapters.registry.copy import ImageCopy
from buildtool.core.image.names import Repository
from buildtool.core.text.secrets import Secrets
from buildtool.adapters.clock import SystemClock

source, target, path, small, big = sys.argv[1:]
ends = [RegistryClient(host, insecure=True, clock=SystemClock(), secrets=Secrets()) for host in (source, target)]
here, there = Repository(source, path), Repository(target, path)
peaks = []
for digest in (small, big):
    ImageCopy(ends[0].session, ends[1].session, here, there).run(ends[0].manifest(here, digest))
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[0], peaks[1])
"""


def test_a_big_layer_is_never_whole_in_memory(hosts: tuple[str, str], path: str, tmp_path: Path) -> None:
    """200 MB of random bytes raise the peak of the process by a few MB over that of a small image."""
    big = os.urandom(200 << 20)
    small, large = image(hosts[0], path, b"small"), image(hosts[0], path, big)
    argv = [sys.executable, "-c", _MEASURED, *hosts, path, small.digest, large.digest]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=tmp_path, timeout=240)
    before, after = map(int, done.stdout.split())  # KiB
    assert after - before < 24 << 10, f"{before} KiB, then {after} KiB"
    with client(hosts[1]) as target:
        assert target.digest(Repository(hosts[1], path), large.digest) == large.digest
