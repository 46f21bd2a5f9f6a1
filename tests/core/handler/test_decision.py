"""Facts in, one decision out: what has to be true of an alert and an image, each alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from buildtool.core.handler.alerts import Alert
from buildtool.core.handler.decision import RollbackLimits, Scene, judge_suspect, refuse_alert
from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.suspects import SetLine, Suspect

NOW = 1_800_000_000
HEAD, OTHER = "a" * 40, "b" * 40
ALERT = Alert(
    kind="Kustomization",
    subject="flux-system:web",
    severity="error",
    reason="HealthCheckFailed",
    message="",
    branch="main",
    commit=HEAD,
    time=NOW - 60,
    workloads=("Deployment/website/web",),
)
SCENE = Scene(NOW, "main", HEAD, {"flux-system:web"})
GOOD, BAD = "main-aaaaaaa-1700000000", "main-bbbbbbb-1700001000"
LINE = SetLine("apps/web.yaml", "flux-system:web", BAD, OTHER, GOOD)
SUSPECT = Suspect("web", [LINE], [GOOD, BAD], BAD, republished=False)
LIMITS = RollbackLimits(cool_down=3600, per_day=2)


def judged(suspect: Suspect = SUSPECT, **values: Any) -> Refusal | None:
    return judge_suspect(suspect, LIMITS, NOW, values.get("times", []), values.get("days", [])).refusal


def test_an_image_that_fails_goes_back_to_what_was_replaced() -> None:
    assert refuse_alert(ALERT, SCENE) is None
    judgement = judge_suspect(SUSPECT, LIMITS, NOW, [], [])
    assert (judgement.refusal, judgement.image, judgement.bad, judgement.target) == (None, "web", BAD, GOOD)


@pytest.mark.parametrize(
    ("alert", "scene", "refusal"),
    [
        ({"subject": "other:web"}, {}, Refusal.FOREIGN),
        ({}, {"allowed": set()}, Refusal.FOREIGN),
        ({"time": NOW - 3601}, {}, Refusal.STALE),
        ({"time": NOW + 301}, {}, Refusal.STALE),
        ({"commit": ""}, {}, Refusal.NOT_NEWEST),
        ({"commit": OTHER}, {}, Refusal.NOT_NEWEST),
        ({"branch": "release"}, {}, Refusal.NOT_NEWEST),
        ({}, {"recovered": NOW - 60}, Refusal.RECOVERED),
        ({}, {"healthy": True}, Refusal.RECOVERED),
    ],
)
def test_alerts_that_are_not_acted_on(alert: dict[str, Any], scene: dict[str, Any], refusal: Refusal) -> None:
    judgement = refuse_alert(replace(ALERT, **alert), replace(SCENE, **scene))
    assert judgement is not None
    assert judgement.refusal is refusal
    assert judgement.reason


@pytest.mark.parametrize(
    ("alert", "scene"),
    [
        ({"time": NOW - 3600}, {}),
        ({"time": NOW + 300}, {}),
        ({"branch": ""}, {}),
        ({}, {"recovered": NOW - 61}),
    ],
)
def test_alerts_on_the_right_side_of_the_line(alert: dict[str, Any], scene: dict[str, Any]) -> None:
    assert refuse_alert(replace(ALERT, **alert), replace(SCENE, **scene)) is None


@pytest.mark.parametrize(
    ("line", "suspect", "refusal"),
    [
        ({"healthy": BAD}, {}, Refusal.UNCHANGED),
        ({"human": "commit x is by Eve"}, {}, Refusal.HUMAN),
        ({"edited": "apps/web.yaml"}, {}, Refusal.UNCLEAR),
        ({"replaced": ""}, {}, Refusal.UNCLEAR),
        ({"replaced": BAD}, {}, Refusal.UNCLEAR),
        ({}, {"selected": GOOD}, Refusal.NOT_SELECTED),
        ({}, {"selected": ""}, Refusal.NOT_SELECTED),
        ({}, {"republished": True}, Refusal.IS_ROLLBACK),
        ({}, {"target_fault": "it was rolled back"}, Refusal.NO_TARGET),
    ],
)
def test_images_that_stay(line: dict[str, Any], suspect: dict[str, Any], refusal: Refusal) -> None:
    assert judged(replace(SUSPECT, lines=[replace(LINE, **line)], **suspect)) is refusal


def test_the_cluster_knows_better_than_the_order_of_commits() -> None:
    """It was healthy with another tag: the new one is what changed since."""
    assert judged(replace(SUSPECT, lines=[replace(LINE, edited="apps/web.yaml", healthy=GOOD)])) is None


def test_setters_that_disagree() -> None:
    assert judged(replace(SUSPECT, lines=[LINE, replace(LINE, tag=GOOD)])) is Refusal.UNCLEAR
    assert judged(replace(SUSPECT, lines=[LINE, replace(LINE, replaced=OTHER)])) is Refusal.UNCLEAR
    assert judged(replace(SUSPECT, lines=[LINE, replace(LINE, human="by Eve")])) is Refusal.HUMAN
    assert judged(replace(SUSPECT, lines=[LINE, replace(LINE, healthy=BAD)])) is None


def test_the_cool_down_is_of_one_image_and_the_limit_of_all() -> None:
    assert judged(times=[NOW - 3599]) is Refusal.COOL_DOWN
    assert judged(times=[NOW - 3600]) is None
    assert judged(days=[NOW - 3599]) is None
    assert judged(days=[NOW - 86_399, NOW - 10]) is Refusal.DAILY_LIMIT
    assert judged(days=[NOW - 86_400, NOW - 10]) is None


def test_no_cool_down() -> None:
    assert judge_suspect(SUSPECT, RollbackLimits(0, 9), NOW, [NOW, NOW + 5], [NOW]).refusal is None


def test_a_rollback_that_was_stopped_is_finished_whatever_the_limits() -> None:
    begun = replace(SUSPECT, tags=[GOOD, BAD, f"rolled-back-{BAD}"])
    assert judged(begun, times=[NOW - 5], days=[NOW - 5, NOW - 6, NOW - 7]) is None
    finished = replace(begun, tags=[*begun.tags, "main-aaaaaaa-1700002000"])
    assert judged(finished, times=[NOW - 5]) is Refusal.COOL_DOWN
