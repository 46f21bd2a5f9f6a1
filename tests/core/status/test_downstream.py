"""Committed, applied: each answer of git and of Flux's objects, with the cause and the command that helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.status.downstream import applied, committed, newest_commit
from buildtool.core.status.kubernetes import Condition, FluxObject, Kustomization
from buildtool.core.status.seen import Applied, ImageObjects, Setters, SetterValue
from buildtool.core.status.station import Reached, Unseen
from tests.core.status.test_upstream import OLD, SCANS, TAG, WORKS, facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.status.seen import ImageFacts

A, B = "a" * 40, "b" * 40
GOOD = Condition("True", "Succeeded", "", 50)
WRITES = FluxObject("ImageUpdateAutomation", "flux-system/all", suspended=False, ready=GOOD)
APPLIES = FluxObject("Kustomization", "flux-system/apps", suspended=False, ready=GOOD)


def value(tag: str, path: str = "deploy/web.yaml", commit: str = A, time: int | None = 7) -> SetterValue:
    return SetterValue(path, "flux-system:web", tag, commit, time)


def with_setters(*values: SetterValue, elsewhere: str = "", flux: ImageObjects | Unseen | None = None) -> ImageFacts:
    seen = facts(TAG)
    return replace(seen, setters=Setters(values, elsewhere), flux=seen.flux if flux is None else flux)


def objects(*automations: FluxObject) -> ImageObjects:
    return ImageObjects(SCANS, WORKS, TAG, automations)


def test_every_setter_holds_the_tag() -> None:
    found = committed(with_setters(value(TAG), value(TAG, "deploy/job.yaml", B, 9)))
    assert (found.state, found.time, found.fix) == (Reached.YES, 9, "")
    assert found.evidence == f"deploy/web.yaml, deploy/job.yaml: commit {B[:12]}"


def test_two_setters_of_one_file_are_told_apart() -> None:
    found = committed(with_setters(value(TAG), value(OLD)))
    assert found.state is Reached.NO
    assert found.evidence == f"deploy/web.yaml holds {OLD}"
    both = committed(with_setters(value(OLD), replace(value(OLD), setter="flux-system:web:tag")))
    assert both.evidence == (
        f"deploy/web.yaml (flux-system:web) holds {OLD}; deploy/web.yaml (flux-system:web:tag) holds {OLD}"
    )


def test_no_setter_at_all() -> None:
    found = committed(with_setters())
    assert found.state is Reached.NO
    assert "no file that an ImageUpdateAutomation writes holds a setter of flux-system:web" in found.cause
    assert found.fix == 'write # {"$imagepolicy": "flux-system:web"} behind the image, commit and push'


def test_a_remote_that_was_not_seen() -> None:
    found = committed(replace(facts(TAG), setters=Unseen("no remote", fix="add one")))
    assert (found.state, found.cause, found.fix) == (Reached.UNKNOWN, "no remote", "add one")


@pytest.mark.parametrize("judge", [committed, applied])
def test_an_image_without_a_policy(judge: object) -> None:
    found = judge(replace(with_setters(value(TAG)), policy=None))  # type: ignore[operator]
    assert (found.state, found.looked) == (Reached.UNKNOWN, False)


def test_nothing_is_published() -> None:
    found = committed(replace(with_setters(value(TAG)), target=None))
    assert (found.state, found.fix) == (Reached.NO, "buildtool push")


def test_an_automation_that_writes_to_another_branch() -> None:
    found = committed(with_setters(value(OLD), elsewhere="flux-updates"))
    assert found.cause.endswith("the automation writes to branch flux-updates, not to this one")
    assert found.fix == "merge flux-updates into the deploy branch"


@pytest.mark.parametrize(
    ("flux", "cause", "fix"),
    [
        (objects(WRITES), "writes the tag at its next run", "flux reconcile image update all -n flux-system"),
        (
            objects(replace(WRITES, suspended=True)),
            "ImageUpdateAutomation flux-system/all is suspended",
            "flux resume image update all -n flux-system",
        ),
        (
            objects(WRITES, replace(WRITES, ready=Condition("False", "GitOperationFailed", "no key", None))),
            "is not ready: GitOperationFailed: no key",
            "flux reconcile image update all -n flux-system",
        ),
        (objects(), "no ImageUpdateAutomation of the cluster takes the policy", "flux get images update -A"),
        (Unseen("forbidden"), "is not known (forbidden)", "flux get images all -A"),
        (ImageObjects(SCANS, WORKS, TAG, Unseen("no list")), "is not known (no list)", "flux get images all -A"),
    ],
)
def test_why_the_tag_is_not_committed(flux: ImageObjects | Unseen, cause: str, fix: str) -> None:
    found = committed(with_setters(value(OLD), flux=flux))
    assert (found.state, found.fix) == (Reached.NO, fix)
    assert found.cause.startswith(f"deploy/web.yaml holds {OLD}: ")
    assert found.cause.endswith(cause)


@given(st.lists(st.none() | st.integers(0, 10**10), min_size=1, max_size=5))
def test_the_newest_commit_is_one_with_the_greatest_time(times: list[int | None]) -> None:
    values = [value(TAG, str(number), time=time) for number, time in enumerate(times)]
    assert (newest_commit(values).time or 0) == max(time or 0 for time in times)


# --- applied


def kustomization(flux: FluxObject = APPLIES, sha: str | None = A) -> Kustomization:
    return Kustomization(flux, "deploy", "flux-system/shop", "main", sha, sha, ())


def judged(kustomizations: Sequence[Applied] | Unseen, *values: SetterValue) -> object:
    return applied(replace(with_setters(*(values or (value(TAG),))), applied=kustomizations))


def test_every_kustomization_holds_the_commit() -> None:
    later = replace(APPLIES, name="flux-system/more", ready=Condition("True", "", "", 80))
    found = applied(
        replace(with_setters(value(TAG)), applied=[Applied(kustomization(), True), Applied(kustomization(later), True)])
    )
    assert (found.state, found.time) == (Reached.YES, 80)
    assert found.evidence == (
        f"Kustomization flux-system/apps has applied {A[:12]}; Kustomization flux-system/more has applied {A[:12]}"
    )


def test_the_tag_is_not_committed_yet() -> None:
    found = applied(replace(with_setters(value(OLD)), applied=[Applied(kustomization(), True)]))
    assert (found.state, found.cause) == (Reached.NO, "the tag is not committed yet")


@pytest.mark.parametrize(
    ("setters", "kustomizations", "why"),
    [
        (Unseen("no remote"), [Applied(kustomization(), True)], "which commit holds the tag is not known"),
        (Setters([value(TAG)]), Unseen("no cluster"), "no cluster"),
        (Setters([value(TAG)]), [], "no Kustomization of the cluster has a path that holds a setter of the image"),
        (
            Setters([value(TAG)]),
            [Applied(kustomization(), None)],
            "this clone does not know what Kustomization flux-system/apps has applied",
        ),
    ],
)
def test_what_is_not_known(setters: Setters | Unseen, kustomizations: list[Applied] | Unseen, why: str) -> None:
    found = applied(replace(facts(TAG), setters=setters, applied=kustomizations))
    assert (found.state, found.cause) == (Reached.UNKNOWN, why)


WAITS = replace(APPLIES, name="flux-system/late", ready=Condition("False", "DependencyNotReady", "apps", None))
FAILS = replace(APPLIES, ready=Condition("False", "BuildFailed", "no such file", None))
STOPPED = replace(APPLIES, suspended=True)


@pytest.mark.parametrize(
    ("kustomizations", "cause", "fix"),
    [
        ([Applied(kustomization(), False)], "applies the commit at its next run", "flux reconcile kustomization apps"),
        ([Applied(kustomization(FAILS), False)], "BuildFailed: no such file", "flux reconcile kustomization apps"),
        ([Applied(kustomization(STOPPED), False)], "is suspended", "flux resume kustomization apps"),
        (
            [Applied(kustomization(WAITS), False), Applied(kustomization(FAILS), False)],
            "BuildFailed: no such file",
            "flux reconcile kustomization apps",
        ),
        ([Applied(kustomization(), True), Applied(kustomization(FAILS), False)], "BuildFailed", "flux reconcile"),
        ([Applied(kustomization(), None), Applied(kustomization(FAILS), False)], "", "flux reconcile kustomization"),
    ],
)
def test_why_it_is_not_applied(kustomizations: list[Applied], cause: str, fix: str) -> None:
    """One that stands still explains more than one that only waits for it; the order does not matter."""
    for order in (kustomizations, kustomizations[::-1]):
        found = applied(replace(with_setters(value(TAG)), applied=order))
        assert found.state is Reached.NO
        assert cause in found.cause
        assert found.fix.startswith(fix)
        assert found.fix.endswith(" -n flux-system")


def test_a_kustomization_that_has_applied_nothing() -> None:
    found = applied(replace(with_setters(value(TAG)), applied=[Applied(kustomization(sha=None), False)]))
    assert found.evidence == "Kustomization flux-system/apps has applied nothing"


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=5))
def test_it_is_applied_only_where_every_kustomization_holds_it(holds: list[bool | None]) -> None:
    several = [
        Applied(kustomization(replace(APPLIES, name=f"flux-system/{number}")), one) for number, one in enumerate(holds)
    ]
    found = applied(replace(with_setters(value(TAG)), applied=several))
    assert (found.state is Reached.YES) == all(holds)
    assert (found.state is Reached.NO) == (False in holds)
