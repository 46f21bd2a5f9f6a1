from __future__ import annotations

import platform
import subprocess
from typing import TYPE_CHECKING

import pytest

from buildtool.core.image.names import Platform
from buildtool.core.image.noop import noop_program
from tests.support.need import need

if TYPE_CHECKING:
    from pathlib import Path


def test_it_runs_here_and_ends_well(tmp_path: Path) -> None:
    program = noop_program(Platform("linux", platform.machine()).normalized())
    need(platform.system() == "Linux" and program is not None, "no Linux on amd64 or arm64")
    assert program is not None
    file = tmp_path / "noop"
    file.write_bytes(program)
    file.chmod(0o755)
    done = subprocess.run([str(file)], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(("architecture", "machine"), [("arm64", 183), ("amd64", 62)])
def test_it_is_of_the_architecture_it_says(architecture: str, machine: int) -> None:
    program = noop_program(Platform("linux", architecture))
    assert program is not None
    assert program[:5] == b"\x7fELF\x02"
    assert int.from_bytes(program[18:20], "little") == machine
    assert len(program) < 200


@pytest.mark.parametrize("name", ["linux/riscv64", "windows/amd64", "linux/arm/v7"])
def test_there_is_none_for_others(name: str) -> None:
    assert noop_program(Platform.parse(name)) is None
