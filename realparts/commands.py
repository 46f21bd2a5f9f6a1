"""The commands of this package, by name."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from realparts import clean, demo, gotools, lock, machine, setup, suite, terminal, venv, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from realparts.machine import Machine

_HELP = """usage: python3 -m realparts COMMAND

  venv        make the virtual environment
  lock [ARG…] write the lock for pyproject.toml (--upgrade: with the newest versions)
  up          virtual environment, engine, emulation, registry program, base images
  demo        build, push, prove and run the site of this repository on this computer
  test [ARG…] up, then pytest with these arguments
  coverage [ARG…]  the same, measuring what the tests reach
  versions [ARG…]  the unit tests with the lowest and the newest versions, on every Python at hand
  extras      build Go programs that some tests use
  stop        stop what was started, keep everything else
  clean       stop what was started and remove .parts
  clean all   also remove the virtual environment and the downloads
"""
# A user's PATH often lacks these, and dockerd looks for its helpers there.
_PROGRAMS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def main(argv: list[str]) -> int:
    present = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([*present, *(path for path in _PROGRAMS if path not in present)])
    try:
        return _command(argv)
    except terminal.PartError as problem:
        terminal.error(problem)
        return 1
    except KeyboardInterrupt:
        return 130


def _command(argv: list[str]) -> int:
    here = machine.read()
    match argv:
        case [name] if name in _STEPS:
            _STEPS[name](here)
        case ["demo"]:
            return demo.run_demo(here)
        case ["clean", "all"]:
            clean.clean()
            clean.remove_downloads()
        case ["lock", *arguments]:
            lock.make(arguments)
        case [name, *arguments] if name in _TESTS:
            return _TESTS[name](here, arguments)
        case _:
            print(_HELP, file=sys.stderr)
            return 2
    return 0


def _versions(here: Machine, arguments: Sequence[str]) -> int:
    venv.ensure(here)
    return versions.run_tests(arguments)


_STEPS: Mapping[str, Callable[[Machine], object]] = {
    "venv": venv.ensure,
    "up": setup.up,
    "extras": lambda _: gotools.build_all(),
    "stop": lambda _: clean.stop(),
    "clean": lambda _: clean.clean(),
}
_TESTS: Mapping[str, Callable[[Machine, Sequence[str]], int]] = {
    "test": suite.run_tests,
    "coverage": lambda here, arguments: suite.run_tests(here, arguments, measured=True),
    "versions": _versions,
}
