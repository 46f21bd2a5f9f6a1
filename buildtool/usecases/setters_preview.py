"""What Flux's next commits would change in the files of a repository, for given latest images."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from buildtool.core.flux.automation_runs import left_out, runs_of
from buildtool.core.flux.setters import TOKEN, LatestImage, Skipped, is_read, relative
from buildtool.core.flux.setters.runs import Run, run_all
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.errors import POLICY_UNREACHED, USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.setters.runs import Result

_Value = TypeVar("_Value")
_NOT_TEXT = "what stands there now is not UTF-8"


class Files(Protocol):
    """The files of the repository."""

    def paths(self) -> Sequence[str]:
        """Relative paths with `/`."""
        ...

    def links(self) -> Mapping[str, str]:
        """The symbolic links among them: the path that each leads to, "" where there is no file."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises UnreadableError."""
        ...


@dataclass(frozen=True, slots=True)
class Planned:
    """All runs together.

    `before` is the present text of each file in `result.files`, None where the file is new. A file whose present text
    is no text is in `refused` instead, with the reason. `runs` say who writes.
    """

    result: Result
    before: Mapping[str, str | None]
    runs: tuple[Run, ...]
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Texts:
    """`held` are the texts by path of the files that hold the token, and empty texts for all other files.

    Flux needs to know of the others only that they are there. `links` as in Files; `unread` are files that may hold the
    token and cannot be read.
    """

    held: Mapping[str, str]
    links: Mapping[str, str]
    unread: tuple[Skipped, ...] = ()


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
    """One run for each automation that writes any of the images; raises policy-unreached for an image that none does.

    With a path given, or in a repository without automations, one run for all images.
    """
    if update_path is not None or not manifests.automations:
        return (Run("", update_path or "", images),)
    runs = runs_of(images, manifests)
    missed = sorted(images.keys() - {policy for run in runs for policy in run.images})
    if missed:
        others = "".join(f"; {sentence}" for sentence in left_out(manifests))
        raise BuildtoolError(POLICY_UNREACHED, f"no ImageUpdateAutomation uses {', '.join(missed)}{others}")
    return tuple(runs)


def plan(files: Files, runs: Sequence[Run]) -> Planned:
    """Let each run follow the one before. One that fails writes nothing: its reason is in `result.errors`."""
    texts = read_texts(files)
    result = run_all(texts.held, runs, texts.links)
    for one in texts.unread:
        if any(relative(one.path, run.path) is not None for run in runs):
            result.skipped.setdefault(one.path, one)
    before: dict[str, str | None] = {}
    refused: dict[str, str] = {}
    for path in result.files:
        try:
            before[path] = texts.held.get(path) or files.read(path).decode()
        except UnreadableError as error:
            if error.missing:
                before[path] = None
            else:
                refused[path] = str(error)
        except UnicodeDecodeError:
            refused[path] = _NOT_TEXT
    result.files = {path: text for path, text in result.files.items() if before.get(path) != text}
    return Planned(result, before, tuple(runs), refused)


def only(planned: Planned, paths: Sequence[str]) -> Planned:
    """The part that stands in the given files or folders (paths from the root)."""

    def wanted(path: str) -> bool:
        return any(relative(path, one) is not None for one in paths)

    def kept(by_path: Mapping[str, _Value]) -> dict[str, _Value]:
        return {path: value for path, value in by_path.items() if wanted(path)}

    found = planned.result
    result = replace(
        found,
        changes=[one for one in found.changes if wanted(one.path)],
        files=kept(found.files),
        reformatted=kept(found.reformatted),
        skipped=kept(found.skipped),
    )
    return replace(planned, result=result, refused=kept(planned.refused))


def read_texts(files: Files) -> Texts:
    """Read the files that Flux looks into; each link counts with the text of the file that it leads to."""
    held: dict[str, str] = {}
    unread: list[Skipped] = []
    links = files.links()
    token = TOKEN.encode()
    for path in files.paths():
        held[path] = ""
        if not is_read(path) or links.get(path) == "":
            continue
        try:
            data = files.read(path)
            held[path] = data.decode() if token in data else ""
        except UnreadableError as error:
            if not error.missing:
                unread.append(Skipped(path, str(error)))
        except UnicodeDecodeError as error:
            unread.append(Skipped(path, f"not UTF-8: byte {error.start}"))
    return Texts(held, {link: target for link, target in links.items() if target}, tuple(unread))
