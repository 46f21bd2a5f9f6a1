"""The facts of a build -> its tag: `<branch>-<sha>[-dirty]-<unix seconds>`, and back; a release's is its version.

A tag never says less than its facts: what a tag cannot hold is replaced, never dropped, and every change is noted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.text.printable import one_line
from buildtool.errors import BRANCH_COLLISION, GIT_BAD_BRANCH, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.commit.versions import Release, Version

SHORTEST_SHA, LONGEST_SHA = 7, 40  # what the policies' [a-f0-9]{7,40} takes
_LINE = 80
MAX_LENGTH = 128  # OCI distribution: [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}
_NOT_IN_A_TAG = re.compile(r"[^a-zA-Z0-9]")
_FULL_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OURS = re.compile(
    r"(?P<branch>[a-zA-Z0-9][a-zA-Z0-9-]*)-(?P<sha>[0-9a-f]{7,40})(?P<dirty>-dirty)?-(?P<time>[1-9][0-9]{0,18})"
)


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """What a tag is made of.

    `branch_source` is where the name came from: --branch, a variable of the CI run or HEAD; `sha` is the full commit,
    40 or 64 hexadecimal digits; `time` is unix seconds. A release has no branch; `branch_source` is then who named its
    git tag. `request` is the number of the pull or merge request, "" where there is none.
    """

    branch: str
    branch_source: str
    sha: str
    time: int
    dirty: bool = False
    release: Release | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and its parts.

    `branch` is as it stands in the text, `sha` the full commit; `notes` say what was replaced or cut. The text of a
    release is its `version`, without a branch.
    """

    text: str
    branch: str
    sha: str
    time: int
    dirty: bool
    notes: tuple[str, ...] = ()
    version: Version | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ParsedTag:
    """The parts of one of our own tags; `sha` is shortened, as in the tag."""

    branch: str
    sha: str
    time: int
    dirty: bool


def make_tag(facts: BuildFacts, sha_length: int = 7, known_branches: Iterable[str] = ()) -> Tag:
    """The tag for these facts.

    Raises git-bad-branch for an empty name, branch-collision for one that makes the tags of another deploy branch.
    """
    if not (_FULL_SHA.fullmatch(facts.sha) and SHORTEST_SHA <= sha_length <= LONGEST_SHA and facts.time > 0):
        raise ValueError(f"not the facts of a build: {facts}, sha_length {sha_length}")
    rest = f"-{facts.sha[:sha_length]}{'-dirty' if facts.dirty else ''}-{facts.time}"
    space = MAX_LENGTH - len(rest)
    whole = sanitise(facts.branch)
    branch = whole[:space]
    for other in known_branches:
        if other and other != facts.branch and sanitise(other)[:space] == branch:
            raise BuildtoolError(
                BRANCH_COLLISION,
                f'"{shown(facts.branch)}" and the deploy branch "{shown(other)}" both become "{branch}" in a tag',
            )
    return Tag(branch + rest, branch, facts.sha, facts.time, facts.dirty, _notes(facts.branch, whole, branch))


def sanitise(branch: str) -> str:
    """Every character but ASCII letters and digits becomes `-`; a leading `-`, illegal in a tag, becomes `x-`."""
    if not branch:
        raise BuildtoolError(GIT_BAD_BRANCH, "the branch name is empty")
    name = _NOT_IN_A_TAG.sub("-", branch)
    return f"x{name}" if name.startswith("-") else name


def parse_tag(text: str) -> ParsedTag | None:
    """The parts of a tag that `make_tag` can have made, or None for any other text."""
    found = _OURS.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return None
    return ParsedTag(found["branch"], found["sha"], int(found["time"]), found["dirty"] is not None)


def shown(name: str) -> str:
    """A branch name as it may be printed: control characters escaped, and no longer than a line."""
    text = one_line(name)
    return text if len(text) <= _LINE else f"{text[: _LINE - 3]}..."


def _notes(name: str, whole: str, branch: str) -> tuple[str, ...]:
    notes = []
    if whole != name:
        replaced = sorted({c for c in name if _NOT_IN_A_TAG.match(c) and c != "-"})
        what = " ".join(shown(c) for c in replaced) if replaced else "a leading -"
        notes.append(f'branch "{shown(name)}" is written "{shown(whole)}": a tag of ours does not hold {what}')
    if branch != whole:
        notes.append(f"the branch part is cut from {len(whole)} to {len(branch)} characters: a tag has at most 128")
    return tuple(notes)
