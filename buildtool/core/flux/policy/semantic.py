"""The semver order: the highest version inside the range wins; what is no version is passed over.

Source: image-reflector-controller internal/policy/semver.go. A later version replaces an earlier one only when it is
greater: of equal precedence (v1.0.0 and 1.0.0, 1.0.0+a and 1.0.0+b) the first one read wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.failure import ErrorClass, PolicyFailure, nothing_left
from buildtool.core.flux.policy.version import parse_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.flux.policy.constraint import Constraint
    from buildtool.core.flux.policy.version import Version


@dataclass(frozen=True, slots=True)
class Semantic:
    constraint: Constraint

    def contenders(self, keys: list[str]) -> list[str]:
        """Every key that can win in some order of the list; raises PolicyFailure."""
        if not keys:
            raise nothing_left()
        best: Version | None = None
        tied: list[str] = []
        check = self.constraint.check
        for key in keys:
            version = parse_tag(key)
            if version is None or (best is not None and version.release < best.release):
                continue
            order = version.compare(best) if best is not None else 1
            if order >= 0 and check(version):
                if order > 0:
                    best, tied = version, []
                tied.append(key)
        if not tied:
            raise PolicyFailure(ErrorClass.NO_SEMVER_MATCH, "unable to determine latest version from provided list")
        return tied

    def pick(self, contenders: Sequence[str]) -> str:
        """The first one in Flux's stored order, descending bytes."""
        return max(contenders)

    def rank(self, keys: list[str]) -> list[tuple[int, str]]:
        """Positions of the keys inside the range from best to worst, each with its version."""
        versions = [(n, version) for n, key in enumerate(keys) if (version := parse_tag(key)) is not None]
        fitting = [(n, version) for n, version in versions if self.constraint.check(version)]
        return [(n, version.text) for n, version in sorted(fitting, key=cmp_to_key(_best_first))]


def _best_first(one: tuple[int, Version], two: tuple[int, Version]) -> int:
    return two[1].compare(one[1]) or (two[1].text > one[1].text) - (two[1].text < one[1].text)
