from __future__ import annotations

from buildtool import __version__
from buildtool.core.facts import State
from buildtool.usecases.doctor.checks import python


def test_this_python_will_do() -> None:
    running, ours = (fact for check in python.checks() for fact in check.look())
    assert running.state is State.OK
    assert ours.evidence == __version__


def test_an_old_one_will_not() -> None:
    [fact] = python._version((3, 10, 4))
    assert fact.state is State.FAILED
    assert "3.10.4 is too old" in fact.evidence
