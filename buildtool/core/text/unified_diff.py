r"""The diff of one file as git writes it: `git apply` and `patch -p1` make the new text of the old one, to the byte.

>>> print(file_diff("a.yaml", "x: 1\ny: 2", "x: 1\ny: 3\n"), end="")
diff --git a/a.yaml b/a.yaml
--- a/a.yaml
+++ b/a.yaml
@@ -1,2 +1,2 @@
 x: 1
-y: 2
\ No newline at end of file
+y: 3

Only "\n" ends a line: a "\r" before it is part of the line, as git sees it.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CONTEXT = 3
_SMALL = 64  # lines; difflib's time grows with the cube of what it compares
_NEW_FILE_MODE = "100644"
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_FIRST_PRINTABLE, _LAST_PRINTABLE = 0x20, 0x7E


class _Change(NamedTuple):
    """The lines old[first:last] are replaced by new[new_first:new_last]; all count from 0."""

    first: int
    last: int
    new_first: int
    new_last: int


def file_diff(path: str, before: str | None, after: str) -> str:
    """The diff that makes `after` of `before` (None: the file is new); empty where the two are equal.

    `path` is relative, with `/`; bytes that are not UTF-8 stand in it as surrogate escapes. Ends with a line feed.
    """
    if before == after:
        return ""
    old, new = _lines(before or ""), _lines(after)
    a, b = _quoted("a/" + path), _quoted("b/" + path)
    head = [f"diff --git {a} {b}\n"]
    if before is None:
        head.append(f"new file mode {_NEW_FILE_MODE}\n")
    if old or new:
        head += [f"--- {'/dev/null' if before is None else _in_header(a)}\n", f"+++ {_in_header(b)}\n"]
    hunks = _hunks(list(_changes(old, new)))
    return "".join(head) + "".join(_hunk(hunk, old, new) for hunk in hunks)


def _lines(text: str) -> list[str]:
    """The lines with their line feeds; the last one may have none."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


# --- paths


def _quoted(path: str) -> str:
    r"""The path, in double quotes where a byte needs an escape: control characters, `"`, `\` and all beyond ASCII."""
    data = path.encode("utf-8", "surrogateescape")
    text = "".join(map(_escaped, data))
    return path if text == path else f'"{text}"'


def _escaped(byte: int) -> str:
    if byte in _ESCAPES:
        return "\\" + _ESCAPES[byte]
    return chr(byte) if _FIRST_PRINTABLE <= byte <= _LAST_PRINTABLE else f"\\{byte:03o}"


def _in_header(path: str) -> str:
    """In a `---` or `+++` line a tab ends a path that holds blanks."""
    return f"{path}\t" if " " in path and not path.startswith('"') else path


# --- hunks


def _hunk(changes: Sequence[_Change], old: Sequence[str], new: Sequence[str]) -> str:
    """Changes that stand close together, with the lines around them."""
    first = max(changes[0].first - _CONTEXT, 0)
    last = min(changes[-1].last + _CONTEXT, len(old))
    new_first = changes[0].new_first - (changes[0].first - first)
    new_last = changes[-1].new_last + (last - changes[-1].last)
    out = [f"@@ -{_range(first, last)} +{_range(new_first, new_last)} @@\n"]
    position = first
    for change in changes:
        out += [_line(" ", line) for line in old[position : change.first]]
        out += [_line("-", line) for line in old[change.first : change.last]]
        out += [_line("+", line) for line in new[change.new_first : change.new_last]]
        position = change.last
    out += [_line(" ", line) for line in old[position:last]]
    return "".join(out)


def _range(first: int, last: int) -> str:
    """`line,count`, lines from 1; an empty range names the line before it."""
    count = last - first
    start = first + 1 if count else first
    return str(start) if count == 1 else f"{start},{count}"


def _line(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def _hunks(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Changes by hunk: two whose context would touch stand in one."""
    hunk: list[_Change] = []
    for change in changes:
        if hunk and change.first - hunk[-1].last > 2 * _CONTEXT:
            yield hunk
            hunk = []
        hunk.append(change)
    if hunk:
        yield hunk


# --- what changes


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[_Change]:
    """What differs between two lists of lines, in order. Lines that occur once in both are matched first.

    The time grows with the number of lines, whatever they hold: between two matched lines, what is too long to compare
    is replaced as a whole.
    """
    last = new_last = 0
    for index, new_index in [*_anchors(old, new), (len(old), len(new))]:
        yield from _between(old, new, _Change(last, index, new_last, new_index))
        last, new_last = index, new_index


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The longest run of pairs (index in old, index in new) of lines that occur once in each, both ascending."""
    times, new_times = Counter(old), Counter(new)
    at = {line: index for index, line in enumerate(new) if new_times[line] == 1}
    pairs = [(index, at[line]) for index, line in enumerate(old) if times[line] == 1 and line in at]
    ends: list[int] = []  # ends[n]: the smallest index in new with which an ascending run of n+1 pairs can end
    best: list[int] = []  # the pair that has that index
    before: list[int] = []
    for number, (_, new_index) in enumerate(pairs):
        length = bisect_left(ends, new_index)
        before.append(best[length - 1] if length else -1)
        ends[length : length + 1] = [new_index]
        best[length : length + 1] = [number]
    run: list[tuple[int, int]] = []
    number = best[-1] if best else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _between(old: Sequence[str], new: Sequence[str], part: _Change) -> Iterator[_Change]:
    """The changes inside a part, whose equal lines at both ends are left out first."""
    first, last, new_first, new_last = part
    while first < last and new_first < new_last and old[first] == new[new_first]:
        first, new_first = first + 1, new_first + 1
    while first < last and new_first < new_last and old[last - 1] == new[new_last - 1]:
        last, new_last = last - 1, new_last - 1
    if first == last and new_first == new_last:
        return
    if max(last - first, new_last - new_first) > _SMALL:
        yield _Change(first, last, new_first, new_last)
        return
    matcher = difflib.SequenceMatcher(None, old[first:last], new[new_first:new_last], autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            yield _Change(first + i, first + j, new_first + k, new_first + m)
