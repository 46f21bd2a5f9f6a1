"""A checkout that carries a git tag which is a version -> the release, whose image tag is that version.

A run is a release where its CI event is about such a tag, where HEAD is detached at one outside of CI, or where
--release asks for it. A branch that also carries a tag stays a build of the branch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.commit.event import event_facts
from buildtool.core.commit.tags import MAX_LENGTH, shown
from buildtool.core.commit.versions import BY_PRECEDENCE, Release, Version
from buildtool.errors import GIT_NO_VERSION, USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.commit.checkout import Head
    from buildtool.core.commit.ci import CiFacts

FLAG = "--release"
PLACE = "{version}"
_STARTS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]")  # meant as a version
_NEXT = "give the commit a tag that is a version: git tag {example}"


def choose_release(flag: str | None, ci: CiFacts, head: Head, template: str, *, asked: bool) -> Release | None:
    """The release that this run makes; None for a build of a branch. `flag` is --branch, `asked` --release.

    Raises usage where both are given, git-no-version where the tag is meant for a release and cannot be one, and
    git-other-commit where HEAD is not the commit of the CI event.
    """
    if flag is not None and asked:
        raise BuildtoolError(USAGE, "--branch and --release exclude each other: a release has no branch")
    if flag is not None:
        return None
    ci = event_facts(ci, head)
    if ci.tag and (ci.commit or ci.tag in head.tags):
        return _of_event(ci, template, asked=asked)
    if asked or (head.branch is None and not ci.running):
        return _of_head(head, template, asked=asked)
    return None


def version_in(tag: str, template: str) -> str | None:
    """What stands in a git tag where the template has {version}; None for a tag of another form."""
    before, _, after = template.partition(PLACE)
    if not (tag.startswith(before) and tag.endswith(after) and len(tag) > len(before) + len(after)):
        return None
    text = tag[len(before) : len(tag) - len(after)]
    return text if _STARTS.match(text) else None


def version_tags(tags: Iterable[str], template: str) -> list[str]:
    """Those of the git tags that are versions, the highest first."""
    found = [(version, tag) for tag in tags if (version := _good(tag, template)) is not None]
    found.sort(key=lambda one: (BY_PRECEDENCE(one[0]), one[1]), reverse=True)
    return [tag for _, tag in found]


def _good(tag: str, template: str) -> Version | None:
    text = version_in(tag, template)
    return None if text is None or _problem(text) else Version.parse(text)


def _of_event(ci: CiFacts, template: str, *, asked: bool) -> Release | None:
    if version_in(ci.tag, template) is None and not asked:
        return None
    return Release(ci.tag, _required(ci.tag, template), ci.ref_variable)


def _of_head(head: Head, template: str, *, asked: bool) -> Release | None:
    source = FLAG if asked else "HEAD"
    good = version_tags(head.tags, template)
    if good:
        others = [shown(tag) for tag in good[1:]]
        notes = (f"HEAD carries {', '.join(others)} too: the highest version counts",) if others else ()
        return Release(good[0], _required(good[0], template), source, notes)
    meant = [tag for tag in head.tags if version_in(tag, template) is not None]
    if meant:
        _required(meant[0], template)
    if not asked:
        return None
    there = f"its tags are {', '.join(map(shown, head.tags[:5]))}" if head.tags else "HEAD carries no git tag"
    raise BuildtoolError(
        GIT_NO_VERSION,
        f"{there}; a release needs one that is a version, by tag.release = {template!r}",
        fix=_NEXT.format(example=template.replace(PLACE, "1.2.3")),
    )


def _required(tag: str, template: str) -> Version:
    text = version_in(tag, template)
    example = template.replace(PLACE, "1.2.3")
    if text is None:
        message = f'the git tag "{shown(tag)}" is not of the form tag.release = {template!r}, such as {example}'
        raise BuildtoolError(GIT_NO_VERSION, message, fix=_NEXT.format(example=example))
    problem = _problem(text)
    if problem:
        message = f'the git tag "{shown(tag)}" cannot become the tag of an image: {problem}'
        raise BuildtoolError(GIT_NO_VERSION, message, fix=_NEXT.format(example=example))
    return Version.parse(text)


def _problem(text: str) -> str:
    """Why a version is none that an image's tag can be; "" for a good one."""
    if "+" in text:
        return f'"{shown(text)}" has build metadata, and "+" is not legal in the tag of an image'
    if len(text) > MAX_LENGTH:
        return f"it has {len(text)} characters, and a tag has at most {MAX_LENGTH}"
    return "" if Version.is_one(text) else f'"{shown(text)}" is no semantic version of three numbers, such as 1.2.3'
