"""A commit message template -> why Flux will not render it."""

from __future__ import annotations

from typing import NamedTuple

from buildtool.core.flux.gotemplate.evaluate import failures
from buildtool.core.flux.gotemplate.functions import names
from buildtool.core.flux.gotemplate.lexer import SyntaxFailure
from buildtool.core.flux.gotemplate.parser import TooDeepError, parse

_LONGEST = 50_000  # characters; a commit message has some hundred
_MOST = 5
_REMOVED = (
    "can't evaluate field Updated in type source.TemplateData",
    "can't evaluate field ImageResult in type update.Result",
)


class TemplateProblem(NamedTuple):
    """`message` is in Go's words, `line` counts from 1; `certain` is false for a part that may not run.

    `removed` is true for a field that older versions of Flux had.
    """

    message: str
    line: int
    certain: bool
    removed: bool


def problems(template: str) -> list[TemplateProblem]:
    """What ends the rendering; nothing of what cannot be known: `${…}` inside an action, or what is too large."""
    if len(template) > _LONGEST or _is_substituted(template):
        return []
    try:
        parsed = parse(template, names())
    except SyntaxFailure as failure:
        return [TemplateProblem(failure.message, _line(template, failure.position), certain=True, removed=False)]
    except TooDeepError:
        return []
    found: dict[str, TemplateProblem] = {}
    for one in sorted(failures(parsed), key=lambda failure: not failure.certain):
        problem = TemplateProblem(one.message, _line(template, one.position), one.certain, one.message in _REMOVED)
        found.setdefault(one.message, problem)
    return list(found.values())[:_MOST]


def _line(template: str, position: int) -> int:
    return template.count("\n", 0, position) + 1


def _is_substituted(template: str) -> bool:
    """Whether Flux may put something else into an action before the template is read."""
    return any("${" in part.partition("}}")[0] for part in template.split("{{")[1:])
