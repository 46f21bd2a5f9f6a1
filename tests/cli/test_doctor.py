"""The command without an engine and a registry: its forms of output, its codes, and that it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool

if TYPE_CHECKING:
    from tests.support.buildtool import Ran


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """No engine answers."""
    return {"DOCKER_HOST": f"unix://{tmp_path}/nobody.sock"}


def states(ran: Ran) -> dict[tuple[str, str], str]:
    return {(fact["subject"], fact["name"]): fact["state"] for fact in ran.document["facts"]}


def test_an_empty_folder_is_examined_whole(tmp_path: Path, nowhere: dict[str, str]) -> None:
    ran = buildtool("doctor", "--json", cwd=tmp_path, env=nowhere)
    assert ran.code == 3, ran
    assert set(ran.document) == {"schema", "ok", "facts", "settings", "fixed", "not_fixed"}
    found = states(ran)
    assert found["python", "version"] == found["git", "program"] == "ok"
    assert found["git", "repository"] == found["configuration", "file"] == "failed"
    assert found["registry", "answers"] == found["k3s", "registries.yaml"] == "skipped"
    assert ran.document["settings"] == []
    for fact in ran.document["facts"]:
        assert set(fact) == {"subject", "name", "state", "evidence", "fix"}
        assert fact["fix"] or fact["state"] != "failed", fact


def test_people_get_a_line_each_and_the_fix_below(tmp_path: Path, nowhere: dict[str, str]) -> None:
    ran = buildtool("doctor", cwd=tmp_path, env=nowhere)
    assert ran.code == 3
    lines = ran.stdout.splitlines()
    [number] = [n for n, line in enumerate(lines) if line.startswith("FAILED   git repository")]
    assert lines[number + 1].strip() == "fix: change into the checkout, or name it with -C DIR"
    assert "failed" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_nothing_is_fixed_that_is_not_safe(tmp_path: Path, nowhere: dict[str, str]) -> None:
    ran = buildtool("doctor", "--fix", "--json", cwd=tmp_path, env=nowhere)
    assert (ran.document["fixed"], ran.document["not_fixed"]) == ([], [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["", "registry = 3", "\x00", 'registry = "a:1"\n[images.web]\nplatforms = ["linux/arm64"]\npolicy = "a:b"\n'],
)
def test_any_configuration_is_examined(tmp_path: Path, nowhere: dict[str, str], text: str) -> None:
    (tmp_path / "buildtool.toml").write_text(text)
    ran = buildtool("doctor", "--json", cwd=tmp_path, env=nowhere)
    assert ran.code == 3, ran
    assert states(ran)["configuration", "file"] == "failed"
    assert not [fact for fact in ran.document["facts"] if "this check broke" in fact["evidence"]]


def test_hostile_variables_are_no_crash(tmp_path: Path) -> None:
    hostile = {
        "DOCKER_HOST": "nonsense://\udcff",
        "DOCKER_CONTEXT": "../..",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_OUTPUT": "/dev/null/x",
        "HTTP_PROXY": "://",
        "TMPDIR": str(tmp_path),
    }
    ran = buildtool("doctor", "--json", cwd=tmp_path, env=hostile)
    assert ran.code == 3, ran
    assert not [fact for fact in ran.document["facts"] if "this check broke" in fact["evidence"]], ran


def test_help_says_what_it_changes() -> None:
    ran = buildtool("doctor", "--help", cwd=Path())
    assert ran.code == 0
    assert "--fix" in ran.stdout
