"""The lines that Flux's next commits change, for each automation that serves the images of a run."""

from __future__ import annotations

import pytest

from buildtool.core.flux.manifests import find_policies
from buildtool.usecases.push.next_commit import next_commit
from buildtool.usecases.push.result import NextCommit
from tests.support.memory.push import HOST, MemoryPush, sha
from tests.support.shop import AUTOMATION, DEPLOYMENT, POLICY

TAG = f"main-{sha(1)[:7]}-1707300000"
OLD, NEW = f"{HOST}/web:main-0000000-1700000000", f"{HOST}/web:{TAG}"
SELECTOR = "  policySelector:\n    matchLabels: { team: a }\n  update:"
EXPRESSION = "  policySelector:\n    matchExpressions: [{key: team, operator: %s}]\n  update:"
DEPLOY = DEPLOYMENT.format(registry=HOST)


def files(automation: str = AUTOMATION, labels: str = "", deployment: str = DEPLOY) -> dict[str, str]:
    policy = POLICY.format(name="web", registry=HOST)
    before, marker, rest = policy.partition("kind: ImagePolicy\nmetadata:\n")
    return {
        "deploy/web.yaml": before + marker + labels + rest,
        "deploy/shop.yaml": deployment,
        "deploy/automation.yaml": automation,
    }


def found(texts: dict[str, str]) -> NextCommit:
    result = MemoryPush(names=["web"]).run()
    return next_commit(find_policies(texts.items()), texts, result.outcomes)


def lines(commit: NextCommit) -> list[tuple[str, int, str, str]]:
    return [(change.path, change.line, change.old, change.new) for change in commit.changes]


CHANGED = [("deploy/shop.yaml", 10, OLD, NEW)]


def test_the_lines_of_the_images_of_the_run() -> None:
    assert (lines(found(files())), found(files()).errors) == (CHANGED, [])


@pytest.mark.parametrize(
    ("automation", "labels", "changed"),
    [
        (AUTOMATION.replace("./deploy", "./other"), "", []),
        (AUTOMATION.replace("flux-system\n", "elsewhere\n", 1), "", []),
        (AUTOMATION.replace("  update:", SELECTOR), "", []),
        (AUTOMATION.replace("  update:", SELECTOR), "  labels: { team: b }\n", []),
        (AUTOMATION.replace("  update:", SELECTOR), "  labels: { team: a, more: x }\n", CHANGED),
        (AUTOMATION.replace("  update:", EXPRESSION % "In, values: [a, b]"), "  labels: { team: b }\n", CHANGED),
        (AUTOMATION.replace("  update:", EXPRESSION % "NotIn, values: [a, b]"), "  labels: { team: b }\n", []),
        (AUTOMATION.replace("  update:", EXPRESSION % "Exists"), "", []),
        (AUTOMATION.replace("  update:", EXPRESSION % "DoesNotExist"), "", CHANGED),
        ("kind: Nothing\n", "", []),
        (f"{AUTOMATION}---\n{AUTOMATION.replace('name: shop', 'name: second', 1)}", "", CHANGED),
    ],
)
def test_an_automation_writes_what_it_serves(automation: str, labels: str, changed: list[object]) -> None:
    assert lines(found(files(automation, labels))) == changed


def test_a_line_that_is_right_already_stays() -> None:
    assert lines(found(files(deployment=DEPLOY.replace(OLD, NEW)))) == []


def test_an_image_without_a_policy_changes_nothing() -> None:
    result = MemoryPush(names=["web"], policies=False).run()
    assert next_commit(find_policies(files().items()), files(), result.outcomes) == NextCommit([], [], [])


def test_an_automation_that_fails_is_named_and_stops_no_other() -> None:
    """Its folder is not there; the other one's is."""
    broken = AUTOMATION.replace("name: shop", "name: broken", 1).replace("./deploy", "./broken")
    commit = found(files(f"{broken}---\n{AUTOMATION}"))
    assert lines(commit) == CHANGED
    assert commit.errors == ["flux-system/broken: walking path for files: lstat broken: no such file or directory"]


def test_an_automation_that_does_not_run_is_told_where_no_other_writes_the_image() -> None:
    suspended = AUTOMATION.replace("  interval: 1m\n", "  interval: 1m\n  suspend: true\n", 1)
    commit = found(files(suspended))
    assert (lines(commit), commit.notes) == ([], ["flux-system/shop is left out: it is suspended"])
    other = suspended.replace("name: shop", "name: other", 1)
    commit = found(files(f"{other}---\n{AUTOMATION}"))
    assert (lines(commit), commit.notes) == (CHANGED, [])
