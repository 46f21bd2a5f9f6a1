"""Versions as Flux reads them: `fluxcd/pkg/version` (three parts by dots) over Masterminds semver 3.5, loose form.

`v1.2.3`, `01.2.3`, and even `1.2-rc.1` (two dots) are; `1.2`, `V1.2.3`, `1.2.3-01` and 1.2.3.4 are not. Numbers
are 64 bits wide. Precedence is that of the `semver` package, but for numeric identifiers beyond 64 bits, which
Masterminds compares as text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LOOSE = re.compile(
    r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_LONGEST = 256
_LARGEST = (1 << 64) - 1
_DIGITS = 19  # so many always fit


class Version(NamedTuple):
    """`release` is (major, minor, patch); `pre` the text after the hyphen, empty for a release.

    A tuple, since a hundred thousand of them may be made for one answer.
    """

    text: str
    release: tuple[int, int, int]
    pre: str = ""

    def compare(self, other: Version) -> int:
        """-1, 0 or 1 by precedence; build metadata does not count."""
        if self.release != other.release:
            return 1 if self.release > other.release else -1
        if self.pre == other.pre:
            return 0
        return compare_pre(self.pre, other.pre) if self.pre and other.pre else (1 if other.pre else -1)


def parse_tag(text: str) -> Version | None:
    """A tag as Flux's semver policy reads it; None for one that the policy ignores."""
    return parse_version(text) if text.count(".") > 1 else None


def parse_version(text: str) -> Version | None:
    """Masterminds' NewVersion: missing minor and patch are zero."""
    found = _LOOSE.fullmatch(text)
    if found is None or len(text) > _LONGEST:
        return None
    major, minor, patch, pre = found.groups("")
    release = (int(major), int(minor or 0), int(patch or 0))
    if (len(text) > _DIGITS and max(release) > _LARGEST) or (pre and not _valid_pre(pre)):
        return None
    return Version(text, release, pre)


def compare_pre(left: str, right: str) -> int:
    """-1, 0 or 1 for two prerelease texts; an empty one, as Masterminds does here, comes first."""
    if left == right or not left or not right:
        return (left > right) - (left < right)
    import semver  # noqa: PLC0415 -- only where two prereleases meet

    one, two = (semver.Version(0, 0, 0, prerelease=_sized(pre)) for pre in (left, right))
    return one.compare(two)


def _sized(pre: str) -> str:
    """Mark numbers beyond 64 bits as text: the sign sorts below every letter and digit."""
    return ".".join(f"{part}\0" if part.isdigit() and int(part) > _LARGEST else part for part in pre.split("."))


def _valid_pre(pre: str) -> bool:
    return not any(part[0] == "0" and len(part) > 1 and part.isdigit() for part in pre.split("."))
