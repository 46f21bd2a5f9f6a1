"""JSON of Harbor's API -> rules and artifacts as values; entries of another shape are left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from buildtool.core.registry.harbor_rules import NEVER, Artifact, Selector, TagRule

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rules(documents: Any) -> tuple[TagRule, ...]:
    """The active rules of `/immutabletagrules` or of a retention's `rules`.

    A selector of an unknown kind is added to the template's name, so that the rule counts as unknown.
    """
    return tuple(_rule(entry) for entry in _mappings(documents) if entry.get("disabled") is not True)


def artifacts(documents: Any) -> tuple[Artifact, ...]:
    """The artifacts of `/artifacts?with_tag=true&with_immutable_status=true`, in Harbor's order."""
    return tuple(_artifact(entry) for entry in _mappings(documents))


def _rule(entry: dict[str, Any]) -> TagRule:
    template, params, scopes = _text(entry.get("template")), entry.get("params"), entry.get("scope_selectors")
    tags = _mappings(entry.get("tag_selectors"))
    repositories = _mappings(scopes.get("repository")) if isinstance(scopes, dict) else []
    known = all(map(_matches_tags, tags)) and all(map(_matches_repositories, repositories))
    return TagRule(
        template if known else f"{template} with a selector of another kind",
        tuple(map(_selector, tags)),
        tuple(map(_selector, repositories)),
        _amount(params.get(template)) if isinstance(params, dict) else None,
    )


def _matches_tags(selector: dict[str, Any]) -> bool:
    return selector.get("kind") == "doublestar" and selector.get("decoration") in ("matches", "excludes")


def _matches_repositories(selector: dict[str, Any]) -> bool:
    return selector.get("kind") == "doublestar" and selector.get("decoration") in ("repoMatches", "repoExcludes")


def _selector(document: dict[str, Any]) -> Selector:
    return Selector(
        _text(document.get("pattern")),
        _text(document.get("decoration")).lower().endswith("excludes"),
        _untagged(_text(document.get("extras"))),
    )


def _untagged(extras: str) -> bool | None:
    """`extras` is JSON in a string; what is no JSON object, Harbor passes over."""
    try:
        document = json.loads(extras)
    except (ValueError, RecursionError):
        return None
    value = document.get("untagged", False) if isinstance(document, dict) else None
    return value if isinstance(value, bool) else None


def _amount(value: Any) -> int | None:
    """Harbor's reader of numbers: of a fraction, the whole part."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if number and abs(value) < 2**53 else None


def _artifact(entry: dict[str, Any]) -> Artifact:
    tags = _mappings(entry.get("tags"))
    return Artifact(
        _text(entry.get("digest")),
        tuple(_text(tag.get("name")) for tag in tags),
        max(_seconds(one.get("push_time")) for one in (entry, *tags)),
        max(_seconds(one.get("pull_time")) for one in (entry, *tags)),
        immutable=any(tag.get("immutable") is True for tag in tags),
    )


def _seconds(value: Any) -> int:
    """Whole unix seconds of a time like `2026-11-24T23:50:47.335Z`; NEVER for what is none."""
    try:
        time = datetime.fromisoformat(_text(value))
        return (time.replace(tzinfo=time.tzinfo or UTC) - _EPOCH).total_seconds().__floor__()
    except (ValueError, OverflowError):
        return NEVER


def _mappings(documents: Any) -> list[dict[str, Any]]:
    return [one for one in documents if isinstance(one, dict)] if isinstance(documents, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
