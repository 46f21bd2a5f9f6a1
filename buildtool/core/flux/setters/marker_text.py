"""What the text of a marker says, and what is wrong with it."""

from __future__ import annotations

import json
import re

from buildtool.core.flux.marker_name import EXAMPLE, KEY, NAME
from buildtool.core.flux.setters.markers import SUFFIXES, setter_of

_LABEL = r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?"
_SETTER = re.compile(rf"({_LABEL}):({_LABEL})(?::(tag|name|digest))?")
_VALUE = re.compile(rf"(?i){NAME}[\"']?\s*:\s*[\"']?([^\"'}}]*)")
_OBJECT = re.compile(r"\{[^{}]*\}")


def meant(comment: str) -> tuple[str, str, str]:
    """Namespace, name and suffix that a comment seems to name, each empty where it names none."""
    match = _VALUE.search(comment)
    parts = [part.strip() for part in re.split(r"[:/]", match[1])] if match else []
    parts = [*parts, "", "", ""][:3]
    return (parts[0], parts[1], parts[2]) if parts[1] else ("", parts[0], "")


def text_problem(comment: str) -> tuple[str, str]:
    """A word and a sentence for what is wrong with the text of a marker; two empty strings where nothing is."""
    setter = setter_of(comment)
    if setter is not None:
        return _setter_problem(setter)
    body = comment.lstrip("#").strip()
    if "'" in body and '"' not in body:
        return "single-quotes", f"JSON has double quotes only: {EXAMPLE}"
    value = _json(body)
    if isinstance(value, dict):
        if any(not isinstance(one, str) for one in value.values()):
            return "not-strings", "every value in the marker's JSON must be a string, or Flux ignores it whole"
        return "key-case", f"the key must be exactly {KEY}"
    inner = _OBJECT.search(body)
    if inner is not None and _json(inner[0]) is not None:
        return (
            "extra-text",
            "nothing but the JSON may stand in the comment: any text before or after it hides the marker",
        )
    return "bad-json", f"the comment is not JSON: write {EXAMPLE}"


def _setter_problem(setter: str) -> tuple[str, str]:
    if _SETTER.fullmatch(setter):
        return "", ""
    if setter != setter.strip() or " " in setter:
        return "setter-spaces", "the policy's name may hold no blanks"
    if "/" in setter:
        return "setter-slash", "namespace and name are parted by a colon: namespace:name"
    parts = setter.split(":")
    if len(parts) == 1:
        return "setter-namespace", "the namespace is missing: write namespace:name"
    if len(parts) > 2:  # noqa: PLR2004 -- namespace and name
        return "setter-suffix", f"only {', '.join(':' + one for one in SUFFIXES)} may stand behind namespace:name"
    return "setter-name", "namespace and name must be names that Kubernetes accepts (lower case)"


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
