"""How long the steps of each image took, by platform, from the events of a build."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.build.events import Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.build.events import BuildEvent
    from buildtool.core.image.names import Platform

# `[web 2/3] RUN make`, `[web build 2/3] …`, `[web linux/arm64 build 2/3] …`, `[web linux/amd64->arm64 2/3] …`
_STEP = re.compile(r"\[(?P<inside>[^\]]*?) ?\d{1,6}/\d{1,6}\] (?P<command>.*)", re.DOTALL)
_PLATFORM = re.compile(r"(?P<platform>[a-z0-9]+/[a-z0-9]+(?:/v[0-9]+)?)(?P<cross>->\S+)?")


class StepSeconds:
    """`platforms` are those of each target, by its name. Events in; seconds by target and platform out.

    Only steps that were run count, cached ones took none. Of an image for several platforms, a step counts for the
    platform that BuildKit names with it.
    """

    def __init__(self, platforms: Mapping[str, Sequence[Platform]]) -> None:
        self._platforms = {name: [str(one) for one in mine] for name, mine in platforms.items()}
        self._seconds: dict[tuple[str, str], float] = {}

    def take(self, event: BuildEvent) -> None:
        match = _STEP.fullmatch(event.name)
        if (
            event.step is not Step.DONE
            or event.seconds is None
            or match is None
            or match["command"].startswith("FROM ")
        ):
            return
        target, words = self._target(match["inside"].split())
        platform = self._platform(target, words)
        if platform is not None:
            self._seconds[target, platform] = self._seconds.get((target, platform), 0.0) + event.seconds

    @property
    def taken(self) -> Mapping[tuple[str, str], float]:
        """Seconds by target and platform, of those that had a step to run."""
        return dict(self._seconds)

    def _target(self, words: list[str]) -> tuple[str, list[str]]:
        if words and words[0] in self._platforms:
            return words[0], words[1:]
        return next(iter(self._platforms)) if len(self._platforms) == 1 else "", words

    def _platform(self, target: str, words: list[str]) -> str | None:
        mine = self._platforms.get(target, [])
        named = _PLATFORM.fullmatch(words[0]) if words else None
        if named is not None:
            return named["platform"] if named["platform"] in mine and not named["cross"] else None
        return mine[0] if len(mine) == 1 else None
