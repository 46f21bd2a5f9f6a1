"""What was pushed is read back by digest, and everything that is wrong with any image is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from buildtool.core.image.labels import REVISION, VERSION
from buildtool.errors import PROOF_FAILED, PUSH_INTERRUPTED, REGISTRY_NOT_FOUND, REGISTRY_SCAN, BuildtoolError
from tests.support.memory.push import MemoryPush, sha
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest

TAG = f"main-{sha(1)[:7]}-1707300000"
GOOD = {REVISION: sha(1), VERSION: TAG}


def prove(push: MemoryPush, images: dict[str, dict[str, dict[str, str]]]) -> list[tuple[str, str]]:
    """The images, by name, platform and labels, as the builder would have pushed them: names and digests proven."""
    plan = push.plan()
    digests = {name: push.registry.add(push.config.repository(name), parts).digest for name, parts in images.items()}
    proven = push.building()._prover.prove(plan, digests)
    assert [one.proof.digest for one in proven] == list(digests.values())
    return [(one.plan.name, one.manifest.digest) for one in proven]


def test_what_was_asked_for_is_proven() -> None:
    push = MemoryPush(names=["web"], platforms=["linux/amd64", "linux/arm64"])
    [(name, _)] = prove(push, {"web": {"linux/amd64": GOOD, "linux/arm64": GOOD}})
    assert name == "web"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"linux/arm64": GOOD}, "web: platform linux/amd64 was asked for, the image is linux/arm64"),
        ({"linux/amd64": GOOD, "linux/arm64": GOOD}, "web: the image also holds linux/arm64, which was not asked for"),
        ({"linux/amd64": {**GOOD, REVISION: sha(2)}}, f"is {sha(2)!r}, HEAD is {sha(1)!r}"),
        ({"linux/amd64": {VERSION: TAG}}, f"is None, HEAD is {sha(1)!r}"),
    ],
)
def test_what_is_not_what_was_asked_for_is_refused(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        prove(MemoryPush(names=["web"]), {"web": parts})
    assert caught.value.kind is PROOF_FAILED
    assert words in caught.value.message
    assert caught.value.message.endswith("; no tag was published")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = {"linux/arm64": {VERSION: TAG}}
    with pytest.raises(BuildtoolError) as caught:
        prove(MemoryPush(), {"web": wrong, "api": wrong})
    assert [part.partition(":")[0] for part in caught.value.message.split("; ")] == [
        *["web"] * 2,
        *["api"] * 2,
        "no tag was published",
    ]


def test_another_runs_image_is_not_refused_but_built_again() -> None:
    other = {"linux/amd64": {REVISION: sha(2), VERSION: f"main-{sha(2)[:7]}-1707300000"}}
    with pytest.raises(BuildtoolError, match="another run pushed web") as caught:
        prove(MemoryPush(names=["web"]), {"web": other})
    assert caught.value.kind is PUSH_INTERRUPTED


def test_a_digest_that_is_not_there_is_not_proven() -> None:
    push = MemoryPush(names=["web"])
    with pytest.raises(BuildtoolError) as caught:
        push.building()._prover.prove(push.plan(), {"web": f"sha256:{'0' * 64}"})
    assert caught.value.kind is REGISTRY_NOT_FOUND


class Scanning(MemoryRegistry):
    """Hands nothing out until somebody has waited."""

    scanned = False

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        if not self.scanned:
            raise BuildtoolError(REGISTRY_SCAN, "not scanned yet")
        return super().manifest(repository, reference)


def test_a_scan_is_waited_for_before_the_image_is_read() -> None:
    push = MemoryPush(names=["web"], registry=Scanning())
    plan, waited = push.plan(), []
    digest = push.registry.add(push.config.repository("web"), {"linux/amd64": GOOD}).digest
    prover = push.building()._prover

    def wait(repository: Repository, reference: str) -> None:
        waited.append(repository.at(reference))
        push.registry.scanned = True  # type: ignore[attr-defined]

    prover.wait = wait  # type: ignore[method-assign]
    assert [one.proof.digest for one in prover.prove(plan, {"web": digest})] == [digest]
    assert waited == [f"r.example/web@{digest}"]
