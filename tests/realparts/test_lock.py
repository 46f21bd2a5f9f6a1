"""The lock fits pyproject.toml, and holds what it is made for: versions and hashes, no address."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from realparts import lock, paths, run
from realparts.terminal import PartError

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TEXT = lock.FILE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?m)^[a-z0-9].*\\\n(?:    --hash=.*\n)+", TEXT)
LOCKED = [Requirement(block.partition("\\")[0]) for block in BLOCKS]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
ASKED = [
    *PROJECT["project"]["dependencies"],
    *(one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra),
    *PROJECT["build-system"]["requires"],
]


def test_every_line_is_a_version_with_hashes_or_says_where_it_comes_from() -> None:
    unknown = re.sub(r"(?m)^ +#.*\n", "", TEXT)
    for block in BLOCKS:
        unknown = unknown.replace(block, "")
    assert unknown == ""
    assert len(LOCKED) > len(ASKED)
    for block in BLOCKS:
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}", block)


def test_it_names_no_address() -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", TEXT)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", ["linux", "darwin"])
@pytest.mark.parametrize("asked", ASKED)
def test_one_version_of_all_that_is_asked_for_and_within_its_range(asked: str, python: str, platform: str) -> None:
    wanted = Requirement(asked)
    here = {"python_version": python, "python_full_version": f"{python}.1", "sys_platform": platform}
    found = [
        one
        for one in LOCKED
        if canonicalize_name(one.name) == canonicalize_name(wanted.name)
        and (one.marker is None or one.marker.evaluate(here))
    ]
    assert len(found) == 1
    version = str(found[0].specifier).removeprefix("==")
    assert wanted.specifier.contains(version, prereleases=True)


def test_ranges_stay_open() -> None:
    for asked in ASKED:
        assert {one.operator for one in Requirement(asked).specifier} == {">="}, asked


def test_what_builds_the_package_is_locked_too() -> None:
    """The editable install builds without isolation, so nothing is fetched for it."""
    dev = PROJECT["project"]["optional-dependencies"]["dev"]
    assert set(PROJECT["build-system"]["requires"]) <= set(dev)


def test_the_program_of_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "VENV", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    with pytest.raises(PartError, match="no uv"):
        lock.uv()
    for folder in (tmp_path / "elsewhere", tmp_path / "bin"):
        folder.mkdir()
        (folder / "uv").touch(mode=0o755)
        assert lock.uv() == str(folder / "uv")


def test_what_uv_refuses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(lock, "uv", lambda: "uv")

    def shown(argv: list[str], cwd: Path) -> int:
        assert cwd == paths.ROOT
        asked.extend(argv)
        return 2

    monkeypatch.setattr(run, "shown", shown)
    with pytest.raises(PartError, match="the lock could not be made"):
        lock.make(["--upgrade"])
    assert {"--generate-hashes", "--universal", "--no-emit-index-url", "--all-extras", "--upgrade"} <= set(asked)


def test_the_handlers_lock_is_a_part_of_it() -> None:
    """The same versions, hashes for each, and everything that the package and its two extras ask for."""
    text = lock.HANDLER.read_text(encoding="utf-8")
    blocks = re.findall(r"(?m)^[a-z0-9].*\\\n(?:    --hash=.*\n)+", text)
    assert "".join(blocks) == text
    mine = {canonicalize_name(one.name): one for one in (Requirement(block.partition("\\")[0]) for block in blocks)}
    whole = {
        canonicalize_name(one.name): {str(other.specifier) for other in LOCKED if other.name == one.name}
        for one in LOCKED
    }
    assert {name for name, one in mine.items() if str(one.specifier) not in whole.get(name, set())} == set()
    extras = PROJECT["project"]["optional-dependencies"]
    asked = [*PROJECT["project"]["dependencies"], *extras["cluster"], *extras["handler"]]
    assert {canonicalize_name(Requirement(one).name) for one in asked} <= mine.keys()
