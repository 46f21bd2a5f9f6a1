"""The HTTP interface: alerts in by POST `/`; page, metrics and health out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route

from buildtool.cli.handler.metrics import CONTENT_TYPE, metrics_text
from buildtool.cli.handler.page import POLICY
from buildtool.core.handler.alerts import MAX_BYTES, AlertError, parse_alert
from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import Decision, Result
from buildtool.core.handler.signature import is_signed
from buildtool.errors import BuildtoolError
from buildtool.usecases.handler.intake import Admission

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from buildtool.cli.handler.page import HandlerPage
    from buildtool.core.handler.alerts import Alert
    from buildtool.usecases.handler.intake import Intake
    from buildtool.usecases.handler.journal import Journal
    from buildtool.usecases.ports import Clock

_BODY_SECONDS = 10.0
_LOOK_SECONDS = 8.0  # that a reader of the page waits for a new look
_FRESH = 5  # seconds for which a look counts as new
_OK, _ACCEPTED, _BAD, _UNAUTHORIZED, _TIMEOUT, _LARGE, _ERROR, _UNAVAILABLE = 200, 202, 400, 401, 408, 413, 500, 503
_ADMISSIONS = {
    Admission.DUPLICATE: (_ACCEPTED, Refusal.DUPLICATE, "the same failure waits already, or is being handled"),
    Admission.FULL: (_UNAVAILABLE, Refusal.BUSY, "too many alerts wait"),
    Admission.CLOSED: (_UNAVAILABLE, Refusal.BUSY, "the service ends"),
}


class HandlerState(NamedTuple):
    """What the interface works with. `key` reads the key of the signatures; `working` says whether the worker lives."""

    intake: Intake
    journal: Journal
    page: HandlerPage
    clock: Clock
    key: Callable[[], bytes]
    working: Callable[[], bool]


def make_app(state: HandlerState) -> Starlette:
    """An ASGI application; nothing of it blocks the event loop for longer than a line of the log."""
    interface = _Interface(state)
    return Starlette(
        routes=[
            Route("/", interface.receive, methods=["POST"]),
            Route("/", interface.show, methods=["GET"]),
            Route("/metrics", interface.metrics, methods=["GET"]),
            Route("/healthz", interface.healthy, methods=["GET"]),
            Route("/readyz", interface.ready, methods=["GET"]),
        ]
    )


class _Interface:
    def __init__(self, state: HandlerState) -> None:
        self._state = state

    async def receive(self, request: Request) -> Response:
        """Take an alert: 202 where it will be judged, 200 where it says nothing bad."""
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await _body(request)
        except TimeoutError:
            return self._refuse(_TIMEOUT, Refusal.MALFORMED, f"the body did not come within {_BODY_SECONDS:.0f} s")
        if body is None:
            return self._refuse(_LARGE, Refusal.OVERSIZE, f"the body has more than {MAX_BYTES} bytes")
        try:
            key = self._state.key()
        except BuildtoolError as error:
            self._state.journal.add(Decision(self._state.clock.now(), Result.FAILED, error.message))
            return JSONResponse({"error": "the key cannot be read"}, _ERROR)
        if not is_signed(body, request.headers.get("x-signature"), key):
            return self._refuse(_UNAUTHORIZED, Refusal.FORGED, "X-Signature is not the HMAC of the body with our key")
        try:
            alert = parse_alert(body)
        except AlertError as error:
            return self._refuse(_BAD, Refusal.MALFORMED, str(error))
        return self._judge(alert)

    def _judge(self, alert: Alert) -> Response:
        if alert.recovered:
            self._state.intake.note_recovery(alert)
        if alert.harmless:
            return self._refuse(_OK, Refusal.HARMLESS, alert.harmless, alert)
        admission = self._state.intake.submit(alert)
        if admission is Admission.QUEUED:
            return JSONResponse({"admission": admission.value}, _ACCEPTED)
        return self._refuse(*_ADMISSIONS[admission], alert)

    def _refuse(self, status: int, refusal: Refusal, reason: str, alert: Alert | None = None) -> Response:
        subject, commit = (alert.subject, alert.commit) if alert is not None else ("", "")
        self._state.journal.add(
            Decision(self._state.clock.now(), Result.REFUSED, reason, refusal, subject=subject, commit=commit)
        )
        headers = {"Retry-After": "30"} if status == _UNAVAILABLE else {}
        return JSONResponse({"refusal": refusal.value, "reason": reason}, status, headers)

    async def show(self, _request: Request) -> Response:
        """The page, with a look that is seconds old where one can be had in time."""
        journal, now = self._state.journal, self._state.clock.now()
        if journal.sighting is None or journal.sighting.time < now - _FRESH:
            self._state.intake.ask_for_look()
            await run_in_threadpool(journal.wait_for_sighting, now - _FRESH, _LOOK_SECONDS)
        html = self._state.page.html(journal.sighting, journal.rows, self._state.clock.now())
        headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return HTMLResponse(html, headers={**headers, "Referrer-Policy": "no-referrer"})

    async def metrics(self, _request: Request) -> Response:
        journal, waiting = self._state.journal, self._state.intake.waiting
        text = metrics_text(journal.counts, journal.rollbacks, waiting=waiting, ready=journal.ready)
        return PlainTextResponse(text, media_type=CONTENT_TYPE)

    async def healthy(self, _request: Request) -> Response:
        works = self._state.working()
        return PlainTextResponse("ok\n" if works else "the worker has ended\n", _OK if works else _ERROR)

    async def ready(self, _request: Request) -> Response:
        """Ready once the deploy branch and its configuration could be read; until then each question tries again."""
        if self._state.journal.ready:
            return PlainTextResponse("ready\n")
        self._state.intake.ask_for_look()
        sighting = self._state.journal.sighting
        problem = sighting.problem if sighting is not None else "the deploy branch is being read"
        return PlainTextResponse(self._state.page.clean(problem) + "\n", _UNAVAILABLE)


async def _body(request: Request) -> bytes | None:
    """The raw body; None as soon as it is known to be too large."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and len(announced) < 10 and int(announced) > MAX_BYTES:  # noqa: PLR2004 -- digits
        return None
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MAX_BYTES:
            return None
    return bytes(parts)
