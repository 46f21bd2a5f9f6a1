"""Newer tags are taken out of what a policy sees: all, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.commit.marks import WITHDRAWN, mark_for
from buildtool.core.flux.policy import select
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import RemovalWay
from buildtool.errors import REGISTRY_DENIED, REGISTRY_UNREACHABLE, ROLLBACK_LOSES, BuildtoolError
from buildtool.usecases.rollback.withdraw import Withdrawer, plan_withdrawal
from tests.support.memory.push import MemoryPush, NoSignals
from tests.support.memory.registry import MemoryRegistry
from tests.support.memory.rollback import MemoryRollback

if TYPE_CHECKING:
    from buildtool.core.registry.contents import TagRemoval
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing

WEB = Repository("r.example", "web")


class Ways:
    """Says how tags can be taken away."""

    def __init__(self, way: RemovalWay = RemovalWay.BY_TAG) -> None:
        self.way = way

    def removal_way(self, repository: Repository) -> RemovalWay:
        assert repository == WEB
        return self.way


class Breaking(MemoryRegistry):
    """`breaks` is the tag whose removal ends in an error."""

    breaks = ""

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        if tag == self.breaks:
            raise BuildtoolError(REGISTRY_UNREACHABLE, "gone")
        return super().remove_tag(repository, tag)


@pytest.fixture
def push() -> MemoryPush:
    """Three versions under a policy that orders by version."""
    push = MemoryPush(names=("web",), registry=Breaking())
    for number in (1, 2, 3):
        labels = {"org.opencontainers.image.revision": f"{number}" * 40}
        push.registry.add(WEB, {"linux/amd64": labels}, f"1.{number}.0")
    policies = {
        key: replace(policy, filter=None, choice=replace(policy.choice, numerical=None, semver="1.x"))
        for key, policy in push.manifests.policies.items()
    }
    push.manifests = replace(push.manifests, policies=policies)
    return push


def standing_and(push: MemoryPush, tag: str) -> tuple[Standing, RollbackCandidate]:
    rollback = MemoryRollback(push)
    [standing] = rollback.standings.of([push.config.images["web"]])
    candidate = rollback.standings.candidate(standing, tag)
    assert candidate is not None
    return standing, candidate


def selected(push: MemoryPush) -> str | None:
    return select(push.manifests.policies["flux-system:web"], sorted(push.tags("web"))).winner


def test_the_newer_tags_are_kept_under_another_name(push: MemoryPush) -> None:
    withdrawal = plan_withdrawal(*standing_and(push, "1.1.0"))
    assert list(withdrawal.tags) == ["1.3.0", "1.2.0"]
    kept = {tag: push.registry.digest(WEB, tag) for tag in withdrawal.tags}
    withdrawer = Withdrawer(push.registry, Ways(), NoSignals())
    withdrawer.require_possible([withdrawal])
    told: list[str] = []
    withdrawer.carry_out([withdrawal], told.append)
    assert selected(push) == "1.1.0"
    assert told == ["r.example/web:1.3.0", "r.example/web:1.2.0"]
    assert {tag: push.registry.digest(WEB, mark_for(tag, WITHDRAWN)) for tag in kept} == kept


def test_a_registry_that_cannot_is_found_out_before_the_first_change(push: MemoryPush) -> None:
    withdrawal = plan_withdrawal(*standing_and(push, "1.1.0"))
    before = push.tags("web")
    with pytest.raises(BuildtoolError, match="removes no tags; nothing was") as caught:
        Withdrawer(push.registry, Ways(RemovalWay.NONE), NoSignals()).require_possible([withdrawal])
    assert caught.value.kind is REGISTRY_DENIED
    assert push.tags("web") == before


def test_what_was_taken_away_before_a_failure_is_put_back(push: MemoryPush) -> None:
    assert isinstance(push.registry, Breaking)
    push.registry.breaks = "1.2.0"
    withdrawal = plan_withdrawal(*standing_and(push, "1.1.0"))
    with pytest.raises(BuildtoolError, match="gone; every tag is where it was") as caught:
        Withdrawer(push.registry, Ways(), NoSignals()).carry_out([withdrawal], lambda _: None)
    assert caught.value.kind is REGISTRY_UNREACHABLE
    assert {"1.1.0", "1.2.0", "1.3.0"} <= push.tags("web")
    assert selected(push) == "1.3.0"


def test_a_tag_that_the_registry_keeps_is_an_error(push: MemoryPush) -> None:
    withdrawal = plan_withdrawal(*standing_and(push, "1.2.0"))
    push.registry.removes_tags = False
    with pytest.raises(BuildtoolError, match=r"1\.3\.0 cannot be taken away"):
        Withdrawer(push.registry, Ways(), NoSignals()).carry_out([withdrawal], lambda _: None)
    assert selected(push) == "1.3.0"


def test_a_target_that_would_not_be_next_is_refused(push: MemoryPush) -> None:
    standing, candidate = standing_and(push, "1.1.0")
    outside = replace(standing, visible=[tag for tag in standing.visible if tag != "1.1.0"])
    with pytest.raises(BuildtoolError, match="would not select") as caught:
        plan_withdrawal(outside, candidate)
    assert caught.value.kind is ROLLBACK_LOSES
