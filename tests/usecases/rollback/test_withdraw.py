"""Newer tags are taken out of what a policy sees: all, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.commit.marks import WITHDRAWN, mark_for
from buildtool.core.flux.policy import Choice, FilterTags, select
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import RemovalWay
from buildtool.errors import (
    REGISTRY_DENIED,
    REGISTRY_UNREACHABLE,
    ROLLBACK_LOSES,
    ROLLBACK_VISIBLE_MARK,
    BuildtoolError,
)
from buildtool.usecases.rollback.withdraw import Withdrawer, plan_withdrawal
from tests.support.memory.push import MemoryPush, NoSignals
from tests.support.memory.registry import MemoryRegistry
from tests.support.memory.rollback import MemoryRollback

if TYPE_CHECKING:
    from buildtool.core.registry.contents import Manifest, TagRemoval
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing
    from buildtool.usecases.rollback.withdraw import Withdrawal

WEB = Repository("r.example", "web")
HUB = Repository("docker.io", "team/web")


class Ways:
    """Says how tags can be taken away."""

    def __init__(self, way: RemovalWay = RemovalWay.BY_TAG, *, at: Repository = WEB) -> None:
        self.way = way
        self.at = at

    def removal_way(self, repository: Repository) -> RemovalWay:
        assert repository == self.at
        return self.way


class Breaking(MemoryRegistry):
    """`breaks` is the tag whose removal ends in an error; `late`: after the tag is gone, the answer being lost."""

    breaks = ""
    late = False

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        if tag == self.breaks:
            if self.late:
                super().remove_tag(repository, tag)
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


def planned(push: MemoryPush, tag: str) -> Withdrawal:
    standing, candidate = standing_and(push, tag)
    return plan_withdrawal(standing, candidate, [standing.policy])


def selected(push: MemoryPush) -> str | None:
    return select(push.manifests.policies["flux-system:web"], sorted(push.tags("web"))).winner


def test_the_newer_tags_are_kept_under_another_name(push: MemoryPush) -> None:
    withdrawal = planned(push, "1.1.0")
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
    withdrawal = planned(push, "1.1.0")
    before = push.tags("web")
    with pytest.raises(BuildtoolError, match="removes no tags; nothing was") as caught:
        Withdrawer(push.registry, Ways(RemovalWay.NONE), NoSignals()).require_possible([withdrawal])
    assert caught.value.kind is REGISTRY_DENIED
    assert push.tags("web") == before


def test_where_a_service_deletes_by_hand_only_that_is_said(push: MemoryPush) -> None:
    withdrawal = planned(push, "1.1.0")
    hub = replace(withdrawal, standing=replace(withdrawal.standing, repository=HUB))
    with pytest.raises(BuildtoolError, match="removes no tags") as caught:
        Withdrawer(push.registry, Ways(RemovalWay.NONE, at=HUB), NoSignals()).require_possible([hub])
    assert "https://hub.docker.com/r/team/web/tags" in caught.value.fix


@pytest.mark.parametrize("late", [False, True], ids=["refused", "answer lost"])
@pytest.mark.parametrize("breaks", ["1.2.0", "1.3.0"])
def test_what_was_taken_away_before_a_failure_is_put_back(push: MemoryPush, breaks: str, *, late: bool) -> None:
    assert isinstance(push.registry, Breaking)
    push.registry.breaks, push.registry.late = breaks, late
    withdrawal = planned(push, "1.1.0")
    with pytest.raises(BuildtoolError, match="gone; every tag is where it was") as caught:
        Withdrawer(push.registry, Ways(), NoSignals()).carry_out([withdrawal], lambda _: None)
    assert caught.value.kind is REGISTRY_UNREACHABLE
    assert {"1.1.0", "1.2.0", "1.3.0"} <= push.tags("web")
    assert selected(push) == "1.3.0"


def test_a_tag_that_the_registry_keeps_is_an_error(push: MemoryPush) -> None:
    withdrawal = planned(push, "1.2.0")
    push.registry.removes_tags = False
    with pytest.raises(BuildtoolError, match=r"1\.3\.0 cannot be taken away"):
        Withdrawer(push.registry, Ways(), NoSignals()).carry_out([withdrawal], lambda _: None)
    assert selected(push) == "1.3.0"


def test_a_target_that_would_not_be_next_is_refused(push: MemoryPush) -> None:
    standing, candidate = standing_and(push, "1.1.0")
    outside = replace(standing, visible=[tag for tag in standing.visible if tag != "1.1.0"])
    with pytest.raises(BuildtoolError, match="would not select") as caught:
        plan_withdrawal(outside, candidate, [])
    assert caught.value.kind is ROLLBACK_LOSES


@pytest.mark.parametrize(
    ("pattern", "choice"),
    [
        (r"1\.[0-9]+\.0$", Choice(alphabetical="asc")),
        (None, Choice(alphabetical="desc")),
        (r"(?P<v>[0-9.]+)$", Choice(semver="1.x")),
    ],
)
def test_a_policy_that_takes_the_tag_of_a_withdrawn_image_is_found_out_before_the_first_change(
    push: MemoryPush, pattern: str | None, choice: Choice
) -> None:
    """It would deploy the bad image again, under the tag that keeps it."""
    standing, candidate = standing_and(push, "1.1.0")
    extract = "$v" if pattern and "?P" in pattern else ""
    loose = replace(standing.policy, filter=FilterTags(pattern, extract) if pattern else None, choice=choice)
    before = push.tags("web")
    with pytest.raises(BuildtoolError) as caught:
        plan_withdrawal(standing, candidate, [standing.policy, loose])
    assert caught.value.kind is ROLLBACK_VISIBLE_MARK
    assert "takes the tag 'withdrawn-1.3.0'" in caught.value.message
    assert push.tags("web") == before


def test_more_newer_tags_than_are_looked_at_say_that_the_target_is_a_mistake(push: MemoryPush) -> None:
    standing, candidate = standing_and(push, "1.1.0")
    many = replace(standing, visible=[*standing.visible, *(f"1.4.{number}" for number in range(60))])
    with pytest.raises(BuildtoolError, match="even without 51 newer tags") as caught:
        plan_withdrawal(many, candidate, [])
    assert (caught.value.kind, caught.value.fix) == (ROLLBACK_LOSES, "buildtool policy explain web")


def test_what_cannot_be_put_back_is_named(push: MemoryPush) -> None:
    assert isinstance(push.registry, Breaking)
    push.registry.breaks, push.registry.late = "1.2.0", True
    withdrawal = planned(push, "1.1.0")
    put = push.registry.put_manifest

    def refuse(repository: Repository, tag: str, manifest: Manifest) -> None:
        if not tag.startswith(WITHDRAWN):
            raise BuildtoolError(REGISTRY_DENIED, "no more")
        put(repository, tag, manifest)

    push.registry.put_manifest = refuse  # type: ignore[method-assign]
    with pytest.raises(BuildtoolError) as caught:
        Withdrawer(push.registry, Ways(), NoSignals()).carry_out([withdrawal], lambda _: None)
    assert caught.value.message == (
        "gone; taken away and not put back: r.example/web:1.3.0 (no more), r.example/web:1.2.0 (no more)"
    )


def test_nothing_newer_is_nothing_to_withdraw(push: MemoryPush) -> None:
    withdrawal = planned(push, "1.3.0")
    before = push.tags("web")
    withdrawer = Withdrawer(push.registry, Ways(RemovalWay.NONE), NoSignals())
    withdrawer.require_possible([withdrawal])
    withdrawer.carry_out([withdrawal], pytest.fail)
    assert (list(withdrawal.tags), push.tags("web")) == ([], before)
