"""The alphabetical order: by bytes of UTF-8, so large letters before small ones and "10" before "9".

Source: image-reflector-controller internal/policy/alphabetical.go. asc (the default) selects the last, desc the first.
Python compares texts by code point, which is the same order as that of their UTF-8 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.failure import nothing_left

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Alphabetical:
    descending: bool

    def contenders(self, keys: list[str]) -> list[str]:
        if not keys:
            raise nothing_left()
        return [min(keys) if self.descending else max(keys)]

    def pick(self, contenders: Sequence[str]) -> str:
        return contenders[0]

    def rank(self, keys: list[str]) -> list[tuple[int, str]]:
        """Positions of the keys from best to worst, each with the value compared."""
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=not self.descending)
        return [(n, keys[n]) for n in order]
