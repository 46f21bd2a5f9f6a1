"""Which commit is refused as older: what the history says, and the commits' times where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from buildtool.core.commit.age import CommitOrder
from buildtool.core.image.labels import COMMIT_TIME, REVISION
from buildtool.core.image.names import Platform
from buildtool.core.image.proof import Proof, PushedImage
from buildtool.core.registry.contents import Manifest
from buildtool.errors import OLDER_COMMIT, BuildtoolError
from buildtool.usecases.push.age import Age
from buildtool.usecases.push.options import Source
from buildtool.usecases.push.plan import Published

MINE, THERE = "a" * 40, "b" * 40


@dataclass
class History:
    """A clone that gives one answer."""

    answer: bool | None

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        assert (older, newer) == (MINE, THERE)
        return self.answer

    def named(self, sha: str) -> str:
        return sha[:4]

    def fetch_hint(self) -> str:
        return "git fetch --unshallow"


def image(labels: dict[str, str]) -> PushedImage:
    return PushedImage("sha256:1", Platform("linux", "amd64"), labels, 1)


def published(label: str | None, tag: str = "main-bbbbbbb-1700000500") -> Published:
    labels = {REVISION: THERE} | ({COMMIT_TIME: label} if label else {})
    return Published(tag, Manifest("", "sha256:0", b"{}"), Proof("sha256:0", [image(labels)]))


def check(answer: bool | None, image: Published, *, time: int = 1700000100, allow_older: bool = False) -> str | None:  # noqa: FBT001
    source = Source("main", "HEAD", MINE, time, dirty=False, url="")
    return Age(History(answer), source, allow_older=allow_older).check("web", image)


@pytest.mark.parametrize(
    ("answer", "label", "order"),
    [
        (True, None, CommitOrder.OLDER),
        (False, None, CommitOrder.NEWER),
        (None, "1700000099", CommitOrder.NEWER),
        (None, "1700000101", CommitOrder.OLDER),
        (None, None, CommitOrder.UNKNOWN),
    ],
)
def test_the_order_is_the_same_judgement_without_an_end(
    answer: bool | None, label: str | None, order: CommitOrder  # noqa: FBT001 -- the case
) -> None:  # fmt: skip
    """--allow-older lets a push go on, and changes nothing about which commit is older."""
    source = Source("main", "HEAD", MINE, 1700000100, dirty=False, url="")
    for allowed in (False, True):
        age = Age(History(answer), source, allow_older=allowed)
        assert age.order(published(label)) is order
        assert age.hint() == "git fetch --unshallow"


def test_an_image_without_a_commit_has_no_order() -> None:
    foreign = Published("latest", Manifest("", "sha256:0", b"{}"), Proof("sha256:0", [image({})]))
    source = Source("main", "HEAD", MINE, 1700000100, dirty=False, url="")
    assert Age(History(True), source, allow_older=False).order(foreign) is CommitOrder.UNKNOWN


@pytest.mark.parametrize("label", [None, "1700000099", "1700000101"])
def test_history_decides_where_it_is_known(label: str | None) -> None:
    assert check(False, published(label)) is None
    with pytest.raises(BuildtoolError, match="a descendant of HEAD aaaa") as caught:
        check(True, published(label))
    assert caught.value.kind is OLDER_COMMIT
    assert check(True, published(label), allow_older=True) is None


def test_times_decide_where_it_is_not_known() -> None:
    assert check(None, published("1700000100")) is None
    with pytest.raises(BuildtoolError, match="bbbb, which was made after HEAD aaaa") as caught:
        check(None, published("1700000101"))
    assert caught.value.kind is OLDER_COMMIT
    assert "git fetch --unshallow" in caught.value.fix
    assert check(None, published("1700000101"), allow_older=True) is None


def test_an_image_without_its_commits_time() -> None:
    warning = check(None, published(None))
    assert warning is not None
    assert "whether it is newer is unknown; get it with git fetch --unshallow" in warning
    assert check(None, published(None), time=1700000500) is None, "made after that image was built"


def test_the_same_commit_and_foreign_images_are_not_compared() -> None:
    source = Source("main", "HEAD", THERE, 1, dirty=False, url="")
    assert Age(History(None), source, allow_older=False).check("web", published("9")) is None
    foreign = Published("latest", Manifest("", "sha256:0", b"{}"), Proof("sha256:0", [image({})]))
    assert check(True, foreign) is None
