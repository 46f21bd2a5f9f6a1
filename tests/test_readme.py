"""The README is true: its commands run, its transcript is what a push prints, its table of exit codes is errors.py."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.main import COMMANDS
from buildtool.errors import EXIT_MEANING
from tests.support.buildtool import buildtool
from tests.support.gitrepos import commit, git
from tests.support.handler_packages import handler_contexts
from tests.support.typed import commands, consoles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.parts import Registries

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLES = consoles(README)
TYPED = commands(README)
FIRST = commands(README.split("\n## ", 1)[0])  # the first screen, which tests/test_first_screen.py types
OURS = [line for line in TYPED[len(FIRST) :] if line.startswith("buildtool ")]
REGISTRY = "192.168.0.40:5000"
HEALTH, NOBODY = "http://192.168.0.50:3001/", "http://127.0.0.1:1/"


@pytest.fixture(scope="module")
def checkout(
    tmp_path_factory: pytest.TempPathFactory, registry_server: Registries, base_contexts: Mapping[str, str]
) -> Path:
    """The repository at HEAD on branch master, moved to a registry that is there."""
    folder = tmp_path_factory.mktemp("readme") / "checkout"
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(folder)], check=True, capture_output=True)
    git(folder, "checkout", "--quiet", "-B", "master")
    git(folder, "remote", "remove", "origin")
    address = registry_server().address
    for name in git(folder, "grep", "--files-with-matches", REGISTRY, "--", "*.yaml", "*.yml", "*.toml").splitlines():
        file = folder / name
        text = file.read_text(encoding="utf-8").replace(REGISTRY, address).replace(HEALTH, NOBODY)
        file.write_text(text, encoding="utf-8")
    tables = "".join(f'"{name}" = "{source}"\n' for name, source in base_contexts.items())
    handler = handler_contexts(tmp_path_factory.mktemp("packages"), base_contexts)
    more = "".join(f'"{name}" = "{source}"\n' for name, source in handler.items())
    with (folder / "buildtool.toml").open("a", encoding="utf-8") as configuration:
        configuration.writelines(f"\n[images.{image}.contexts]\n{tables}" for image in ("frontend", "backend"))
        configuration.write(f"\n[images.rollback-handler.contexts]\n{more}")
    commit(folder, "move to another registry")
    return folder


@pytest.mark.engine
@pytest.mark.arm64
@pytest.mark.usefixtures("arm64")
def test_every_command_runs(checkout: Path, engine: Mapping[str, str]) -> None:
    """In the order of the README, as a reader would type them one after the other."""
    for line in OURS:
        ran = buildtool(*shlex.split(line)[1:], cwd=checkout, env=engine)
        assert ran.code == 0, f"{line}: {ran}"
        if line == "buildtool push":
            printed = {normal(shown) for shown in (ran.stdout + ran.stderr).splitlines()}
            missing = [shown for shown in transcript() if normal(shown) not in printed]
            assert missing == [], ran


def transcript() -> list[str]:
    [block] = [block for block in CONSOLES if block.startswith("$ buildtool push\nPreflight")]
    return str(block).splitlines()[1:]


def normal(line: str) -> str:
    """Without what differs from run to run: tags, commits, digests, sizes, seconds, addresses, widths of columns."""
    line = re.sub(r"(127\.0\.0\.1|192\.168\.0\.40):\d+", "REGISTRY", line)
    line = re.sub(r"sha256:[0-9a-f]+|\b[0-9a-f]{12}\b", "HEX", line)
    line = re.sub(r"master-[0-9a-f]{7}-[0-9]{10}", "TAG", line)
    line = re.sub(r"\([0-9.]+ s\)|[0-9.]+ [kM]?B\b", "N", line)
    line = re.sub(r"^  (?:done  |cached) (.*?)(?: N)?$", r"  ran \1", line)
    return re.sub(r"\s+", " ", line)


def test_the_other_commands_are_those_that_ci_and_tests_run() -> None:
    assert [line for line in TYPED[len(FIRST) :] if line not in OURS] == ["make demo", "make test", "pip install ."]
    assert "make --no-print-directory test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_it_installs(tmp_path: Path) -> None:
    """Into a folder of its own, from the sources as they are, built by what the lock holds."""
    folder = tmp_path / "site"
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    argv += ["--target", str(folder), str(ROOT)]
    subprocess.run(argv, check=True, capture_output=True)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(folder)!r}); import buildtool; print(buildtool.__file__)",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert Path(done.stdout.strip()).is_relative_to(folder)


def test_the_table_of_exit_codes_is_the_codes() -> None:
    section = README.split("## Exit codes", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", section, re.MULTILINE)
    assert [(int(code), meaning) for code, meaning in rows] == [
        (code.value, text) for code, text in EXIT_MEANING.items()
    ]


def test_every_command_is_told_of() -> None:
    section = README.split("## Commands", 1)[1].split("\n## ", 1)[0]
    told = set(re.findall(r"^\| `([\w-]+)", section, re.MULTILINE))
    assert told == set(COMMANDS)


def test_the_configuration_shown_is_the_repositorys_own() -> None:
    [shown] = re.findall(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    own = (ROOT / "buildtool.toml").read_text(encoding="utf-8")
    assert shown.strip() in own
