from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.core.image.names import Repository
from buildtool.core.registry.harbor import HarborFacts, Project, Use, judge
from buildtool.core.registry.harbor_rules import Artifact, Selector, TagRule
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from buildtool.errors.findings import Finding

NOW = 1_707_300_000
HOST = "192.168.0.40:5000"
BASE = f"http://{HOST}"
USE = Use(Repository(HOST, "website/frontend"), "master-abc1234-1707300000", "unproven", "master-0ld1234-1707000000")
GOOD = Project(there=True)
ARTIFACTS = {
    "website/frontend": (Artifact("sha256:a", ("master-0ld1234-1707000000",), 1), Artifact("sha256:b", ("x",), 2))
}


def found(project: Project = GOOD, use: Use = USE, **server: Any) -> list[Finding]:
    facts = HarborFacts(BASE, BASE, projects={"website": project})
    return judge(dataclasses.replace(facts, **server), [use], NOW)


def test_nothing_is_wrong() -> None:
    assert found() == []
    assert found(external_url="") == []
    assert found(username="robot$website+ci") == []


def project(**settings: Any) -> Project:
    return dataclasses.replace(GOOD, **settings)


@pytest.mark.parametrize(
    ("made", "code", "severity"),
    [
        (project(there=False), "harbor-project-missing", Severity.ERROR),
        (project(there=None), "harbor-unseen", Severity.NOTE),
        (project(quota=100 << 20, used=90 << 20), "harbor-quota", Severity.WARNING),
        (project(quota=100 << 20, used=100 << 20), "harbor-quota", Severity.ERROR),
        (project(prevents_vulnerable=True, scans_on_push=True), "harbor-scan", Severity.WARNING),
        (project(prevents_vulnerable=True), "harbor-scan", Severity.WARNING),
        (project(unseen=("quota",)), "harbor-unseen", Severity.NOTE),
        (project(proxies=True), "harbor-proxy", Severity.ERROR),
        (project(rights=frozenset({"repository:pull"})), "harbor-rights", Severity.ERROR),
        (project(rights=frozenset({"repository:push"})), "harbor-rights", Severity.WARNING),
        (project(expires=NOW + 86_400), "harbor-robot-expiry", Severity.WARNING),
        (project(expires=NOW), "harbor-robot-expiry", Severity.ERROR),
        (project(immutable=(TagRule("i", (Selector("unproven"),)),)), "harbor-immutable-candidate", Severity.ERROR),
        (project(immutable=(TagRule("i", (Selector("master-*"),)),)), "harbor-immutable-final", Severity.WARNING),
        (
            project(retention=(TagRule("latestPushedK", amount=1),), artifacts=ARTIFACTS),
            "harbor-retention",
            Severity.ERROR,
        ),
    ],
)
def test_one_thing_wrong_is_one_finding(made: Project, code: str, severity: Severity) -> None:
    (finding,) = found(made)
    assert (finding.code, finding.severity) == (code, severity)
    assert finding.reason
    assert finding.fix or severity is Severity.NOTE


@pytest.mark.parametrize(
    "made",
    [
        project(quota=-1, used=1 << 40),
        project(rights=frozenset({"repository:push", "tag:delete"})),
        project(expires=NOW + 15 * 86_400),
        project(public=False),
        project(quota=100 << 20, used=89 << 20),
        project(immutable=(TagRule("i", (Selector("v*"),)),)),
        project(immutable=(TagRule("i", repositories=(Selector("backend"),)),)),
        project(retention=(TagRule("latestPushedK", amount=2),), artifacts=ARTIFACTS),
        project(retention=(TagRule("latestPushedK", amount=1),)),
    ],
)
def test_what_does_not_bite(made: Project) -> None:
    assert found(made) == []


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ({"read_only": True}, "harbor-read-only"),
        ({"external_url": "https://192.168.0.40"}, "harbor-external-url"),
        ({"username": "robot+ci", "login": False}, "harbor-robot-name"),
        ({"username": "robot$ci", "login": False}, "harbor-login"),
        ({"username": "bot-site+ci", "login": False}, "harbor-login"),
    ],
)
def test_the_server(server: dict[str, Any], code: str) -> None:
    assert [finding.code for finding in found(**server)] == [code]


@pytest.mark.parametrize("login", [True, None])
@pytest.mark.parametrize("username", ["robot+ci", "bot-site+ci", "robot$site+ci", "someone"])
def test_a_name_of_any_form_is_fine_where_its_login_is(username: str, login: bool | None) -> None:  # noqa: FBT001
    assert found(username=username, login=login) == []


def test_of_a_login_that_is_not_taken_nothing_else_is_said() -> None:
    (finding,) = found(project(rights=frozenset(), expires=1), username="robot$x", login=False)
    assert finding.code == "harbor-login"


@pytest.mark.parametrize(("public", "codes"), [(True, []), (None, []), (False, ["harbor-private"])])
def test_flux_reads_a_private_project_with_a_login_only(public: bool | None, codes: list[str]) -> None:  # noqa: FBT001
    watched = dataclasses.replace(USE, watched="flux-system/web")
    assert [finding.code for finding in found(project(public=public), watched)] == codes
    assert found(project(public=public), USE) == []


def test_a_candidate_that_is_never_pushed_needs_no_deleting() -> None:
    use = dataclasses.replace(USE, candidate=None)
    assert found(project(rights=frozenset({"repository:push"})), use) == []


RUNNING = dataclasses.replace(USE, committed=("master-0ld0000-1706000000",))
KEEPS_ONE = project(
    retention=(TagRule("always", (Selector("master-0ld1*", untagged=False),)),),
    artifacts={
        "website/frontend": (*ARTIFACTS["website/frontend"], Artifact("sha256:c", ("master-0ld0000-1706000000",), 0))
    },
)


def test_retention_takes_what_the_manifests_name() -> None:
    (finding,) = found(KEEPS_ONE, RUNNING)
    assert finding.code == "harbor-retention"
    assert "'master-0ld0000-1706000000', which the manifests here name" in finding.message
    locked = dataclasses.replace(KEEPS_ONE, immutable=(TagRule("i", (Selector("master-0ld0*"),)),))
    assert found(locked, RUNNING) == []


def test_retention_takes_what_both_flux_and_the_manifests_name() -> None:
    nothing = dataclasses.replace(KEEPS_ONE, retention=(TagRule("latestPushedK", amount=0),))
    messages = [finding.message for finding in found(nothing, RUNNING)]
    assert len(messages) == 2
    assert "'master-0ld1234-1707000000', which Flux selects" in messages[0]


def test_a_retention_rule_that_nobody_knows() -> None:
    (finding,) = found(dataclasses.replace(KEEPS_ONE, retention=(TagRule("fewestBytes"),)), RUNNING)
    assert (finding.code, finding.severity) == ("harbor-unseen", Severity.NOTE)
    assert "fewestBytes" in finding.message


def test_no_candidate_is_pushed_by_digest() -> None:
    use = dataclasses.replace(USE, candidate=None, final="v1")
    assert found(project(immutable=(TagRule("i", (Selector("unproven"),)),)), use) == []


def test_a_path_without_a_project() -> None:
    (finding,) = found(use=dataclasses.replace(USE, repository=Repository(HOST, "frontend")))
    assert finding.code == "harbor-no-project"
    assert f'registry = "{HOST}/PROJECT"' in finding.fix


def test_two_images_of_one_project_name_its_trouble_once() -> None:
    other = dataclasses.replace(USE, repository=Repository(HOST, "website/backend"))
    facts = HarborFacts(BASE, projects={"website": project(prevents_vulnerable=True)})
    assert len(judge(facts, [USE, other], NOW)) == 1
