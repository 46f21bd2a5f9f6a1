"""Which image to go back to, and why not to another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.marks import WITHDRAWN, mark_for
from buildtool.core.image.names import Repository
from buildtool.errors import ROLLBACK_LOSES, ROLLBACK_TARGET, BuildtoolError
from buildtool.usecases.rollback.target import Targets
from tests.support.memory.rollback import MemoryRollback
from tests.usecases.rollback.test_run import published

if TYPE_CHECKING:
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing
    from tests.support.memory.push import MemoryPush

WEB = Repository("r.example", "web")


def now(push: MemoryPush) -> tuple[MemoryRollback, Standing, list[RollbackCandidate]]:
    """The present state of `web`, and the images that could be deployed instead."""
    rollback = MemoryRollback(push)
    [standing] = rollback.standings.of([push.config.images["web"]])
    return rollback, standing, rollback.standings.candidates(standing)


def chosen(push: MemoryPush, wanted: str | None = None, **replaced: str) -> str:
    rollback, standing, candidates = now(push)
    rollback.replaced = {key.replace("_", "-"): tag for key, tag in replaced.items()}
    return Targets(rollback.standings, rollback).choose(standing, wanted, candidates).tag


def refused(push: MemoryPush, wanted: str | None = None) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        chosen(push, wanted)
    assert caught.value.kind is ROLLBACK_TARGET
    return caught.value


def tags(push: MemoryPush) -> list[str]:
    """Oldest first."""
    return sorted(push.tags("web"), key=lambda tag: tag[-10:])


def also(push: MemoryPush, source: str, tag: str) -> None:
    """The image of a tag under one more."""
    push.registry.put_manifest(WEB, tag, push.registry.manifest(WEB, source))


def test_without_a_word_the_newest_older_image() -> None:
    push = published(1, 2, 3)
    assert chosen(push) == tags(push)[1]


def test_what_the_automation_replaced_counts_only_where_it_is_a_good_image() -> None:
    push = published(1, 2, 3)
    first, second, third = tags(push)
    assert chosen(push, **{third: first}) == first
    assert chosen(push, **{third: "main-fffffff-1"}) == second
    assert chosen(push, **{third: third}) == second


def test_the_same_image_under_an_older_tag_is_none_to_go_back_to() -> None:
    push = published(1, 2)
    first, second = tags(push)
    also(push, second, "main-0000002-1600000000")
    assert chosen(push) == first
    _, _, candidates = now(push)
    assert [(one.tag, one.why_not) for one in candidates] == [
        (first, ""),
        ("main-0000002-1600000000", "the same image"),
    ]


def test_only_what_is_good_is_chosen_and_all_is_told() -> None:
    push = published(1, 2)
    first, second = tags(push)
    also(push, first, mark_for(first))
    error = refused(push)
    assert error.message == f"web: no older image to go back to from {second} ({first}: it was rolled back)"


def test_an_image_that_was_rolled_back_may_be_asked_for() -> None:
    push = published(1, 2)
    first, _ = tags(push)
    also(push, first, mark_for(first))
    assert chosen(push, first) == first


@pytest.mark.parametrize("wanted", ["main-0000001", "main-0000001-1", "MAIN", "", "latest"])
def test_a_tag_that_is_not_there(wanted: str) -> None:
    push = published(1, 2)
    before = set(push.tags("web"))
    assert refused(push, wanted).message.startswith(f"web: r.example/web has no tag {wanted}")
    assert push.tags("web") == before


def test_a_tag_with_a_slip_names_the_nearest_but_never_a_mark() -> None:
    push = published(1, 2)
    first, second = tags(push)
    also(push, second, mark_for(second))
    assert refused(push, f"{first}0").message.endswith(f"; did you mean {first}?")
    assert mark_for(second) not in refused(push, f"{mark_for(second)}0").message.partition("did you mean")[2]


@pytest.mark.parametrize("prefix", ["rolled-back-", WITHDRAWN])
def test_a_mark_is_no_image_to_go_back_to(prefix: str) -> None:
    """Under a new time it would be a mark of its own."""
    push = published(1, 2)
    first, second = tags(push)
    mark = mark_for(first, prefix)
    also(push, first, mark)
    error = refused(push, mark)
    assert error.message == f"r.example/web:{mark} only keeps an image that was rolled back or withdrawn"
    assert error.fix == f"buildtool rollback web --to {first}"
    assert second in push.tags("web")


def test_an_image_of_uncommitted_files_is_never_deployed() -> None:
    """Not even under the tag of a commit that does not hold these files."""
    push = published(1, 2)
    first, _ = tags(push)
    dirty = "main-0000001-dirty-1600000000"
    also(push, first, dirty)
    assert refused(push, dirty).message == f"r.example/web:{dirty}: it was built from uncommitted files"


def test_an_image_for_other_platforms_says_both() -> None:
    push = published(1, 2)
    push.registry.add(WEB, {"linux/arm64": {}}, "main-0000009-1600000000")
    error = refused(push, "main-0000009-1600000000")
    assert error.message.endswith("it is for linux/arm64, and linux/amd64 is configured")


@dataclass
class Nothing:
    """A history that knows nothing."""

    def tag(self, policy: str, current: str) -> str | None:
        del policy, current
        return None


@given(st.permutations([0, 1, 2, 3]))
def test_the_choice_does_not_depend_on_bad_candidates_in_between(order: list[int]) -> None:
    """Of candidates in Flux's order the first good one, however many bad ones stand before it."""
    push = published(1, 2, 3)
    rollback, standing, candidates = now(push)
    some = [replace(candidates[0], why_not="bad" if number < 2 else "") for number in order]
    found = Targets(rollback.standings, Nothing()).choose(standing, None, some)
    assert found is next(one for one in some if not one.why_not)


# --- where the new tag would not be selected


def loses(push: MemoryPush, wanted: str) -> BuildtoolError:
    before = set(push.tags("web"))
    with pytest.raises(BuildtoolError) as caught:
        MemoryRollback(push).run("web", to=wanted)
    assert caught.value.kind is ROLLBACK_LOSES
    assert push.tags("web") == before, "nothing was changed"
    return caught.value


def test_a_tag_of_a_branch_that_the_policy_does_not_take() -> None:
    """No newer time helps, and neither does withdrawing."""
    push = published(1, 2)
    also(push, tags(push)[0], "side-0000001-1600000000")
    error = loses(push, "side-0000001-1600000000")
    assert error.message.startswith("web: ImagePolicy flux-system:web does not take the tag side-0000001-")
    assert error.fix == "buildtool policy explain web"


def test_a_tag_that_is_none_of_ours() -> None:
    push = published(1, 2)
    also(push, tags(push)[0], "stable")
    error = loses(push, "stable")
    assert error.message.startswith("web: ImagePolicy flux-system:web does not take the tag stable: ")


def test_where_the_smallest_number_wins_withdrawing_helps() -> None:
    push = published(1, 2)
    policies = {
        key: replace(policy, choice=replace(policy.choice, numerical="desc"))
        for key, policy in push.manifests.policies.items()
    }
    push.manifests = replace(push.manifests, policies=policies)
    newest = tags(push)[-1]
    error = loses(push, newest)
    assert error.message.endswith("a newer time does not win there")
    assert error.fix == f"buildtool rollback web --to {newest} --withdraw"
