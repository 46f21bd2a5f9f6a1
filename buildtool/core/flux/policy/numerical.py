"""The numerical order: the largest number wins (asc, the default) or the smallest (desc).

Source: image-reflector-controller internal/policy/numerical.go. One value that is no number fails all. Each
next value replaces the one before unless it is worse: of equal numbers the last one read wins, and NaN, which is never
worse, wins over what came before it and loses to whatever follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.failure import ErrorClass, PolicyFailure, nothing_left
from buildtool.core.flux.policy.numbers import parse_float, parse_floats

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Numerical:
    descending: bool

    def contenders(self, keys: list[str]) -> list[str]:
        """Every key that can win in some order of the list; raises PolicyFailure."""
        if not keys:
            raise nothing_left()
        values = parse_floats(keys)
        if values is None:
            bad = max(key for key in keys if parse_float(key) is None)
            raise PolicyFailure(ErrorClass.NOT_NUMERIC, f"failed to parse invalid numeric value '{bad}'")
        best = min(values) if self.descending else max(values)
        if math.isnan(sum(values)) and any(map(math.isnan, values)):  # a sum of inf and -inf is NaN as well
            return keys
        if values.count(best) == 1:
            return [keys[values.index(best)]]
        return [key for key, value in zip(keys, values, strict=True) if value == best]

    def pick(self, contenders: Sequence[str]) -> str:
        """Who wins among the contenders in Flux's stored order, descending bytes."""
        winner, best = "", math.nan
        for key in sorted(contenders, reverse=True):
            value = parse_float(key)
            if value is None or (value > best if self.descending else value < best):
                continue
            winner, best = key, value
        return winner

    def rank(self, keys: list[str]) -> list[tuple[int, str]]:
        """Positions of the keys from best to worst, each with the value compared; equal ones by their bytes."""
        values = parse_floats(keys) or []
        sign = 1 if self.descending else -1
        order = sorted(range(len(values)), key=lambda n: (math.isnan(values[n]), sign * values[n], keys[n]))
        return [(n, f"{values[n]:.17g}") for n in order]
