from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import State
from buildtool.usecases.doctor.checks import runner
from tests.usecases.doctor.conftest import HOST

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts

RUN = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF_NAME": "main", "GITHUB_REF_TYPE": "branch", "RUNNER_OS": "Linux"}


def test_outside_of_ci(parts: Parts) -> None:
    found = parts.look(runner)
    assert found["runner", "run"].state is found["runner", "files"].state is State.SKIPPED
    assert found["runner", "proxy"].state is State.OK


def test_in_a_run(parts: Parts) -> None:
    parts.environment |= RUN | {"GITHUB_OUTPUT": "/writable/out", "GITHUB_STEP_SUMMARY": "/locked/summary"}
    found = parts.look(runner)
    assert found["runner", "run"].evidence == "push of branch main, on Linux"
    assert found["runner", "GITHUB_OUTPUT"].state is State.OK
    assert found["runner", "GITHUB_STEP_SUMMARY"].state is State.FAILED
    assert found["runner", "GITHUB_STEP_SUMMARY"].fix.endswith("unset GITHUB_STEP_SUMMARY")


def test_a_proxy_in_the_way(parts: Parts) -> None:
    parts.registry.through = "http://proxy.example:3128"
    fact = parts.look(runner)["runner", "proxy"]
    assert fact.state is State.WARNING
    assert fact.fix == 'export NO_PROXY="${NO_PROXY:+$NO_PROXY,}192.168.0.40"'
    assert HOST in fact.evidence
