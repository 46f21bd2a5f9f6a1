"""The page at `/`: where each image stands, and the last decisions with their reasons. Plain HTML, no script."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from buildtool.core.handler.records import Result
from buildtool.core.status.station import Reached
from buildtool.core.text.printable import one_line
from buildtool.core.text.units import age

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from buildtool.core.status.journey import Journey
    from buildtool.core.status.station import Station
    from buildtool.usecases.handler.journal import Row, Sighting

# Nothing is loaded and nothing runs, whatever stands in a commit message or an error.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_LONGEST = 600  # characters of one text
_SHORT = 12
_STATES = {Reached.YES: "yes", Reached.NO: "no", Reached.UNKNOWN: "unknown"}
_MARKS = {Reached.YES: "\N{CHECK MARK}", Reached.NO: "\N{MULTIPLICATION X}", Reached.UNKNOWN: "?"}
_RESULTS = {Result.ROLLED_BACK: "back", Result.DRY_RUN: "back", Result.REFUSED: "unknown", Result.FAILED: "no"}
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --yes: #1a7f37; --no: #cf222e; --back: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --yes: #3fb950; --no: #ff7b72; --back: #d29922 } }
* { box-sizing: border-box }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem }
h3 { font-size: 1rem; margin: 0 }
p { margin: .25rem 0 } .dim { opacity: .75; font-size: .875rem }
code { font: .875em ui-monospace, monospace }
article { border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0; padding: .75rem }
ol.stations { list-style: none; margin: .5rem 0 0; padding: 0 }
ol.stations li { border-top: 1px solid var(--soft); display: grid; grid-template-columns: 1.5rem 6.5rem 1fr;
  padding: .3rem 0 }
.yes { color: var(--yes) } .no { color: var(--no) } .back { color: var(--back) } .unknown { opacity: .75 }
.badge { border: 1px solid currentColor; border-radius: 1rem; font-size: .8125rem; padding: 0 .5rem;
  white-space: nowrap }
.row { align-items: baseline; display: flex; flex-wrap: wrap; gap: .25rem .6rem }
@media (max-width: 30rem) { ol.stations li { grid-template-columns: 1.5rem 1fr } ol.stations .seen { grid-column: 2 } }
"""


class HandlerPage:
    """`clean` takes secrets out of a text."""

    def __init__(self, clean: Callable[[str], str], *, dry_run: bool) -> None:
        self.clean = clean
        self._dry_run = dry_run

    def html(self, sighting: Sighting | None, rows: Sequence[Row], now: int) -> str:
        """A whole document; `now` is unix seconds."""
        dry = ' <span class="badge back">dry run: nothing is written</span>' if self._dry_run else ""
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta http-equiv="refresh" content="60"><title>Rollback handler</title>'
            f"<style>{_STYLE}</style></head><body>"
            f'<header class="row"><h1>Rollback handler</h1>{dry}</header>'
            f"<main>{self._images(sighting, now)}{self._decisions(rows, now)}</main></body></html>\n"
        )

    def _images(self, sighting: Sighting | None, now: int) -> str:
        head = "<section><h2>What stands where</h2>"
        if sighting is None:
            return head + "<p>Nobody has looked yet: this page comes again in a minute.</p></section>"
        seen = f"seen {age(now - sighting.time)} ago"
        if sighting.problem:
            return f'{head}<p class="no">{self._text(sighting.problem)}</p><p class="dim">{seen}</p></section>'
        commit = f"<code>{self._text(sighting.head[:_SHORT])}</code> on {self._text(sighting.branch)}"
        articles = "".join(self._image(one, now) for one in sighting.journeys)
        return f'{head}<p class="dim">{commit}, {seen}</p>{articles}</section>'

    def _image(self, one: Journey, now: int) -> str:
        marks = "".join(f"<p class=dim>mark <code>{self._text(mark)}</code></p>" for mark in one.marks)
        stations = "".join(self._station(station, now) for station in one.stations)
        state = "yes" if one.live else "no" if one.stuck is not None else "unknown"
        fix = f'<p class="dim">what to do: {self._text(one.fix)}</p>' if one.fix else ""
        return (
            f"<article><h3>{self._text(one.image)}</h3><p><code>{self._text(one.tag or 'no tag')}</code></p>"
            f'<p class="{state}">{self._text(one.sentence)}</p>{fix}'
            f'<ol class="stations">{stations}</ol>{marks}</article>'
        )

    def _station(self, one: Station, now: int) -> str:
        since = f' <span class="dim">{age(now - one.time)} ago</span>' if one.time is not None else ""
        return (
            f'<li><span class="{_STATES[one.state]}" title="{one.state.value}">{_MARKS[one.state]}</span>'
            f'<span>{one.name.value}</span><span class="seen">{self._text(one.evidence)}{since}</span></li>'
        )

    def _decisions(self, rows: Sequence[Row], now: int) -> str:
        head = "<section><h2>Last decisions</h2>"
        if not rows:
            return f"{head}<p>No alert has come since this service was started.</p></section>"
        return f"{head}{''.join(self._row(row, now) for row in rows)}</section>"

    def _row(self, row: Row, now: int) -> str:
        one = row.decision
        refusal = f" {one.refusal.value}" if one.refusal is not None else ""
        times = f", {row.count} times" if row.count > 1 else ""
        what = " ".join(filter(None, (one.image, one.subject, one.commit[:_SHORT])))
        moment = datetime.fromtimestamp(one.time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        tag = f"<p>published <code>{self._text(one.tag)}</code></p>" if one.result is Result.ROLLED_BACK else ""
        return (
            f'<article><p class="row"><span class="badge {_RESULTS[one.result]}">{one.result.value}{refusal}</span>'
            f"<span>{self._text(what)}</span></p><p>{self._text(one.reason)}</p>{tag}"
            f'<p class="dim">{moment}, {age(now - one.time)} ago{times}</p></article>'
        )

    def _text(self, text: str) -> str:
        return escape(one_line(self.clean(text))[:_LONGEST])
