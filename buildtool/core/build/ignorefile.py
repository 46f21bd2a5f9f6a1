"""`.dockerignore` as BuildKit reads it: which entries of a folder are sent to the builder.

    rules = parse(data)                      the patterns of a file; IgnoreFileError where BuildKit refuses it
    seen = rules.enter(path, above, ...)     for each entry, from the top down: is it sent, may its folder be skipped

Source: moby/patternmatcher 0.6.1 (`ignorefile.ReadAll`, `New`, `MatchesUsingParentResults`) and fsutil's `filterFS`.
A later pattern wins over an earlier one, `!` takes back, and what matched a folder holds for all below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from buildtool.core.build.ignorepattern import IgnoreFileError, go_clean, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.core.build.ignorepattern import Pattern

__all__ = ["TOP", "EntryFilter", "IgnoreFileError", "Rules", "Seen", "parse", "sent"]

BOM = b"\xef\xbb\xbf"
LONGEST_LINE = 65_535  # bytes: Go's bufio.Scanner gives up beyond
# what Go's strings.TrimSpace takes away; Python's strip() takes more
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_WILD = frozenset("*[]?^\\")


@dataclass(frozen=True, slots=True)
class Seen:
    """The result for one file or folder.

    `sent`: it goes to the builder. `skips`: it is a folder, and BuildKit looks at nothing below it. `matched`: the
    patterns that hold for all below a folder, to be given to its entries.
    """

    sent: bool
    skips: bool
    matched: tuple[bool, ...]


TOP = Seen(sent=True, skips=False, matched=())


class EntryFilter(Protocol):
    """A filter that a walk over a folder calls for each entry, from the top down."""

    def enter(self, path: str, above: Seen, *, folder: bool) -> Seen:
        """Whether one entry is sent; `path` from the context with `/`, `above` the answer for the folder it is in.

        `TOP` is the answer for the context itself.
        """
        ...


class Rules:
    """The patterns of one ignore file, in order."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._kept = [_fixed(one) for one in patterns if one.negated]
        # BuildKit goes into a left-out folder where a `!` pattern with a wildcard might match below it
        self._skips = all(not _WILD & set(one) for one in self._kept)
        self._none = (False,) * len(self.patterns)

    def enter(self, path: str, above: Seen, *, folder: bool) -> Seen:
        """As EntryFilter says. Raises IgnoreFileError for a pattern that BuildKit only refuses once it is used."""
        if not self.patterns:
            return TOP
        matched, left_out = self._match(path, above.matched or self._none)
        return Seen(not left_out, folder and left_out and self._may_skip(path), matched)

    def _match(self, path: str, above: tuple[bool, ...]) -> tuple[tuple[bool, ...], bool]:
        left_out, matched = False, []
        for one, before in zip(self.patterns, above, strict=True):
            # asked only where the answer can change something, as BuildKit does: the rest counts as no match
            found = before or (one.negated == left_out and one.matches(path))
            matched.append(found)
            if found:
                left_out = not one.negated
        return tuple(matched), left_out

    def _may_skip(self, path: str) -> bool:
        return self._skips and not any((kept + "/").startswith(path + "/") for kept in self._kept)


def _fixed(one: Pattern) -> str:
    """A pattern without `/**` and `/*` at its end."""
    return one.text.removesuffix("/**").removesuffix("/*")


def parse(data: bytes) -> Rules:
    """The rules of an ignore file's bytes; raises IgnoreFileError where BuildKit would refuse to build with it."""
    texts = (_read(line) for line in _lines(data))
    return Rules([pattern(text) for text in texts if text])


def _lines(data: bytes) -> Iterable[str]:
    """Lines that are no comments, without blanks around them; a BOM is taken off the first."""
    for number, line in enumerate(data.split(b"\n")):
        if len(line) > LONGEST_LINE:
            raise IgnoreFileError(f"line {number + 1} is longer than {LONGEST_LINE} bytes")
        text = (line.removeprefix(BOM) if number == 0 else line).decode("utf-8", "surrogateescape")
        if not text.startswith("#"):
            yield text.strip(SPACE)


def _read(text: str) -> str:
    """A line as a pattern: cleaned, and counted from the context where it began with `/`."""
    if not text:
        return ""
    negated = text.startswith("!")
    rest = text[1:].strip(SPACE) if negated else text
    if rest:
        rest = go_clean(rest)
        rest = rest[1:] if len(rest) > 1 and rest.startswith("/") else rest
    return go_clean(("!" if negated else "") + rest).strip(SPACE)


def sent(rules: Rules, paths: Iterable[str]) -> list[str]:
    """Those of the paths of files that reach the builder; folders are walked from the top, as BuildKit does."""
    known: dict[str, Seen] = {"": TOP}
    return [path for path in paths if _reaches(rules, path, known)]


def _reaches(rules: Rules, path: str, known: dict[str, Seen]) -> bool:
    parts = path.split("/")
    above = TOP
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        if folder not in known:
            known[folder] = rules.enter(folder, above, folder=True)
        above = known[folder]
        if above.skips:
            return False
    return rules.enter(path, above, folder=False).sent
