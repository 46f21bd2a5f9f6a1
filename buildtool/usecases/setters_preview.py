"""What Flux's next commit would change, over the files of a repository or over cases handed in as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from buildtool.core.flux.setters import TOKEN, LatestImage, Preview, Skipped, is_read, preview, relative
from buildtool.core.flux.tree.sources import Where
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.errors import POLICY_UNREACHED, SETTERS_RUN_FAILS, USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.setters import Change


class Files(Protocol):
    """The files of the repository."""

    def paths(self) -> Sequence[str]:
        """Relative paths with `/`."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises UnreadableError."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One ImageUpdateAutomation at work: its `namespace/name` ("" for a path given by hand), its path, its images."""

    automation: str
    path: str
    images: Mapping[str, LatestImage]


@dataclass(frozen=True, slots=True)
class Planned:
    """All runs together: `before` and `preview.files` are the texts of what changes; `runs` says who writes."""

    preview: Preview
    before: Mapping[str, str]
    runs: tuple[Run, ...]


def parse_image(text: str) -> tuple[str, LatestImage]:
    """Read `namespace:policy=image:tag[@digest]`."""
    policy, equals, reference = text.partition("=")
    image, _, digest = reference.partition("@")
    name, colon, tag = image.rpartition(":")
    whole = equals and policy.count(":") == 1 and all(policy.split(":"))
    if not whole or not colon or not name or not tag or "/" in tag:
        example = "flux-system:frontend=192.168.0.40:5000/frontend:main-abc1234-1707300000"
        raise BuildtoolError(
            USAGE, f"--image {text!r} is not namespace:policy=image:tag", fix=f"write --image {example}"
        )
    return policy, LatestImage(name, tag, digest)


def plan_runs(images: Mapping[str, LatestImage], manifests: Manifests, update_path: str | None) -> tuple[Run, ...]:
    """Who would write: each automation with the policies it looks at; with a path given, or no automation, all at once.

    An automation looks only at policies of its own namespace that its policySelector takes; one that works on another
    repository writes nothing here.
    """
    working = [one for one in manifests.automations if one.where is not Where.ELSEWHERE]
    if update_path is not None or not working:
        return (Run("", update_path or "", images),)
    runs = []
    for one in working:
        mine = {policy: image for policy, image in images.items() if one in manifests.writing(policy)}
        runs.append(Run(f"{one.namespace}/{one.name}", one.path, mine))
    reached = {policy for run in runs for policy in run.images}
    missed = sorted(images.keys() - reached)
    if missed:
        raise BuildtoolError(POLICY_UNREACHED, f"no ImageUpdateAutomation uses {', '.join(missed)}")
    return tuple(run for run in runs if run.images)


def plan(files: Files, runs: Sequence[Run]) -> Planned:
    """Let each run follow the one before. Raises setters-run-fails where Flux would write nothing at all."""
    texts, unread = _texts(files)
    before = dict(texts)
    changes: list[Change] = []
    reformatted, skipped = {}, {one.path: one for one in unread}
    for run in runs:
        skipped_here = [one for one in skipped.values() if relative(one.path, run.path) is not None]
        found = preview(texts, run.images, run.path)
        if found.errors:
            raise BuildtoolError(SETTERS_RUN_FAILS, f"{run.automation or 'the run'}: {found.errors[0]}")
        texts.update(found.files)
        changes += found.changes
        reformatted.update({one.path: one for one in found.reformatted})
        skipped.update({one.path: one for one in (*skipped_here, *found.skipped)})
    after = {path: text for path, text in texts.items() if before.get(path) != text}
    outcome = Preview(tuple(changes), after, (), tuple(reformatted.values()), tuple(skipped.values()))
    return Planned(outcome, {path: before[path] for path in after if path in before}, tuple(runs))


def only(planned: Planned, paths: Sequence[str]) -> Planned:
    """The part that stands in the given files or folders (paths from the root)."""

    def wanted(path: str) -> bool:
        return any(relative(path, one) is not None for one in paths)

    found = planned.preview
    kept = replace(
        found,
        changes=tuple(one for one in found.changes if wanted(one.path)),
        files={path: text for path, text in found.files.items() if wanted(path)},
        reformatted=tuple(one for one in found.reformatted if wanted(one.path)),
        skipped=tuple(one for one in found.skipped if wanted(one.path)),
    )
    return replace(planned, preview=kept)


def _texts(files: Files) -> tuple[dict[str, str], list[Skipped]]:
    """The files that hold the token as text, all others empty: Flux needs to know only that they are there."""
    texts: dict[str, str] = {}
    unread: list[Skipped] = []
    token = TOKEN.encode()
    for path in files.paths():
        texts[path] = ""
        if not is_read(path):
            continue
        try:
            data = files.read(path)
            texts[path] = data.decode() if token in data else ""
        except UnreadableError as error:
            if not error.missing:
                unread.append(Skipped(path, str(error)))
        except UnicodeDecodeError as error:
            unread.append(Skipped(path, f"not UTF-8: byte {error.start}"))
    return texts, unread


# --- batches


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
