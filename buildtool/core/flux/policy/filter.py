r"""filterTags: tags -> the tags that match the pattern, each with the text that the policy's order compares.

    >>> tags = ["main-a1-20", "main-b2-10", "main-c3-10", "dev-d4-30"]
    >>> found = compile_filter(r"^main-\w+-(?P<ts>\d+)$", "$ts").apply(tags)
    >>> found.pairs
    [('main-a1-20', '20'), ('main-b2-10', '10'), ('main-c3-10', '10')]

Tags with one text count once: Flux reads tags in descending byte order and keeps the last, so the smallest.

    >>> found.tags_of({"10"})
    {'10': 'main-b2-10'}

Without `extract` the whole tag is compared, not the first group; the pattern is searched anywhere in the tag:

    >>> compile_filter(r"main-(\w)", "").apply(["x-main-a1", "main"]).pairs
    [('x-main-a1', 'x-main-a1')]

Source: image-reflector-controller internal/policy/filter.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from buildtool.core.flux.policy.failure import ErrorClass, PolicyFailure
from buildtool.core.flux.policy.regex.parser import parse
from buildtool.core.flux.policy.regex.python_dialect import to_lines
from buildtool.core.flux.policy.regex.re2_dialect import to_re2
from buildtool.core.flux.policy.regex.rejection import RegexError
from buildtool.core.flux.policy.template import parse_template

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from buildtool.core.flux.policy.regex.ast import Tree
    from buildtool.core.flux.policy.regex.python_dialect import LineProgram

_RE2_MEMORY = 256 << 20
_CONTINUATION = frozenset(bytes([byte]) for byte in range(0x80, 0xC0))


@lru_cache(maxsize=128)
def compile_filter(pattern: str, extract: str) -> TagFilter:
    """The compiled filter; raises PolicyFailure (invalid_regex) with Flux's message."""
    try:
        return TagFilter(parse(pattern), extract)
    except RegexError as error:
        message = f"failed to filter tags: invalid regular expression pattern '{pattern}': {error}"
        raise PolicyFailure(ErrorClass.INVALID_REGEX, message) from None


class TagFilter:
    """A pattern and its extract template. Many tags are searched at once by Python's `re` where it agrees with RE2."""

    def __init__(self, tree: Tree, extract: str) -> None:
        self.tree = tree
        self.extract = extract
        self.template = parse_template(extract, tree.names)

    def apply(self, tags: list[str]) -> Filtered:
        return Filtered(self, tags)

    def key(self, tag: str) -> str | None:
        """What is compared for one tag; None where the pattern does not match."""
        found = self._search(tag)
        if found is None:
            return None
        if not self.extract:
            return tag
        alone = self._alone
        if alone is not None:
            only: bytes | None = found.group(alone)
            return "" if only is None else only.decode()
        groups = {number: found.group(number) for number in self.template.groups}
        return self.template.expand(lambda number: None if groups[number] is None else groups[number].decode())

    def groups(self, tag: str) -> dict[str, str] | None:
        """The text of every group by its name or number, without those that took no part; None without a match."""
        found = self._search(tag)
        if found is None:
            return None
        texts = ((number, found.group(number)) for number in range(1, self.tree.groups + 1))
        return {self.tree.names[number] or str(number): text.decode() for number, text in texts if text is not None}

    def _search(self, tag: str) -> Any:
        r"""RE2's match over the bytes. It may find an empty `\B` inside a character, where Go never looks."""
        text = tag.encode()
        found = self._re2.search(text)
        if len(text) == len(tag):
            return found
        while found is not None and text[found.start() : found.start() + 1] in _CONTINUATION:
            found = self._re2.search(text, found.start() + 1)
        return found

    def in_lines(self, text: str, longest: int, *, whole: bool) -> list[Any] | None:
        """Search all tags at once, one a line; None where that cannot be done. See `_line_key` for the rows."""
        program = self._lines_whole if whole else self._lines
        if program is None or longest > program.longest:
            return None
        return program.regexp.findall(text)

    @cached_property
    def _alone(self) -> int | None:
        return self.template.alone

    @cached_property
    def line_key(self) -> Callable[[Any], str] | None:
        """How a row of `findall` (groups in ascending order) becomes the compared text; None when it already is."""
        groups = self.template.groups
        if not self.extract or self.template.alone is not None:
            return None
        if not groups:
            constant = self.template.expand(lambda _: None)
            return lambda _: constant
        if len(groups) == 1:
            return lambda row: self.template.expand(lambda _: row)
        place = {number: n for n, number in enumerate(groups)}
        return lambda row: self.template.expand(lambda number: row[place[number]])

    @cached_property
    def _lines(self) -> LineProgram | None:
        return to_lines(self.tree, self._wanted, whole=not self.extract)

    @cached_property
    def _lines_whole(self) -> LineProgram | None:
        return to_lines(self.tree, self._wanted, whole=True)

    @property
    def _wanted(self) -> Collection[int]:
        return self.template.groups if self.extract else ()

    @cached_property
    def _re2(self) -> Any:
        import re2  # noqa: PLC0415 -- 21 ms, and most patterns do not need it

        options = re2.Options()
        options.log_errors = False
        options.max_mem = _RE2_MEMORY
        try:
            return re2.compile(to_re2(self.tree), options)
        except re2.error as error:
            text = self.tree.pattern[:40]
            message = f"failed to filter tags: pattern '{text}' is legal but too large for the engine here: {error}"
            raise PolicyFailure(ErrorClass.INVALID_REGEX, message) from None


@dataclass(frozen=True)
class Filtered:
    """The result of a filter over a list of tags; each property is computed when it is first read."""

    filter: TagFilter
    tags: list[str]

    @cached_property
    def keys(self) -> list[str]:
        """The compared texts of the matching tags, with repetitions."""
        rows = self._rows(whole=False)
        if rows is None:
            return [key for _, key in self.pairs]
        convert = self.filter.line_key
        return rows if convert is None else [convert(row) for row in rows]

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """(tag, compared text) of every matching tag, in the order given."""
        return self._pairs(self.tags)

    def tags_of(self, keys: set[str]) -> dict[str, str]:
        """The tag that Flux keeps for each of the compared texts."""
        found: dict[str, str] = {}
        for tag, key in self._pairs_near(keys):
            if key in keys and (key not in found or tag < found[key]):
                found[key] = tag
        return found

    def _pairs_near(self, keys: set[str]) -> list[tuple[str, str]]:
        """The pairs; without tags that do not contain the one key asked for, where the key is a part of the tag."""
        if len(keys) > 1 or self.filter.template.alone is None or "pairs" in self.__dict__:
            return self.pairs
        part = next(iter(keys))
        return self._pairs([tag for tag in self.tags if part in tag])

    def _pairs(self, tags: list[str]) -> list[tuple[str, str]]:
        filtered = self if tags is self.tags else Filtered(self.filter, tags)
        rows = filtered._rows(whole=True)  # noqa: SLF001 -- the same class
        if rows is None:
            keyed = ((tag, self.filter.key(tag)) for tag in tags)
            return [(tag, key) for tag, key in keyed if key is not None]
        if not self.filter.extract:
            return [(tag, tag) for tag in rows]
        if not self.filter.template.groups:
            constant = self.filter.template.expand(lambda _: None)
            return [(tag, constant) for tag in rows]
        convert = self.filter.line_key
        if len(self.filter.template.groups) == 1:
            return rows if convert is None else [(tag, convert(key)) for tag, key in rows]
        return [(row[0], convert(row[1:])) for row in rows] if convert else rows

    def _rows(self, *, whole: bool) -> list[Any] | None:
        text = self._lines_text
        return None if text is None else self.filter.in_lines(text, self._longest, whole=whole)

    @cached_property
    def _lines_text(self) -> str | None:
        """All tags, a line feed before each; None where a tag is not ASCII or holds a line feed."""
        text = "\n".join(("", *self.tags))
        return text if text.isascii() and text.count("\n") == len(self.tags) else None

    @cached_property
    def _longest(self) -> int:
        return len(max(self.tags, key=len, default=""))
