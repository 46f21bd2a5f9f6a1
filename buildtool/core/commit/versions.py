"""Semantic versions as tags of images: `1.2.3` and `1.2.3-rc.1`, by the strict form of semver.org; and releases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cmp_to_key

_NUMBER = r"(?:0|[1-9][0-9]{0,17})"  # what Flux reads has to fit 64 bits
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_STRICT = re.compile(
    rf"(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<patch>{_NUMBER})(?:-(?P<pre>{_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
)


@dataclass(frozen=True, slots=True)
class Version:
    """`pre` is the text after the hyphen, "" for a version that is no pre-release."""

    major: int
    minor: int
    patch: int
    pre: str = ""

    @classmethod
    def parse(cls, text: str) -> Version:
        """Raises ValueError for a text that is no such version."""
        found = _STRICT.fullmatch(text)
        if found is None:
            raise ValueError(f"not a version: {text!r}")
        return cls(int(found["major"]), int(found["minor"]), int(found["patch"]), found["pre"] or "")

    @staticmethod
    def is_one(text: str) -> bool:
        return _STRICT.fullmatch(text) is not None

    def __str__(self) -> str:
        release = f"{self.major}.{self.minor}.{self.patch}"
        return f"{release}-{self.pre}" if self.pre else release

    def compare(self, other: Version) -> int:
        """-1, 0 or 1 by precedence: a pre-release comes before its version."""
        mine, theirs = (self.major, self.minor, self.patch), (other.major, other.minor, other.patch)
        if mine != theirs:
            return 1 if mine > theirs else -1
        if not self.pre or not other.pre:
            return bool(other.pre) - bool(self.pre)
        import semver  # noqa: PLC0415 -- only where two pre-releases meet

        one, two = (semver.Version(0, 0, 0, prerelease=pre) for pre in (self.pre, other.pre))
        return one.compare(two)


@dataclass(frozen=True, slots=True)
class Release:
    """`tag` is the git tag, `version` what stands in it; `source` is who named the tag: HEAD, --release or a variable.

    `notes` say which other tags of the commit were passed over.
    """

    tag: str
    version: Version
    source: str
    notes: tuple[str, ...] = ()


def version_of(text: str | None) -> Version | None:
    """The version that a tag is, None for any other tag."""
    return Version.parse(text) if text and Version.is_one(text) else None


BY_PRECEDENCE = cmp_to_key(Version.compare)
