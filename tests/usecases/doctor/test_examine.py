from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.core.facts import State
from buildtool.errors import CONFIG_MISSING, BuildtoolError
from buildtool.usecases.doctor import examine
from buildtool.usecases.doctor.checks.git import UNSHALLOW
from buildtool.usecases.doctor.repairs import _TRUST

if TYPE_CHECKING:
    from buildtool.config import Config
    from tests.usecases.doctor.conftest import Parts

PAGE = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text(encoding="utf-8")


def test_a_whole_examination(parts: Parts) -> None:
    found = examine(parts.ports())
    assert found.ok
    assert not [fact for fact in found.facts if fact.state is State.FAILED]
    assert [setting.key for setting in found.settings] == ["registry", "insecure"]


def test_without_a_configuration_what_needs_none_is_there(parts: Parts) -> None:
    def missing() -> Config:
        raise BuildtoolError(CONFIG_MISSING, "none")

    found = examine(dataclasses.replace(parts.ports(), config=missing))
    states = {(fact.subject, fact.name): fact.state for fact in found.facts}
    assert not found.ok
    assert found.settings == ()
    assert [key for key, state in states.items() if state is State.FAILED] == [("configuration", "file")]
    assert states["docker", "engine"] is states["git", "branch"] is State.OK


def test_the_page_names_every_fact_and_every_fix_that_is_run(parts: Parts) -> None:
    for fact in examine(parts.ports()).facts:
        subject = "IMAGE" if fact.subject == "web" else fact.subject
        name = "runs PLATFORM" if fact.name.startswith("runs ") else fact.name
        assert f"`{subject} {name}`" in PAGE
    assert f"| `{' '.join(_TRUST)} DIR` |" in PAGE
    assert f"| `{' '.join(UNSHALLOW)}` |" in PAGE
