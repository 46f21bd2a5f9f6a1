"""Where the time of a push went."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.core.build.board import ImageProgress

_SHOWN = 0.05  # seconds; less would be 0.0
_NAMES = {"Build and push": "build and push", "Prove": "proof"}


class PhaseTimes:
    """Phases one after the other, each named by its heading; times are seconds of any clock."""

    def __init__(self) -> None:
        self._began: list[tuple[str, float]] = []

    def begin(self, heading: str, now: float) -> None:
        name = next((short for words, short in _NAMES.items() if heading.startswith(words)), heading.lower())
        self._began.append((name, now))

    def lines(self, images: Iterable[ImageProgress], now: float) -> list[str]:
        """`preflight 0.2 s, plan 0.1 s, …`, then one line for each image that was built; nothing before any phase."""
        if not self._began:
            return []
        phases = [f"{name} {seconds:.1f} s" for name, seconds in _durations(self._began, now) if seconds >= _SHOWN]
        total = now - self._began[0][1]
        built = [image for image in images if image.began is not None]
        width = max((len(image.name) for image in built), default=0)
        return [
            f"{total:.1f} s{': ' * bool(phases)}{', '.join(phases)}",
            *(f"{one.name:<{width}}  {one.seconds(now):.1f} s, {one.summary()}" for one in built),
        ]


def _durations(began: Sequence[tuple[str, float]], now: float) -> Iterable[tuple[str, float]]:
    """A phase that came twice, as in a second round, counts as one."""
    sums: dict[str, float] = {}
    ends = [when for _, when in began[1:]] + [now]
    for (name, when), end in zip(began, ends, strict=True):
        sums[name] = sums.get(name, 0.0) + end - when
    return sums.items()
