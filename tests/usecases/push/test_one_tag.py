"""Images that were published from one commit carry one tag."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.policy import select
from buildtool.core.image.labels import REVISION
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import MemoryPush, sha

NOW = 1_707_300_000
SHA1, SHA2 = sha(1)[:7], sha(2)[:7]


def published(push: MemoryPush, name: str, commit: int, time: int, **labels: str) -> str:
    """An image as a push of that commit leaves it."""
    tag = f"main-{sha(commit)[:7]}-{time}"
    push.add(name, tag, **({"revision": sha(commit), "inputs": f"sha256:{commit}", "version": tag} | labels))
    return tag


def planned(push: MemoryPush) -> dict[str, tuple[bool, str | None]]:
    return {image.name: (image.builds, image.tag) for image in push.plan().images}


def test_the_image_that_is_missing_gets_the_tag_of_the_other() -> None:
    """Built again, since nothing of it is left, and under the tag that the other has."""
    push = MemoryPush(1)
    tag = published(push, "web", 1, NOW - 50)
    assert planned(push) == {"web": (False, None), "api": (True, tag)}
    push.run()
    assert push.tags("api") == {tag}
    assert push.tags("web") == {tag}


def test_an_image_with_an_older_tag_of_the_commit_gets_the_newer_one_on_its_own_digest() -> None:
    push = MemoryPush(1)
    old, new = published(push, "web", 1, NOW - 50), published(push, "api", 1, NOW - 40)
    assert planned(push) == {"web": (False, new), "api": (False, None)}
    push.run()
    assert push.builder.baked == []
    tags = push.registry.tagged["web"]
    assert set(tags) == {old, new}
    assert tags[old] == tags[new]


def test_an_image_that_is_built_again_takes_the_others_of_its_commit_along() -> None:
    """Its inputs are not known, so it is built at every run: under a new tag, which the other gets too."""
    first = MemoryPush(1)
    first.run()
    first.clock.time += 100
    again = MemoryPush(1, registry=first.registry, clock=first.clock, inputs={"web": "sha256:1"})
    tag = f"main-{SHA1}-{NOW + 100}"
    assert planned(again) == {"web": (False, tag), "api": (True, tag)}
    again.run()
    assert {tag in again.tags(name) for name in ("web", "api")} == {True}


def test_images_of_other_commits_keep_their_tags() -> None:
    push = MemoryPush(2, inputs={"web": "sha256:1", "api": "sha256:2"})
    published(push, "web", 1, NOW - 50)
    published(push, "api", 1, NOW - 50)
    assert planned(push) == {"web": (False, None), "api": (True, f"main-{SHA2}-{NOW}")}


@pytest.mark.parametrize("labels", [{"version": f"main-{SHA1}-{NOW - 90}"}, {"version": "1.0"}])
def test_a_tag_that_was_put_on_an_image_later_is_no_part_of_a_pair(labels: dict[str, str]) -> None:
    """A rollback puts an older image under a new tag: nobody else has to follow."""
    push = MemoryPush(1)
    published(push, "web", 1, NOW - 50)
    published(push, "api", 1, NOW - 40, **labels)
    assert planned(push) == {"web": (False, None), "api": (False, None)}


def test_a_tag_that_would_be_older_than_what_is_published_is_not_taken() -> None:
    push = MemoryPush(2)
    published(push, "web", 2, NOW - 50)
    published(push, "api", 1, NOW - 40)
    tag = f"main-{SHA2}-{NOW}"
    assert planned(push) == {"web": (False, tag), "api": (True, tag)}


@pytest.mark.parametrize("changes", [{"options": PushOptions(force=True)}, {"options": PushOptions(images=["api"])}])
def test_what_is_asked_for_stays_as_asked(changes: dict[str, Any]) -> None:
    """--force builds all anew under a new tag; an image that was not named is left alone."""
    push = MemoryPush(1, **changes)
    tag = published(push, "web", 1, NOW - 50)
    force = push.options.force
    expected = {"web": (True, f"main-{SHA1}-{NOW}")} if force else {}
    assert planned(push) == expected | {"api": (True, f"main-{SHA1}-{NOW}")}
    assert push.tags("web") == {tag}


def test_more_digits_of_the_commit_are_the_same_commit() -> None:
    """`tag.sha_length` was raised: the tag that is there is taken as it is."""
    push = MemoryPush(1)
    text = f"main-{sha(1)[:12]}-{NOW - 50}"
    push.add("web", text, revision=sha(1), inputs="sha256:1", version=text)
    assert planned(push) == {"web": (False, None), "api": (True, text)}


def test_uncommitted_files_join_nothing() -> None:
    push = MemoryPush(1, changes=("a",), options=PushOptions(allow_dirty=True))
    published(push, "web", 1, NOW - 50)
    tag = f"main-{SHA1}-dirty-{NOW}"
    assert planned(push) == {"web": (True, tag), "api": (True, tag)}


IMAGES = ("web", "api", "job")


@given(
    there=st.lists(st.tuples(st.sampled_from(IMAGES), st.integers(1, 2), st.integers(-300, 300)), max_size=6),
    known=st.sets(st.sampled_from(IMAGES)),
)
def test_after_a_push_the_images_of_its_commit_carry_one_tag(
    there: list[tuple[str, int, int]], known: set[str]
) -> None:
    """Whatever earlier runs left behind, and whichever inputs are known: Flux selects one tag for all of it."""
    push = MemoryPush(2, names=IMAGES, inputs=dict.fromkeys(known, "sha256:2") or {"none": ""})
    for name, commit, time in there:
        published(push, name, commit, NOW + time)
    push.run()
    tops = {}
    for name in IMAGES:
        tops[name] = str(select(push.manifests.policies[f"flux-system:{name}"], push.tags(name)).winner)
        image, _ = push.live.published(push.config.repository(name), tops[name])
        assert image is not None
        assert image.proof.label(REVISION) == sha(2)
    assert len(set(tops.values())) == 1, tops
    parsed = parse_tag(tops["web"])
    assert parsed is not None
    assert parsed.sha == SHA2
