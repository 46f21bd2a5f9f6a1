"""What a person sees of images on their way, and the JSON document."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Any

from buildtool.cli.output import Styled
from buildtool.core.status.station import Reached
from buildtool.core.text.units import age

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.cli.output import Output
    from buildtool.core.status.journey import Journey
    from buildtool.core.status.station import Station
    from buildtool.usecases.ports import Clock

SCHEMA = "buildtool.status/v1"
_COLORS = {Reached.YES: "green", Reached.NO: "red", Reached.UNKNOWN: "yellow"}
_NARROWEST, _WIDEST, _ONE_LINE = 50, 140, 100
_INDENT = "    "
_MESSAGES = ("sentence", "evidence", "cause", "fix")  # the fields of the document that are for people
_COLUMNS = 40  # name, state and age


class StatusReport:
    """Text for any width from 60 columns on; `as_json` prints documents instead."""

    def __init__(self, output: Output, clock: Clock, *, as_json: bool) -> None:
        self._output = output
        self._clock = clock
        self._as_json = as_json

    def journeys(self, journeys: Sequence[Journey]) -> None:
        """One of several looks."""
        if self._as_json:
            self._output.document(document(journeys, self._clock.now()), indent=None, messages=_MESSAGES)
        else:
            self._output.live([line(one) for one in journeys])

    def result(self, journeys: Sequence[Journey]) -> None:
        """The only look, or the last one."""
        if self._as_json:
            self._output.document(document(journeys, self._clock.now()), messages=_MESSAGES)
            return
        width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))
        now = self._clock.now()
        for number, one in enumerate(journeys):
            if number:
                self._output.data("")
            self._image(one, width, now)

    def _image(self, one: Journey, width: int, now: int) -> None:
        self._output.data(Styled(f"{one.image}  {one.tag or '(nothing published)'}", bold=True))
        for station in one.stations:
            self._station(station, width, now)
        for text in _wrapped(f"{one.image}: {one.sentence}", width, "  => ", "     "):
            self._output.data(text)
        more = [("fix", one.fix), ("newer", one.overtaken), *(("mark", mark) for mark in one.marks)]
        for name, text in more:
            for shown in _wrapped(text, width, f"     {name}: ", "          "):
                self._output.data(shown)

    def _station(self, station: Station, width: int, now: int) -> None:
        since = "" if station.time is None else f"{age(now - station.time)} ago"
        state = Styled(f"{station.state.value:<11}", _COLORS[station.state])
        head: list[str | Styled] = [f"  {station.name.value:<9}  ", state, f"  {since}" if since else ""]
        lines = _wrapped(station.evidence, width, _INDENT, _INDENT)
        if width >= _ONE_LINE:
            lines = _wrapped(station.evidence, width, " " * _COLUMNS, " " * _COLUMNS)
            head[-1] = f"  {since:<12}  {lines.pop(0).strip() if lines else ''}"
        self._output.data(head)
        for text in lines:
            self._output.data(text)


def line(one: Journey) -> str:
    """Where an image stands, on one line."""
    last = one.last.name.value if one.last is not None else "nothing yet"
    word = f"overtaken by {one.overtaken}" if one.overtaken else one.sentence
    return f"  {one.image:<9} {last:<9}  {' '.join(word.split())}"


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def document(journeys: Sequence[Journey], now: int) -> dict[str, Any]:
    """The JSON of `status --json`; times are unix seconds."""
    return {
        "schema": SCHEMA,
        "time": now,
        "live": all(one.live for one in journeys),
        "images": [_image_document(one) for one in journeys],
    }


def _image_document(one: Journey) -> dict[str, Any]:
    return {
        "image": one.image,
        "tag": one.tag,
        "live": one.live,
        "arrived": one.arrived,
        "station": one.last.name.value if one.last is not None else None,
        "sentence": one.sentence,
        "fix": one.fix,
        "newer": one.overtaken or None,
        "rolled_back": one.rolled_back or None,
        "marks": list(one.marks),
        "stations": [
            {
                "name": station.name.value,
                "state": station.state.value,
                "looked": station.looked,
                "time": station.time,
                "evidence": station.evidence,
                "cause": station.cause,
                "fix": station.fix,
            }
            for station in one.stations
        ],
    }
