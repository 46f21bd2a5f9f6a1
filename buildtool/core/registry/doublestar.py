"""Harbor's patterns for tags and repositories, as its matcher reads them.

The behaviour is that of bmatcuk/doublestar 1.3.4 `Match`, with its oddities: `**` crosses slashes only as a whole
component, `[!a]` is no negation, and `{a,a/b}` does not take `a`. Time is bounded: nothing is looked for twice.
"""

from __future__ import annotations

from functools import lru_cache

# More than Harbor lets through: a tag has 128 characters, a repository 255, and a pattern fits a form's field.
_LONGEST_PATTERN = 1024
_LONGEST_NAME = 256
_MOST_COMPONENTS = 64
_MOST_WILDCARDS = 64

Rests = tuple[str, ...] | None
"""What remains of a pattern after one component of the name: nothing, or one of these; None for no match."""


class PatternError(ValueError):
    """The pattern is malformed, at least for this name, or too long to be judged."""


@lru_cache(maxsize=4096)
def match(pattern: str, name: str) -> bool:
    """Whether `pattern` takes all of `name`; raises PatternError where the original returns an error."""
    components = _split(name)
    if len(name) > _LONGEST_NAME or len(components) > _MOST_COMPONENTS:
        raise PatternError("the name is longer than Harbor takes")
    if len(pattern) > _LONGEST_PATTERN or pattern.count("*") + pattern.count("{") > _MOST_WILDCARDS:
        raise PatternError("the pattern is too long to be judged")
    return _Search(components).takes(pattern, 0)


class _Search:
    """One question. It remembers each answer by what was left of the pattern and of the name."""

    def __init__(self, components: list[str]) -> None:
        self._components = components
        self._taken: dict[tuple[str, int], bool | PatternError] = {}
        self._rests: dict[tuple[str, str], Rests] = {}

    def takes(self, pattern: str, at: int) -> bool:
        """Whether the pattern takes the components of the name from number `at` on."""
        key = (pattern, at)
        if key not in self._taken:
            try:
                self._taken[key] = self._takes(pattern, at)
            except PatternError as error:
                self._taken[key] = error
        known = self._taken[key]
        if isinstance(known, PatternError):
            raise known
        return known

    def _takes(self, pattern: str, at: int) -> bool:
        last = at == len(self._components) - 1
        if not pattern and last and not self._components[at]:
            return True
        slash = _unescaped(pattern, "/")
        if (pattern if slash < 0 else pattern[:slash]) == "**":
            return slash < 0 or self._takes_later(pattern[slash + 1 :], at)
        rests = self._component(pattern, self._components[at])
        if last or rests is None:
            return last and rests == ()
        return any(self.takes(rest, at + 1) for rest in rests)

    def _takes_later(self, pattern: str, at: int) -> bool:
        """After `**/`: the pattern may begin at any component; an error at one of them counts as no."""
        for start in range(at, len(self._components)):
            try:
                if self.takes(pattern, start):
                    return True
            except PatternError:
                continue
        return False

    def _component(self, pattern: str, name: str) -> Rests:
        """Match the pattern's first component against one component of the name."""
        key = (pattern, name)
        if key not in self._rests:
            self._rests[key] = self._match_runes(pattern, name)
        return self._rests[key]

    def _match_runes(self, pattern: str, name: str) -> Rests:
        position = taken = 0
        while position < len(pattern) and taken < len(name):
            if pattern[position] == "*":
                return self._star(pattern[position:], name[taken:])
            if pattern[position] == "{":
                return self._alternatives(pattern[position + 1 :], name[taken:])
            width = _one_rune(pattern, position, name[taken])
            if not width:
                return None
            position, taken = position + width, taken + 1
        return None if taken < len(name) else _at_end(pattern[position:])

    def _star(self, pattern: str, name: str) -> Rests:
        """`pattern` begins with the star. The first place where the rest fits decides."""
        rest = pattern[1:]
        if not rest or rest[0] == "/":
            return (rest[1:],) if rest else ()
        for start in range(len(name)):
            if start and (pattern, name[start:]) in self._rests:
                return self._rests[pattern, name[start:]]
            found = self._component(rest, name[start:])
            if found is not None:
                return found
        self._rests.update({(pattern, name[start:]): None for start in range(1, len(name))})
        return None

    def _alternatives(self, pattern: str, name: str) -> Rests:
        """`pattern` begins after the opening brace."""
        options, after = _options(pattern)
        found = [self._component(option + pattern[after:], name) for option in options]
        matched = [rests for rests in found if rests is not None]
        return tuple(dict.fromkeys(rest for rests in matched for rest in rests)) if matched else None


def _one_rune(pattern: str, position: int, rune: str) -> int:
    """How many characters of the pattern take this one of the name; 0 where they do not."""
    first = pattern[position]
    if first == "/":
        return 0
    if first == "\\":
        escaped = pattern[position + 1 : position + 2]
        if escaped in ("", "\ufffd"):
            raise PatternError("a backslash escapes nothing")
        return 2 if escaped == rune else 0
    if first == "[":
        end = _unescaped(pattern[position + 1 :], "]")
        if end <= 0:
            raise PatternError("a character class is empty or not closed")
        return end + 2 if _class_takes(pattern[position + 1 : position + 1 + end], rune) else 0
    return 1 if first in ("?", rune) else 0


def _class_takes(inside: str, rune: str) -> bool:
    negated = inside[0] == "^"
    position, found = int(negated), False
    while position < len(inside):
        low, position = _class_rune(inside, position)
        high = low
        if inside[position : position + 1] == "-":
            high, position = _class_rune(inside, position + 1)
        found = found or low <= rune <= high
    return found is not negated


def _class_rune(inside: str, position: int) -> tuple[str, int]:
    """One end of a range, and where to read on."""
    rune = inside[position : position + 1]
    if rune in ("", "-"):
        raise PatternError("a range of a character class has no end")
    if rune != "\\":
        return rune, position + 1
    if position + 1 >= len(inside):
        raise PatternError("a backslash escapes nothing")
    return inside[position + 1], position + 2


def _at_end(pattern: str) -> Rests:
    """The name's component is used up: what is left of the pattern's must be able to take nothing."""
    if not pattern:
        return ()
    slash = _unescaped(pattern, "/")
    if not _takes_nothing(pattern if slash < 0 else pattern[:slash]):
        return None
    return () if slash < 0 else (pattern[slash + 1 :],)


def _takes_nothing(pattern: str) -> bool:
    if pattern in ("", "*", "**"):
        return True
    if pattern[0] != "{":
        return False
    options, after = _options(pattern[1:])
    return _takes_nothing(pattern[1 + after :]) and any(_takes_nothing(option) for option in options)


def _options(pattern: str) -> tuple[list[str], int]:
    """The alternatives up to the brace that closes them, and the position after it."""
    options, start, depth, escaped = [], 0, 1, False
    for position, rune in enumerate(pattern):
        if escaped or rune == "\\":
            escaped = not escaped
            continue
        depth += {"{": 1, "}": -1}.get(rune, 0)
        if depth == 0 or (rune == "," and depth == 1):
            options.append(pattern[start:position])
            start = position + 1
        if depth == 0:
            return options, start
    raise PatternError("a brace is not closed")


def _unescaped(text: str, rune: str) -> int:
    """The first place of `rune` without a backslash right before it; -1 for none."""
    begin = 0
    while (found := text.find(rune, begin)) > begin and text[found - 1] == "\\":
        begin = found + 1
    return found


def _split(name: str) -> list[str]:
    """The components of a name; an escaped slash is none."""
    components = []
    while (slash := _unescaped(name, "/")) >= 0:
        components.append(name[:slash])
        name = name[slash + 1 :]
    return [*components, name]
