"""What a person sees of a rollback, and its document."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.output import Output
from buildtool.cli.rollback_report import RollbackReport, document
from buildtool.core.commit.marks import mark_for
from buildtool.core.flux.setters import Change
from buildtool.core.text.secrets import Secrets
from buildtool.usecases.push.result import NextCommit
from tests.support.memory.rollback import MemoryRollback
from tests.usecases.rollback.test_run import published

if TYPE_CHECKING:
    from buildtool.usecases.rollback.plan import ImageRollback
    from tests.support.memory.push import MemoryPush

CHANGE = Change("deploy/web.yaml", 7, 12, "old", "new", "flux-system:web", "deploy/web.yaml")


@pytest.fixture
def push() -> MemoryPush:
    return published(1, 2)


@pytest.fixture
def plan(push: MemoryPush) -> ImageRollback:
    return MemoryRollback(push).plan("web")[0]


def report(push: MemoryPush) -> RollbackReport:
    return RollbackReport(Output(Secrets(), color=False), push.clock.now())


def test_what_is_deployed_and_what_may_be(push: MemoryPush, capsys: pytest.CaptureFixture[str]) -> None:
    rollback = MemoryRollback(push)
    [standing] = rollback.standings.of([push.config.images["web"]])
    candidates = rollback.standings.candidates(standing)
    report(push).standing(standing, candidates, candidates[0])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"web: {standing.current.tag} is deployed" in shown.err
    [row] = [line for line in shown.err.splitlines() if line.lstrip().startswith(">")]
    assert row.split() == [">", candidates[0].tag, "2", "min", "000000100000", "commit", "1"]


def test_a_target_that_is_no_candidate_stands_first(push: MemoryPush, capsys: pytest.CaptureFixture[str]) -> None:
    rollback = MemoryRollback(push)
    [standing] = rollback.standings.of([push.config.images["web"]])
    current = rollback.standings.candidate(standing, standing.current.tag)
    assert current is not None
    candidates = [replace(one, time=None, revision=None) for one in rollback.standings.candidates(standing)]
    report(push).standing(standing, candidates, current)
    rows = capsys.readouterr().err.splitlines()[2:]
    assert rows[0].split()[:2] == [">", current.tag]
    assert rows[0].rstrip().endswith("the same image")
    assert candidates[0].tag in rows[1]


def test_the_steps_before_they_are_done(
    push: MemoryPush, plan: ImageRollback, capsys: pytest.CaptureFixture[str]
) -> None:
    report(push).plan([plan, replace(plan, mark=None), replace(plan, tag=None)])
    shown = capsys.readouterr()
    bad, good = plan.standing.current.tag, plan.target.tag
    publish = f"  publish  r.example/web:{plan.tag} on the image of {good}"
    assert shown.out == ""
    assert shown.err.splitlines() == [
        f"  mark     r.example/web:{mark_for(bad)} on the image of {bad}",
        publish,
        publish,
        f"  web: {good} is deployed already: nothing to do",
    ]


@pytest.mark.parametrize(
    ("tag", "selected", "words"),
    [
        ("same", "same", "Flux selects {tag}, the image of {good}"),
        ("same", "other", "published {tag}, and Flux selects other: run buildtool verify"),
        ("same", None, "published {tag}, and Flux selects None: run buildtool verify"),
        (None, "x", "{good} is deployed already; nothing was changed"),
    ],
)
def test_what_was_done(
    push: MemoryPush,
    plan: ImageRollback,
    capsys: pytest.CaptureFixture[str],
    tag: str | None,
    selected: str | None,
    words: str,
) -> None:
    one = plan if tag else replace(plan, tag=None)
    report(push).done([one], [one.tag if selected == "same" else selected], NextCommit([CHANGE]))
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"web: {words.format(tag=plan.tag, good=plan.target.tag)}",
        "  deploy/web.yaml:7: old -> new",
    ]


def test_the_document(plan: ImageRollback) -> None:
    found = document([plan], [plan.tag], NextCommit([CHANGE], ["an automation is suspended"]), dry_run=False)
    [image] = found["images"]
    assert (found["schema"], found["dry_run"]) == ("buildtool.rollback/v1", False)
    assert (image["from"], image["to"], image["tag"]) == (plan.standing.current.tag, plan.target.tag, plan.tag)
    assert image["to_time"] == "2024-02-07T10:00:00+00:00"
    assert image["mark"] == mark_for(plan.standing.current.tag)
    assert image["reference"] == f"r.example/web:{plan.tag}"
    assert image["digest"] == plan.target.published.proof.digest
    assert found["next_commit_errors"] == ["an automation is suspended"]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("time", [None, 1_707_300_000_000, 10**18])
def test_a_time_that_is_none_is_null(plan: ImageRollback, time: int | None) -> None:
    """A policy may take tags that count in milliseconds; what was published is told all the same."""
    odd = replace(plan, target=replace(plan.target, time=time))
    [image] = document([odd], [None], NextCommit(), dry_run=True)["images"]
    assert image["to_time"] is None


def test_nothing_to_do_has_no_reference(plan: ImageRollback) -> None:
    [image] = document([replace(plan, tag=None, mark=None)], ["x"], NextCommit(), dry_run=False)["images"]
    assert (image["tag"], image["mark"], image["reference"], image["selected"]) == (None, None, None, "x")
