"""git: the program, the repository, and what a tag is made of."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

from buildtool.core.commit.checkout import uncommitted
from buildtool.core.commit.ci_systems import GITHUB
from buildtool.core.commit.git_variables import REPOSITORY
from buildtool.core.commit.tags import shown
from buildtool.core.facts import Fact, State
from buildtool.errors import GIT_NO_COMMIT, BuildtoolError
from buildtool.usecases.doctor.engine.interfaces import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.shared_values import SharedValues

GIT = "git"
UNSHALLOW = ("git", "fetch", "--unshallow")


def checks(shared: SharedValues) -> list[Check]:
    looks = {
        "program": _program,
        "repository": _repository,
        "commit": _commit,
        "branch": _branch,
        "work tree": _work_tree,
        "history": _history,
        "identity": _identity,
        "environment": _environment,
    }
    return [Check(GIT, name, partial(look, shared)) for name, look in looks.items()]


def _program(shared: SharedValues) -> Iterator[Fact]:
    yield Fact(GIT, "program", State.OK, shared.git.own())


def _repository(shared: SharedValues) -> Iterator[Fact]:
    yield Fact(GIT, "repository", State.OK, shown(str(shared.checkout.own().root)))


def _commit(shared: SharedValues) -> Iterator[Fact]:
    yield Fact(GIT, "commit", State.OK, shared.checkout.need().head[0])


def _branch(shared: SharedValues) -> Iterator[Fact]:
    branch, source = shared.branch.own()
    evidence = f'"{shown(branch)}", from {source}'
    try:
        tag = shared.tag.own()
    except BuildtoolError as error:
        if error.kind is GIT_NO_COMMIT:  # the fact "commit" says so
            yield Fact(GIT, "branch", State.OK, evidence)
            return
        raise
    evidence += f"; a push now makes the tag {tag.text}"
    state = State.WARNING if tag.notes else State.OK
    yield Fact(GIT, "branch", state, "; ".join([evidence, *tag.notes]))


def _work_tree(shared: SharedValues) -> Iterator[Fact]:
    problems = list(uncommitted(shared.checkout.need().changes))
    for problem in problems:  # usual while somebody works: no failure of the machine
        evidence = f"{problem.message}; push refuses this tree"
        yield Fact(GIT, "work tree", State.WARNING, evidence, "git stash --include-untracked")
    if not problems:
        yield Fact(GIT, "work tree", State.OK, "clean")


def _history(shared: SharedValues) -> Iterator[Fact]:
    if not shared.checkout.need().shallow:
        yield Fact(GIT, "history", State.OK, "complete")
        return
    evidence = "this clone is shallow: only the commit times tell whether a commit is older than the published one"
    if shared.ci.need().system == GITHUB:
        evidence += " (in the workflow: actions/checkout with fetch-depth: 0)"
    yield Fact(GIT, "history", State.WARNING, evidence, shlex.join(UNSHALLOW))


def _identity(shared: SharedValues) -> Iterator[Fact]:
    shared.git.need()
    setting = shared.ports.git.setting
    found = {name: setting(f"user.{name}") for name in ("name", "email")}
    missing = [name for name, value in found.items() if not value]
    if not missing:
        yield Fact(GIT, "identity", State.OK, f"{found['name']} <{found['email']}>")
        return
    fix = " && ".join(f'git config --global user.{name} "YOUR {name.upper()}"' for name in missing)
    evidence = f"git does not know your {' and '.join(missing)}: rollback cannot commit its revert"
    yield Fact(GIT, "identity", State.WARNING, evidence, fix)


def _environment(shared: SharedValues) -> Iterator[Fact]:
    found = [name for name in REPOSITORY if shared.ports.environment.get(name)]
    words = f"{', '.join(found)} set, as for a git hook: buildtool does not follow them" if found else "no hook's"
    yield Fact(GIT, "environment", State.OK, words)
