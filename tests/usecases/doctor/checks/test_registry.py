from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.config import ImageConfig, RegistrySettings
from buildtool.core.facts import State
from buildtool.core.registry.contents import RemovalWay
from buildtool.errors import REGISTRY_AUTH, REGISTRY_DENIED, REGISTRY_PROJECT, BuildtoolError
from buildtool.errors.findings import Finding, Severity
from buildtool.usecases.doctor.checks import registry
from tests.usecases.doctor.conftest import HOST, at

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts

AUTH = BuildtoolError(REGISTRY_AUTH, "who are you", place=f"http://{HOST}")


def two_images(parts: Parts) -> None:
    web = parts.config.images["web"]
    parts.change(images={"web": web, "api": ImageConfig("api", web.platforms)})


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, State.OK), (-59, State.OK), (300, State.WARNING), (-90_000, State.FAILED)]
)
def test_the_clock(parts: Parts, seconds: int, state: State) -> None:
    parts.registry.date = at(seconds)
    assert parts.look(registry)["registry", "clock"].state is state


def test_no_date_is_no_failure(parts: Parts) -> None:
    assert parts.look(registry)["registry", "clock"].state is State.SKIPPED


def test_a_login_that_fails_is_the_one_failure(parts: Parts) -> None:
    two_images(parts)
    parts.registry.refuses = {"web": AUTH, "api": AUTH}
    found = parts.look(registry)
    assert found["registry", "login"].fix == f"docker login {HOST}"
    assert [fact.name for fact in found.values() if fact.state is State.FAILED] == ["login"]


def test_one_image_that_may_not_be_pushed(parts: Parts) -> None:
    two_images(parts)
    parts.registry.refuses = {"api": BuildtoolError(REGISTRY_DENIED, "read-only account")}
    found = parts.look(registry)
    assert found["registry", "login"].state is State.OK
    assert found["registry", "push"].state is State.FAILED
    assert found["registry", "push"].evidence == "api: read-only account"


def test_harbor_explains_better_than_the_refusal(parts: Parts) -> None:
    finding = Finding("harbor-project-missing", Severity.ERROR, "no project 'shop'", "so nothing goes", "create it")
    parts.registry.findings = [finding, Finding("harbor-unseen", Severity.NOTE, "cannot see")]
    parts.registry.refuses = {"web": BuildtoolError(REGISTRY_PROJECT, "no such project")}
    found = parts.look(registry)
    assert [fact.name for fact in found.values() if fact.state is State.FAILED] == ["harbor-project-missing"]
    assert found["registry", "harbor-project-missing"].fix == "create it"
    assert "no project 'shop'" in found["registry", "push"].evidence


def test_a_harbor_in_order(parts: Parts) -> None:
    parts.registry.findings = []
    assert parts.look(registry)["registry", "harbor"].state is State.OK


def test_harbor_is_asked_about_what_is_deployed(parts: Parts) -> None:
    parts.registry.there = ("main-0000000-1700000001", "main-0000000-1700000002")
    parts.look(registry)
    [use] = parts.registry.uses
    assert use.deployed == "main-0000000-1700000002"
    assert use.final == "main-aaaaaaa-1707300000"


@pytest.mark.parametrize(
    ("way", "state"),
    [
        (RemovalWay.BY_TAG, State.OK),
        (RemovalWay.BY_DIGEST, State.OK),
        (RemovalWay.HARBOR, State.OK),
        (RemovalWay.NONE, State.WARNING),
        (BuildtoolError(REGISTRY_DENIED, "no"), State.WARNING),
    ],
)
def test_whether_a_tag_can_be_taken_away(parts: Parts, way: RemovalWay | BuildtoolError, state: State) -> None:
    parts.registry.way = way
    assert parts.look(registry)["registry", "delete"].state is state


def test_credentials_of_the_environment_have_their_own_fix(parts: Parts) -> None:
    parts.environment["BUILDTOOL_REGISTRY_USERNAME"] = "ann"
    parts.registry.refuses = {"web": AUTH}
    assert "BUILDTOOL_REGISTRY_USERNAME" in parts.look(registry)["registry", "login"].fix


# --- several registries


OTHER = "other.example"


def two_registries(parts: Parts, **more: object) -> None:
    two_images(parts)
    web, api = parts.config.images.values()
    parts.change(images={"web": web, "api": replace(api, registry=f"{OTHER}/team")}, **more)


def test_each_registry_is_a_subject_of_its_own(parts: Parts) -> None:
    two_registries(parts)
    facts = parts.look(registry)
    assert {subject for subject, _ in facts} == {"registry", f"registry {OTHER}"}
    assert facts["registry", "push"].evidence.endswith("for web")
    assert facts[f"registry {OTHER}", "push"].evidence.endswith("for api")


def test_a_login_that_fails_at_one_of_them(parts: Parts) -> None:
    two_registries(parts)
    parts.registry.refuses = {"team/api": BuildtoolError(REGISTRY_AUTH, "who are you", place=f"https://{OTHER}")}
    facts = parts.look(registry)
    assert facts["registry", "login"].state is State.OK
    assert facts[f"registry {OTHER}", "login"].state is State.FAILED
    assert facts[f"registry {OTHER}", "login"].fix == f"docker login {OTHER}"


@pytest.mark.parametrize(
    ("named", "fix"),
    [
        (True, "correct TEAM_USER and TEAM_PASSWORD: they count before docker login"),
        (False, f"docker login {OTHER}"),
    ],
)
def test_the_fix_names_the_variables_of_that_very_registry(parts: Parts, fix: str, *, named: bool) -> None:
    """Not those of the default one, which are never sent there."""
    tables = {OTHER: RegistrySettings(username_env="TEAM_USER", password_env="TEAM_PASSWORD")} if named else {}
    two_registries(parts, registries=tables)
    parts.environment = {"BUILDTOOL_REGISTRY_USERNAME": "first", "TEAM_USER": "robot"}
    parts.registry.refuses = {"team/api": AUTH}
    assert parts.look(registry)[f"registry {OTHER}", "login"].fix == fix


def test_mirrors_are_looked_at_too(parts: Parts) -> None:
    two_registries(parts, mirrors=("m.example/a", "m.example/b"))
    facts = parts.look(registry)
    subjects = {subject for subject, _ in facts}
    assert subjects == {"registry", f"registry {OTHER}", "mirror m.example/a", "mirror m.example/b"}
    assert facts["mirror m.example/a", "push"].evidence.endswith("for web, api")
    parts.registry.refuses = {"b/web": AUTH, "b/api": AUTH}
    facts = parts.look(registry)
    assert facts["mirror m.example/a", "login"].state is State.OK
    assert facts["mirror m.example/b", "login"].state is State.FAILED


def test_a_service_that_says_how_to_log_in(parts: Parts) -> None:
    ecr = "aws ecr get-login-password | docker login"
    parts.registry.refuses = {"web": BuildtoolError(REGISTRY_AUTH, "expired", fix=ecr)}
    assert parts.look(registry)["registry", "login"].fix == ecr
    parts.registry.refuses = {"web": AUTH}
    parts.change(registry="123456789012.dkr.ecr.eu-west-1.amazonaws.com")
    assert parts.look(registry)["registry", "login"].fix.startswith("aws ecr get-login-password --region eu-west-1")


@pytest.mark.parametrize(
    ("host", "fix"),
    [
        ("docker.io/team", "a tag that has to go is deleted by hand: https://hub.docker.com/r/team/web/tags"),
        ("ghcr.io/team", "the page of the package team/web on GitHub"),
        ("r.example", "REGISTRY_STORAGE_DELETE_ENABLED=true"),
    ],
)
def test_where_a_tag_is_deleted_by_hand(parts: Parts, host: str, fix: str) -> None:
    parts.change(registry=host)
    parts.registry.way = RemovalWay.NONE
    found = parts.look(registry)["registry", "delete"]
    assert found.state is State.WARNING
    assert fix in (found.fix or "")


def test_a_registry_that_answers_404_to_every_deletion(parts: Parts) -> None:
    parts.registry.way = RemovalWay.UNKNOWN
    found = parts.look(registry)["registry", "delete"]
    assert found.state is State.SKIPPED
    assert "404" in found.evidence
