"""The commands of this package, by name."""

from __future__ import annotations

import os
import sys

from realparts import clean, demo, gotools, lock, machine, say, setup, suite, venv, versions

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
    except say.PartError as problem:
        say.error(problem)
        return 1
    except KeyboardInterrupt:
        return 130


def _command(argv: list[str]) -> int:
    here = machine.read()
    match argv:
        case ["venv"]:
            venv.ensure(here)
        case ["up"]:
            setup.up(here)
        case ["demo"]:
            return demo.run_demo(here)
        case ["test", *arguments]:
            return suite.run_tests(here, arguments)
        case ["coverage", *arguments]:
            return suite.run_tests(here, arguments, measured=True)
        case ["versions", *arguments]:
            venv.ensure(here)
            return versions.run_tests(arguments)
        case ["lock", *arguments]:
            lock.make(arguments)
        case ["extras"]:
            gotools.build_all()
        case ["stop"]:
            clean.stop()
        case ["clean"]:
            clean.clean()
        case ["clean", "all"]:
            clean.clean()
            clean.remove_downloads()
        case _:
            print(_HELP, file=sys.stderr)
            return 2
    return 0
