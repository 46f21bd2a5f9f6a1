from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.builder_use import BuilderLocks
from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "buildtool-0123456789ab"
# Another process that holds the builder until its stdin ends.
HOLD = """
import sys
from pathlib import Path
from buildtool.adapters.builder_use import BuilderLocks
locks = BuilderLocks(Path(sys.argv[1]))
locks.hold(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def locks(tmp_path: Path) -> BuilderLocks:
    return BuilderLocks(tmp_path / "buildtool")


def test_nobody_uses_it(locks: BuilderLocks) -> None:
    with locks.alone(NAME) as alone:
        assert alone is True


def test_another_process_uses_it_until_it_ends(locks: BuilderLocks, tmp_path: Path) -> None:
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "buildtool"), NAME]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with locks.alone(NAME) as alone:
            assert alone is False
        with locks.alone("buildtool-ba9876543210") as alone:
            assert alone is True, "another builder"
        other.kill()
        other.wait()
    with locks.alone(NAME) as alone:
        assert alone is True


def test_several_runs_use_it_at_once(tmp_path: Path) -> None:
    first, second, third = (BuilderLocks(tmp_path) for _ in range(3))
    first.hold(NAME)
    first.hold(NAME)
    second.hold(NAME)
    with third.alone(NAME) as alone:
        assert alone is False


def test_who_wants_to_use_it_waits_while_it_is_removed(tmp_path: Path) -> None:
    first, waits = BuilderLocks(tmp_path), []
    removing = ExitStack()
    assert removing.enter_context(first.alone(NAME)) is True

    def pause(seconds: float) -> None:
        waits.append(seconds)
        removing.close()

    BuilderLocks(tmp_path, pause).hold(NAME)
    assert len(waits) == 1


def test_a_run_that_never_ends_is_not_waited_for(tmp_path: Path) -> None:
    first = BuilderLocks(tmp_path)
    with (
        first.making(NAME),
        pytest.raises(BuildtoolError) as caught,
        BuilderLocks(tmp_path, lambda _: None).making(NAME),
    ):
        raise AssertionError("two at once")
    assert caught.value.kind is BUILDER_UNUSABLE
    assert "another run" in caught.value.message
    with first.making(NAME):
        assert (tmp_path / f"{NAME}.make").is_file()


def test_where_no_lock_can_be_made_it_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    locks = BuilderLocks(tmp_path / "file" / "below")
    locks.hold(NAME)
    with locks.making(NAME):
        locks.remember(NAME, "/srv/shop")
    with locks.alone(NAME) as alone:
        assert alone is None
    assert locks.owners(NAME) == frozenset()


def test_a_link_in_the_way_is_not_followed(locks: BuilderLocks, tmp_path: Path) -> None:
    (tmp_path / "buildtool").mkdir()
    (tmp_path / "buildtool" / f"{NAME}.use").symlink_to(tmp_path / "elsewhere")
    with locks.alone(NAME) as alone:
        assert alone is None
    assert not (tmp_path / "elsewhere").exists()


def test_owners_are_remembered_until_they_are_forgotten(locks: BuilderLocks) -> None:
    assert locks.owners(NAME) == frozenset()
    locks.remember(NAME, "/srv/shop")
    locks.remember(NAME, "/srv/other")
    locks.remember(NAME, "/srv/shop")
    assert locks.owners(NAME) == {"/srv/shop", "/srv/other"}
    locks.forget(NAME)
    locks.forget(NAME)
    assert locks.owners(NAME) == frozenset()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"owners": 3}', '{"owners": [3]}', "[" * 9999, "\xff"])
def test_a_damaged_file_names_no_owner(locks: BuilderLocks, tmp_path: Path, text: str) -> None:
    (tmp_path / "buildtool").mkdir()
    (tmp_path / "buildtool" / f"{NAME}.json").write_bytes(text.encode("latin-1"))
    assert locks.owners(NAME) == frozenset()
