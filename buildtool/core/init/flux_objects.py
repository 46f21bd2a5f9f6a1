"""The ImageRepository, ImagePolicy and ImageUpdateAutomation of images, as text.

A tag is `<branch>-<commit>-<unix seconds>`. The policy takes those of the deploy branches only, and is anchored at both
ends: `-dirty`, `unproven`, `quarantine-…` and other branches' tags are no candidates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.commit.tags import sanitise

if TYPE_CHECKING:
    from collections.abc import Sequence

_API = "image.toolkit.fluxcd.io/v1"
_HEAD = """\
# Which tags Flux sees, which one it takes, and how it writes it into git.
# The policies live in the automation's own namespace: a policy elsewhere would be ignored without a word.
"""
_PATTERN_NOTE = """\
# <branch>-<sha>-<unix seconds>; the newest second wins. Anchored at both ends, so that `-dirty`, `unproven`,
# `quarantine-…` and other branches' tags are out of its sight.
"""
_AUTOMATION_NOTE = """\
# It runs at each change of a policy: a push of several images makes as many commits, seconds to a minute apart, in any
# order. The path is the root, so that every file with a marker is below it, wherever it stands.
# Its commits build nothing: the workflow ignores every path with a marker, and unchanged inputs keep their tag.
"""
_MESSAGE = """\
      messageTemplate: |
        Deploy the newest images

        {{ range .Changed.Changes -}}
        {{ .Setter }}: {{ .OldValue }} -> {{ .NewValue }}
        {{ end -}}
"""


class WantedPolicy(NamedTuple):
    """`repository` is the name of its ImageRepository; `image` its spec.image, "" where that object exists already."""

    namespace: str
    name: str
    repository: str
    image: str


class WantedAutomation(NamedTuple):
    """`source` is the name of the GitRepository that is this repository; `author` is (name, address)."""

    namespace: str
    name: str
    source: str
    branch: str
    author: tuple[str, str]


def objects(
    policies: Sequence[WantedPolicy], automation: WantedAutomation | None, branches: Sequence[str], *, insecure: bool
) -> str:
    """One file: all repositories, all policies, the automation."""
    repositories = {one.repository: one for one in policies if one.image}
    documents = [_repository(one, insecure=insecure) for one in repositories.values()]
    pattern = tag_pattern(branches)
    made = [_policy(one, pattern) for one in policies]
    documents += [(_PATTERN_NOTE if number == 0 else "") + text for number, text in enumerate(made)]
    if automation is not None:
        documents.append(_AUTOMATION_NOTE + _automation(automation))
    return _HEAD + "---\n".join(documents)


def tag_pattern(branches: Sequence[str]) -> str:
    """The regexp for the tags of these branches."""
    names = sorted({sanitise(branch) for branch in branches})
    any_of = "|".join(map(re.escape, names)).replace("\\-", "-")
    return f"^{f'(?:{any_of})' if len(names) > 1 else any_of}-[a-f0-9]{{7,40}}-(?P<ts>[0-9]{{10}})$"


def _head(kind: str, name: str, namespace: str) -> str:
    return f"apiVersion: {_API}\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: {namespace}\nspec:\n"


def _repository(wanted: WantedPolicy, *, insecure: bool) -> str:
    image = yaml_text(wanted.image) if wanted.image.startswith("[") else wanted.image  # else it is a list to YAML
    return (
        _head("ImageRepository", wanted.repository, wanted.namespace)
        + f"  image: {image}\n  interval: 1m\n"
        + ("  insecure: true # the registry speaks plain HTTP\n" if insecure else "")
    )


def _policy(wanted: WantedPolicy, pattern: str) -> str:
    return (
        _head("ImagePolicy", wanted.name, wanted.namespace)
        + f"  imageRepositoryRef:\n    name: {wanted.repository}\n"
        + f"  filterTags:\n    pattern: '{pattern}'\n    extract: '$ts'\n"
        + "  policy:\n    numerical:\n      order: asc\n"
    )


def _automation(wanted: WantedAutomation) -> str:
    name, address = wanted.author
    return (
        _head("ImageUpdateAutomation", wanted.name, wanted.namespace)
        + f"  interval: 5m\n  sourceRef:\n    kind: GitRepository\n    name: {wanted.source}\n"
        + f"  git:\n    checkout:\n      ref:\n        branch: {yaml_text(wanted.branch)}\n"
        + f"    commit:\n      author:\n        name: {yaml_text(name)}\n        email: {yaml_text(address)}\n"
        + _MESSAGE
        + f"    push:\n      branch: {yaml_text(wanted.branch)}\n  update:\n    path: ./\n    strategy: Setters\n"
    )


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ ._/@+*-]+[A-Za-z0-9*]+)*\Z")
_OTHER_TYPES = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


def yaml_text(text: str) -> str:
    """The text as a YAML scalar that every reader takes for this text: plain where it can be, else in single quotes.

    The text has no line breaks and no control characters.
    """
    if _PLAIN.match(text) and text.lower() not in _OTHER_TYPES:
        return text
    return "'" + text.replace("'", "''") + "'"
