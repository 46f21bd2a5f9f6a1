"""Cases for the setters, one JSON object a line, answered in kind: `setters preview --jsonl`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from buildtool.core.flux.setters import LatestImage, preview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not blank: `{id, changes, files, error}`; a bad line gives an error.

    A line is `{id, path?, files, policies: [{namespace, name, latestRef: {name, tag, digest?} | null}]}`.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(line, number)


def _answer(line: bytes, number: int) -> dict[str, Any]:
    key: Any = None
    try:
        case = _object(json.loads(line))
        key = case.get("id")
        files, path = _files(case), _text(case.get("path") or "", "path")
        found = preview(files, _images(case.get("policies")), path, reasons=False)
    except RecursionError:
        return _failed(key, number, "nested too deeply")
    except (TypeError, ValueError) as error:
        return _failed(key, number, str(error))
    changes: dict[str, list[dict[str, Any]]] = {}
    for one in found.changes:
        place = {"line": one.line, "column": one.column}
        changes.setdefault(one.target, []).append({"old": one.old, "new": one.new, "setter": one.setter, **place})
    return {"id": key, "changes": changes, "files": dict(found.files), "error": next(iter(found.errors), None)}


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not a JSON object")
    return value


def _failed(key: Any, number: int, reason: str) -> dict[str, Any]:
    return {"id": key, "changes": {}, "files": {}, "error": f"line {number}: {reason}", "line": number}


def _files(case: dict[str, Any]) -> dict[str, str]:
    files = case.get("files")
    if not isinstance(files, dict):
        raise TypeError("files must be an object of texts by path")
    return {path: _text(text, f"files[{path!r}]") for path, text in files.items()}


def _images(policies: Any) -> dict[str, LatestImage]:
    if not isinstance(policies, list) or not all(isinstance(one, dict) for one in policies):
        raise TypeError("policies must be a list of objects")
    found: dict[str, LatestImage] = {}
    for number, policy in enumerate(policies):
        ref, where = policy.get("latestRef"), f"policies[{number}]"
        key = f"{_text(policy.get('namespace'), where + '.namespace')}:{_text(policy.get('name'), where + '.name')}"
        if ref is None:
            continue
        if not isinstance(ref, dict):
            raise TypeError(f"{where}.latestRef must be an object or null")
        name, tag = (_text(ref.get(part), f"{where}.latestRef.{part}") for part in ("name", "tag"))
        found[key] = LatestImage(name, tag, _text(ref.get("digest") or "", f"{where}.latestRef.digest"))
    return found


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{where} must be a string")
    return value
