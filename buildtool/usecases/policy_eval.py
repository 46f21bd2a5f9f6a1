"""JSON lines with policies and tags -> JSON lines with Flux's answers; an invalid line does not stop the next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from buildtool.core.flux.policy import Choice, FilterTags, ImagePolicy, select
from buildtool.core.flux.policy.image_policy import well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_LINE = 64 << 20  # bytes
_CHUNK = 1 << 16


def evaluate_stream(read: Callable[[int], bytes], write: Callable[[Sequence[dict[str, Any]]], bool]) -> bool:
    """Read all lines and answer each as soon as it is complete; True where every line was valid.

    `read(n)` returns at most n bytes, fewer when no more are waiting, b"" at the end; `write` takes the answers that
    belong together, and says whether anybody wants more.
    """
    good = True
    number = 0
    for lines in _line_groups(read):
        answers: list[dict[str, Any]] = []
        for line in lines:
            number += 1
            if line is None or line.strip():
                answer, readable = evaluate_line(line, number)
                good = good and readable
                answers.append(answer)
        if answers and not write(answers):
            break
    return good


def evaluate_line(line: bytes | None, number: int) -> tuple[dict[str, Any], bool]:
    """The answer to one line, and whether it could be read; None stands for a line longer than MAX_LINE."""
    ident: Any = None
    try:
        if line is None:
            raise ValueError(f"the line is longer than {MAX_LINE >> 20} MiB")  # noqa: TRY301 -- one way out
        case = json.loads(line.decode("utf-8", "replace"), parse_constant=_no_constant)
        if not isinstance(case, dict):
            raise ValueError("not a JSON object")  # noqa: TRY301, TRY004 -- one way out
        ident = case.get("id")
        policy, tags = _read(case)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return {"id": ident, "line": number, "error": reason}, False
    return {"id": ident, **answer_of(policy, tags)}, True


def answer_of(policy: ImagePolicy, tags: list[str]) -> dict[str, Any]:
    """`latest` is null with an error, and where Flux's answer is random: then `possible_latest` lists them all."""
    selection = select(policy, tags)
    answer: dict[str, Any] = {"latest": selection.winner, "error": None}
    if selection.error is not None:
        answer |= {"error": selection.error.message, "error_class": selection.error.kind.value}
    if selection.ambiguous:
        answer["possible_latest"] = list(selection.possible)
    return answer


def _read(case: dict[str, Any]) -> tuple[ImagePolicy, list[str]]:
    tags = case.get("tags")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError("tags must be a list of texts")
    if not isinstance(case.get("policy"), dict):
        raise ValueError("policy must be an object")  # noqa: TRY004 -- a wrong value of the input
    texts = {key: case.get(key) for key in ("pattern", "extract")}
    for key, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{key} must be a text")
    chosen = None
    if any(value is not None for value in texts.values()):
        chosen = FilterTags(well_formed(texts["pattern"] or ""), well_formed(texts["extract"] or ""))
    return ImagePolicy(filter=chosen, choice=Choice.from_spec(case["policy"])), tags


def _line_groups(read: Callable[[int], bytes]) -> Iterator[list[bytes | None]]:
    """The lines that arrive together; None for one that is too long to keep."""
    rest: list[bytes] = []
    held, dropping = 0, False
    while chunk := read(_CHUNK):
        first, *others = chunk.split(b"\n")
        if not dropping:
            rest.append(first)
            held += len(first)
            dropping = held > MAX_LINE
        if others:
            yield [None if dropping else b"".join(rest), *others[:-1]]
            rest, held, dropping = [others[-1]], len(others[-1]), False
        elif dropping:
            rest = []
    if dropping or any(rest):
        yield [None if dropping else b"".join(rest)]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
