"""Fixtures every test may ask for: real parts, and isolation from the person's own settings."""

from __future__ import annotations

import itertools
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from buildtool.adapters.signals import ENDING
from realparts import emulation, machine
from realparts import engine as engines
from tests.support import guard, parts, side_by_side
from tests.support.need import IN_CI, need
from tests.support.parts import Registries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COUNTER = itertools.count()

# A busy machine is no fault of the code: no example has a time limit, and none is too slow to be made. In CI every run
# takes the same examples, so that what was green stays green; elsewhere they are new ones each time.
settings.register_profile(
    "buildtool", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=IN_CI, print_blob=True
)
settings.load_profile("buildtool")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests begin, and which end."""
    side_by_side.arrange(items)


@pytest.fixture(scope="session", autouse=True)
def no_fixture_sees_your_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for what fixtures of modules and sessions do, before a test has its own."""
    with pytest.MonkeyPatch.context() as patch:
        guard.isolate(patch, tmp_path_factory.getbasetemp() / "homes" / "session")
        yield


@pytest.fixture(autouse=True)
def no_test_sees_your_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """HOME, docker and git configuration are the test's own; variables of CI and of buildtool are gone."""
    guard.isolate(monkeypatch, tmp_path_factory.getbasetemp() / "homes" / str(next(_COUNTER)))


@pytest.fixture(autouse=True)
def no_test_changes_what_signals_do() -> Iterator[None]:
    """A command that ends in this process ignores them from then on, and every program it starts would do so too."""
    before = {number: signal.getsignal(number) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def engine() -> Mapping[str, str]:
    """A container engine with buildx: the variables a program needs in addition to reach it (DOCKER_HOST)."""
    with guard.real_environment():
        found = engines.find()
    need(found, "no container engine answers: make test starts one")
    assert found is not None
    return found.environment


@pytest.fixture(scope="session")
def arm64(engine: Mapping[str, str]) -> None:
    """Programs for both amd64 and arm64 run here."""
    with guard.real_environment():
        works = emulation.works(machine.read())
    need(works, "no emulation of the other architecture: make test sets it up")


@pytest.fixture(scope="session")
def registry_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registries]:
    """Starts real registries on free loopback ports; see tests.support.parts.Registries."""
    registries = Registries(tmp_path_factory.mktemp("registries"))
    yield registries
    registries.stop()


@pytest.fixture(scope="session")
def base_contexts(registry_server: Registries) -> Mapping[str, str]:
    """Named contexts for nginx:1.28-alpine-slim, python:3.13-slim-trixie and busybox:1.37, amd64 and arm64."""
    return parts.base_contexts(registry_server)
