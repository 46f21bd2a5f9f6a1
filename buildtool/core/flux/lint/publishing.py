"""Which workflows publish images, and on which pushes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.core.yaml.node import Node

_PUBLISHES = re.compile(r"\bbuildtool\s+(?:\S+\s+){0,20}?push\b|\bbuild-and-push\.sh\b")
# its action `check` publishes nothing
_ACTION = re.compile(
    r"\./?\Z|(?:[^@]*/buildtool|ThePixelExpert/Professional-Website)(?:/(?!check(?:@|\Z))|@|\Z)", re.IGNORECASE
)


def published_on(tree: Tree) -> Iterator[tuple[Source, Node]]:
    """Each publishing workflow that starts on a push, with the settings of that event."""
    for source, root in tree.workflows():
        push = event(root, "push")
        if push is not None and any(publishes(tree, step) for step in steps(root)):
            yield source, push


def steps(root: Node) -> Iterator[Node]:
    """The steps of every job."""
    jobs = root.get("jobs")
    for _, job in jobs.pairs if jobs is not None else ():
        yield from job.real.each("steps")


def publishes(tree: Tree, step: Node) -> bool:
    """A step that runs `buildtool push`, the script it replaced, or the composite action.

    `uses: ./` is this tool's action only in a repository that is configured for it.
    """
    return (step.string("uses") not in (".", "./") or tree.settings is not None) and runs_buildtool(step)


def runs_buildtool(step: Node) -> bool:
    """The same where it is known that `uses: ./` is this tool's action."""
    if _PUBLISHES.search(step.string("run")):
        return True
    command = step.string("with", "command")
    return _ACTION.match(step.string("uses")) is not None and (not command or command.startswith("push"))


def event(root: Node, name: str) -> Node | None:
    """The settings of an event; the name itself for `on: push` and `on: [push]`."""
    on = root.get("on")
    if on is None:
        return None
    if on.text == name:
        return on
    listed = next((item.real for item in on.items if item.real.text == name), None)
    return listed or next(
        (value.real if value.real.pairs else key for key, value in on.pairs if key.text == name), None
    )
