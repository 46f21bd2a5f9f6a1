"""The values of one run: what each needs, and that one cause is one failure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.config import ConfigError
from buildtool.config.mistakes import Mistake
from buildtool.core.build.builder_view import BuilderView, NodeView
from buildtool.core.image.names import Repository
from buildtool.errors import (
    BUILDER_UNUSABLE,
    DOCKER_UNREACHABLE,
    GIT_MISSING,
    GIT_NO_BRANCH,
    GIT_NO_COMMIT,
    REGISTRY_AUTH,
    REGISTRY_DENIED,
    REGISTRY_UNREACHABLE,
    BuildtoolError,
)
from buildtool.usecases.doctor.engine.shared import BlockedError, Shared
from buildtool.usecases.doctor.engine.shared_values import SharedValues
from tests.usecases.doctor.conftest import HOST, PLATFORMS, Checkout

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.core.registry.contents import RegistryFacts
    from buildtool.errors import Kind
    from tests.usecases.doctor.conftest import Parts


def values(parts: Parts, **ports: Any) -> SharedValues:
    return SharedValues(replace(parts.ports(), **ports))


def failing(kind: Kind) -> Callable[[], Any]:
    def fail() -> Any:
        raise BuildtoolError(kind, "broken")

    return fail


def names(shared: SharedValues) -> dict[str, Shared[Any]]:
    every = vars(shared) | vars(shared.first)
    return {name: value for name, value in every.items() if isinstance(value, Shared) and name[0] != "_"}


def blocked(value: Shared[Any]) -> str:
    """What a check that needs the value is told; "" where the value is there."""
    try:
        value.need()
    except BlockedError as error:
        return str(error)
    return ""


def test_everything_is_there(parts: Parts) -> None:
    shared = values(parts)
    assert {name: blocked(value) for name, value in names(shared).items()} == dict.fromkeys(names(shared), "")
    assert shared.tag.need().text == "main-aaaaaaa-1707300000"
    assert shared.branch.need() == ("main", "HEAD")


def test_a_configuration_with_mistakes_blocks_what_is_about_its_images(parts: Parts) -> None:
    def fail() -> Any:
        raise ConfigError([Mistake("buildtool.toml:1", "registry", "is wrong")])

    shared = values(parts, config=fail)
    why = {name: blocked(value) for name, value in names(shared).items()}
    needs = "needs a configuration without mistakes"
    assert {name for name, words in why.items() if words == needs} == {
        "config",
        "builder",
        "choice",
        "registry",
        "tags",
        "harbor",
        "pushes",
    }
    assert all(words in {"", needs} for words in why.values())
    assert shared.branches == ("main", "master"), "the default ones"
    assert shared.tag.need().text.startswith("main-aaaaaaa-"), "the tag needs no images"


def test_without_git_there_is_no_checkout_no_branch_and_no_tag(parts: Parts) -> None:
    class NoGit:
        def version(self) -> str:
            raise BuildtoolError(GIT_MISSING, "no git")

    shared = values(parts, git=NoGit())
    for value in (shared.git, shared.checkout, shared.branch, shared.tag):
        assert blocked(value) == "needs git"
    assert blocked(shared.first.registry) == ""


def test_a_repository_without_commits_has_a_branch_and_no_tag(parts: Parts) -> None:
    class Empty(Checkout):
        @property
        def head(self) -> tuple[str, int]:
            raise BuildtoolError(GIT_NO_COMMIT, "no commit yet")

        @head.setter
        def head(self, value: tuple[str, int]) -> None: ...

    shared = values(parts, checkout=Empty)
    assert shared.branch.need() == ("main", "HEAD")
    with pytest.raises(BuildtoolError) as caught:
        shared.tag.own()
    assert caught.value.kind is GIT_NO_COMMIT
    assert shared.tag.maybe() is None


def test_a_detached_head_has_no_branch_and_so_no_tag(parts: Parts) -> None:
    parts.checkout.branch = None
    shared = values(parts)
    for value in (shared.branch, shared.tag):
        with pytest.raises(BuildtoolError) as caught:
            value.own()
        assert caught.value.kind is GIT_NO_BRANCH
    assert blocked(shared.checkout) == ""


def test_a_detached_head_in_ci_has_the_branch_of_the_event(parts: Parts) -> None:
    parts.checkout.branch = None
    parts.environment = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_REF_TYPE": "branch",
        "GITHUB_REF_NAME": "release/1",
        "GITHUB_SHA": parts.checkout.head[0],
    }
    assert values(parts).tag.need().text == "release-1-aaaaaaa-1707300000"


def stopped(problem: str = "", status: str = "inactive") -> BuilderView:
    node = NodeView("default", "default", status, "", frozenset(PLATFORMS))
    return BuilderView("default", "docker", (node,), problem)


@pytest.mark.parametrize("view", [stopped("no such driver"), stopped()])
def test_an_engine_that_is_down_is_the_one_failure(parts: Parts, view: BuilderView) -> None:
    parts.docker.shown = view
    shared = values(parts, engine=failing(DOCKER_UNREACHABLE))
    assert blocked(shared.builder) == "needs the docker engine"
    assert blocked(shared.limits) == "needs the docker engine"
    with pytest.raises(BuildtoolError, match="broken"):
        shared.engine.own()


def test_a_builder_with_a_problem_is_its_own_failure_where_the_engine_answers(parts: Parts) -> None:
    parts.docker.shown = stopped("no such driver")
    with pytest.raises(BuildtoolError) as caught:
        values(parts).builder.own()
    assert (caught.value.kind, caught.value.message) == (BUILDER_UNUSABLE, "default: no such driver")
    assert caught.value.fix == "docker buildx inspect --bootstrap default"


@pytest.mark.parametrize(
    ("endpoint", "far"),
    [("ssh://pi@pi", True), ("unix:///var/run/docker.sock", False), ("tcp://x:1", False), ("", False)],
)
def test_an_engine_over_ssh_is_asked_by_the_docker_program_alone(parts: Parts, endpoint: str, *, far: bool) -> None:
    parts.endpoint = endpoint
    parts.docker.shown = stopped()
    shared = values(parts, engine=failing(DOCKER_UNREACHABLE))
    assert shared.engine_is_far is far
    assert blocked(shared.builder) == ("" if far else "needs the docker engine")


def test_an_endpoint_that_cannot_be_told_is_not_far(parts: Parts) -> None:
    assert values(parts, endpoint=failing(DOCKER_UNREACHABLE)).engine_is_far is False


def test_a_registry_that_is_down_is_one_failure(parts: Parts) -> None:
    def probe() -> RegistryFacts:
        raise BuildtoolError(REGISTRY_UNREACHABLE, "down")

    parts.registry.probe = probe  # type: ignore[method-assign]
    shared = values(parts)
    for value in (shared.tags, shared.first.harbor, shared.first.pushes):
        assert blocked(value) == "needs a registry that answers"
    with pytest.raises(BuildtoolError, match="down"):
        shared.first.registry.own()
    assert shared.first.login_fails() is False, "nothing is known of the login"


@pytest.mark.parametrize(
    ("refuses", "fails"),
    [({}, False), ({"web": REGISTRY_AUTH}, True), ({"web": REGISTRY_DENIED}, False), ({"api": REGISTRY_AUTH}, False)],
)
def test_the_login_fails_where_every_push_is_refused_for_it(
    parts: Parts, refuses: dict[str, Kind], *, fails: bool
) -> None:
    parts.registry.refuses = {name: BuildtoolError(kind, "no") for name, kind in refuses.items()}
    shared = values(parts)
    assert shared.first.login_fails() is fails
    asked = shared.first.pushes.need()
    assert {name: error is not None for name, error in asked.items()} == {"web": "web" in refuses}


def test_tags_are_those_that_flux_sees(parts: Parts) -> None:
    parts.registry.there = ("main-abc1234-1700000000", "sha256-1.sig", "latest")
    assert values(parts).tags.need() == {"web": ["main-abc1234-1700000000", "latest"]}


def test_harbor_is_told_what_is_pushed_deployed_and_watched(parts: Parts) -> None:
    parts.registry.there = ("main-abc1234-1700000000", "main-abc1234-1700000001")
    shared = values(parts)
    assert shared.first.harbor.need() is None
    [use] = parts.registry.uses
    assert use.repository == Repository(HOST, "web")
    assert use.final == "main-aaaaaaa-1707300000"
    assert (use.candidate, use.deployed) == ("unproven", "main-abc1234-1700000001")


def test_harbor_is_asked_without_a_commit_too(parts: Parts) -> None:
    parts.checkout.branch = None
    values(parts).first.harbor.need()
    assert parts.registry.uses[0].final == "main-0000000-1700000000"


def test_each_value_is_read_once_for_all_checks(parts: Parts) -> None:
    asked: list[str] = []
    probe = parts.registry.probe

    def counted() -> RegistryFacts:
        asked.append("probe")
        return probe()

    parts.registry.probe = counted  # type: ignore[method-assign]
    shared = values(parts)
    for value in (shared.tags, shared.first.harbor, shared.first.pushes, shared.first.registry, shared.tags):
        value.need()
    assert asked == ["probe"]
