r"""Named character classes of Go's regular expressions: `\d`, `[:alpha:]`, `\p{Lu}`.

Each is a set of ASCII characters (an integer, bit n is chr(n)) and a text that RE2 reads as the same whole set.
Source: Go 1.26 regexp/syntax (perl_groups.go, unicodeTable) and unicode/tables.go.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ASCII = (1 << 128) - 1
LAST = 0x10FFFF
_UPPER = sum(1 << n for n in range(65, 91))
_LOWER = _UPPER << 32
# U+017F folds to s and S, U+212A (the Kelvin sign) to k and K
_ODD_FOLDS = ((0x17F, (1 << ord("s")) | (1 << ord("S"))), (0x212A, (1 << ord("k")) | (1 << ord("K"))))


def bits(text: str) -> int:
    return sum(1 << ord(char) for char in set(text))


def span(low: int, high: int) -> int:
    """The ASCII characters from `low` to `high`, code points, both included."""
    high = min(high, 127)
    return ((1 << (high + 1)) - (1 << low)) if low <= high else 0


def folded(ascii_set: int) -> int:
    """The set with the other case of each letter."""
    return ascii_set | ((ascii_set & _UPPER) << 32) | ((ascii_set & _LOWER) >> 32)


def folded_span(low: int, high: int) -> int:
    found = folded(span(low, high))
    for point, letters in _ODD_FOLDS:
        if low <= point <= high:
            found |= letters
    return found


_DIGIT = span(48, 57)
_ALPHA = _UPPER | _LOWER
_WORD = _DIGIT | _ALPHA | bits("_")

PERL = {"d": _DIGIT, "s": bits("\t\n\f\r "), "w": _WORD}
POSIX = {
    "alnum": _DIGIT | _ALPHA,
    "alpha": _ALPHA,
    "ascii": ASCII,
    "blank": bits("\t "),
    "cntrl": span(0, 31) | 1 << 127,
    "digit": _DIGIT,
    "graph": span(33, 126),
    "lower": _LOWER,
    "print": span(32, 126),
    "punct": span(33, 126) & ~(_DIGIT | _ALPHA),
    "space": bits("\t\n\v\f\r "),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": _DIGIT | bits("abcdefABCDEF"),
}

_CATEGORIES = frozenset(
    "C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs".split()  # noqa: SIM905 -- a list of 37 quoted names is not easier to read
)
# names as Go looks them up: without underscores, first letter large. Scripts of two words are not reachable.
_ALIASES = {
    "Casedletter": "Lc",
    "Closepunctuation": "Pe",
    "Cntrl": "Cc",
    "Combiningmark": "M",
    "Connectorpunctuation": "Pc",
    "Control": "Cc",
    "Currencysymbol": "Sc",
    "Dashpunctuation": "Pd",
    "Decimalnumber": "Nd",
    "Digit": "Nd",
    "Enclosingmark": "Me",
    "Finalpunctuation": "Pf",
    "Format": "Cf",
    "Initialpunctuation": "Pi",
    "Letter": "L",
    "Letternumber": "Nl",
    "Lineseparator": "Zl",
    "Lowercaseletter": "Ll",
    "Mark": "M",
    "Mathsymbol": "Sm",
    "Modifierletter": "Lm",
    "Modifiersymbol": "Sk",
    "Nonspacingmark": "Mn",
    "Number": "N",
    "Openpunctuation": "Ps",
    "Other": "C",
    "Otherletter": "Lo",
    "Othernumber": "No",
    "Otherpunctuation": "Po",
    "Othersymbol": "So",
    "Paragraphseparator": "Zp",
    "Privateuse": "Co",
    "Punct": "P",
    "Punctuation": "P",
    "Separator": "Z",
    "Spaceseparator": "Zs",
    "Spacingmark": "Mc",
    "Surrogate": "Cs",
    "Symbol": "S",
    "Titlecaseletter": "Lt",
    "Unassigned": "Cn",
    "Uppercaseletter": "Lu",
}
_SCRIPTS = frozenset(
    """Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid
    Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dogra Duployan
    Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew
    Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu
    Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani
    Myanmar Nabataean Nandinagari Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan
    Saurashtra Sharada Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa
    Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi""".split()  # noqa: SIM905 -- as above
)


def unicode_class(name: str, *, negated: bool, fold: bool) -> tuple[int, str] | None:
    r"""The set behind `\p{name}` (`\P{name}` with `negated`), None where Go knows no such name.

    Its ASCII part is before folding and negation; the text is the whole set as items of an RE2 class.
    """
    key = _canonical(name)
    key = _ALIASES.get(key, key)
    special = _special(key, negated=negated, fold=fold)
    if special is not None:
        return special
    if key not in _CATEGORIES and key not in _SCRIPTS:
        return None
    return _ascii_of(key), f"\\{'P' if negated else 'p'}{{{key}}}"


def _special(key: str, *, negated: bool, fold: bool) -> tuple[int, str] | None:
    """The classes that RE2 does not know, or knows without the unassigned code points."""
    if key == "Any":
        return ASCII, "" if negated else _range(0, LAST)
    if key == "Ascii":
        # what is left without ASCII may not fold back into it
        rest = _range(0x80, 0x17E) + _range(0x180, 0x2129) + _range(0x212B, LAST) if fold else _range(0x80, LAST)
        return ASCII, rest if negated else _range(0, 0x7F)
    if key == "Lc":
        others = r"\p{Lm}\p{Lo}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{C}"
        return _ALPHA, others + _unassigned(inverted=False) if negated else r"\p{Ll}\p{Lt}\p{Lu}"
    if key in {"Assigned", "Cn"}:
        assigned = key == "Assigned"
        return ASCII if assigned else 0, _unassigned(inverted=assigned is not negated)
    if key == "C":
        return _ascii_of(key), r"\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}" if negated else r"\p{C}" + _unassigned(inverted=False)
    return None


def _range(low: int, high: int) -> str:
    return f"\\x{{{low:X}}}-\\x{{{high:X}}}"


def _canonical(name: str) -> str:
    """Go's way to compare names: no underscore, hyphen or blank; ASCII letters lower case but for the first."""
    kept = [char for char in name if char not in "_- "]
    small = [char.lower() if char.isascii() else char for char in kept]
    if small and small[0].isascii():
        small[0] = small[0].upper()
    return "".join(small)


def _ascii_of(name: str) -> int:
    """The ASCII part of a category or script."""
    if name in _SCRIPTS:
        return {"Latin": _ALPHA, "Common": ASCII & ~_ALPHA}.get(name, 0)
    return sum(1 << n for n in range(128) if unicodedata.category(chr(n)).startswith(name))


@lru_cache(maxsize=2)
def _unassigned(*, inverted: bool) -> str:
    """Code points without a character, as ranges; RE2 has no name for them. By the tables of this Python."""
    ranges: list[str] = []
    start: int | None = None
    for point in range(LAST + 2):
        inside = point <= LAST and (unicodedata.category(chr(point)) == "Cn") is not inverted
        if inside and start is None:
            start = point
        elif not inside and start is not None:
            ranges.append(_range(start, point - 1))
            start = None
    return "".join(ranges)
