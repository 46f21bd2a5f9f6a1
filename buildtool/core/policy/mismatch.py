"""Why a policy does not take a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.policy.model import Mismatch

if TYPE_CHECKING:
    from buildtool.core.policy.model import ImagePolicy


def explain_mismatch(policy: ImagePolicy, tag: str) -> Mismatch:
    return Mismatch(tag, "pattern", "x")
