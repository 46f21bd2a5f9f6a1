"""The texts of `images.NAME.tags` and the facts of a run -> the further tags of an image: `latest`, `main`, `pr-12`.

A place without a value in this run (no version, no pull request) makes no tag. A text without `{branch}`, `{number}`
and `{version}` makes a tag that several branches and versions share: only a build that is deployed writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.commit.marks import ROLLED_BACK, WITHDRAWN, is_mark
from buildtool.core.commit.tags import MAX_LENGTH, parse_tag, shown
from buildtool.core.text.suggestions import did_you_mean
from buildtool.errors import FURTHER_TAG, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.commit.tags import Tag

_PLACE = re.compile(r"\{([^{}]*)\}")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_SAMPLES = {"branch": "main", "version": "1.2.3", "major": "1", "minor": "2", "number": "12"}
_LACKS = {
    "branch": "a release has no branch",
    "version": "this run is no release",
    "major": "this run is no release",
    "minor": "this run is no release",
    "number": "this run is about no pull request",
}
_OWN = {"branch", "number", "version"}  # places that keep the tags of branches, requests and versions apart
_OF_RELEASES = {"major", "minor"}  # they say nothing about a pre-release


@dataclass(frozen=True, slots=True)
class FurtherTag:
    """`template` as it stands in buildtool.toml, `text` the tag; "" where this run does not write it, as `why` says."""

    template: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What the places stand for. `tag` is that of the build, `request` a number or ""; `deployed`: Flux takes it."""

    tag: Tag
    request: str = ""
    deployed: bool = True


def template_problem(template: str) -> str | None:
    """What is wrong with a text of `images.NAME.tags`, or None."""
    places = _PLACE.findall(template)
    unknown = [place for place in places if place not in _SAMPLES]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in _SAMPLES)
        hint = did_you_mean(unknown[0], list(_SAMPLES))
        return f'"{shown(template)}": nothing is called {{{shown(unknown[0])}}} here{hint or f"; there are {known}"}'
    sample = _PLACE.sub(lambda found: _SAMPLES[found[1]], template)
    if not _TAG.fullmatch(sample):
        return f'"{shown(template)}" makes no legal tag: letters, digits, . _ - and at most {MAX_LENGTH} of them'
    if is_mark(template):
        return f'"{shown(template)}" begins like the mark of a rollback ({ROLLED_BACK}…, {WITHDRAWN}…)'
    return f'"{shown(template)}" makes tags like those of a build' if parse_tag(sample) else None


def further_tags(templates: Sequence[str], run: Run) -> list[FurtherTag]:
    """The tags of one image, each once, without that of the build itself.

    Raises further-tag where a branch's name makes another of the tags, one of a build, or a mark.
    """
    made = [_made(template, run) for template in templates]
    owners: dict[str, str] = {}
    found = []
    for one in made:
        if one.text and one.text == run.tag.text:
            continue
        if one.text in owners:
            raise _twice(one, owners[one.text])
        if one.text:
            owners[one.text] = one.template
        found.append(one)
    return found


def is_shared(template: str) -> bool:
    """Whether builds of several branches, or several versions, write the tag in turns."""
    return not set(_PLACE.findall(template)) & _OWN


def _made(template: str, run: Run) -> FurtherTag:
    places = _PLACE.findall(template)
    why = _why_not(template, places, run)
    if why:
        return FurtherTag(template, "", why)
    values = _values(run)
    text = _PLACE.sub(lambda found: values[found[1]], template)
    if len(text) > MAX_LENGTH:
        return FurtherTag(template, "", f"it would have {len(text)} characters, and a tag has at most {MAX_LENGTH}")
    if places and (parse_tag(text) or is_mark(text)):
        what = "the tag of a build" if parse_tag(text) else "the mark of a rollback"
        raise BuildtoolError(FURTHER_TAG, f'"{shown(template)}" makes the tag {text} here, which looks like {what}')
    return FurtherTag(template, text)


def _why_not(template: str, places: Sequence[str], run: Run) -> str:
    """Why this run does not write the tag; "" where it does."""
    values, version = _values(run), run.tag.version
    lacks = next((place for place in places if not values[place]), "")
    if run.tag.dirty:
        return "uncommitted files"
    if version is not None and version.pre and (is_shared(template) or set(places) & _OF_RELEASES):
        return f"{version} is a pre-release"
    if lacks:
        return _LACKS[lacks]
    if is_shared(template) and not run.deployed:
        return "only a build that is deployed, or of a deploy branch, moves it"
    return ""


def _values(run: Run) -> dict[str, str]:
    version = run.tag.version
    return {
        "branch": run.tag.branch,
        "version": str(version or ""),
        "major": str(version.major) if version else "",
        "minor": str(version.minor) if version else "",
        "number": run.request,
    }


def _twice(one: FurtherTag, other: str) -> BuildtoolError:
    message = f'"{shown(other)}" and "{shown(one.template)}" both make the tag {one.text} here'
    return BuildtoolError(FURTHER_TAG, message, fix="rename the branch, or take one of the two out of images.NAME.tags")
