"""A health URL: one JSON answer, of which one key tells what runs. No credentials, no redirects, no proxy."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from buildtool.core.status.observed import Health
from buildtool.core.text.printable import one_line
from buildtool.errors import HEALTH_UNKNOWN, BuildtoolError

if TYPE_CHECKING:
    import httpx

_SECONDS = 5.0  # for each step of the exchange
_TOTAL = 10.0
_LARGEST = 64 * 1024
_OK = 200
_LONGEST = 200


class HealthUrls:
    """Asks the URLs of `images.NAME.running`."""

    def ask(self, url: str, key: str) -> Health:
        """What runs there. An answer that is no 200 is told as `wrong`.

        Raises health-unknown where nothing answers within ten seconds, or where the key is not in the answer.
        """
        import httpx  # noqa: PLC0415 -- 60 ms, only where a URL is configured

        try:
            with (
                httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client,
                client.stream("GET", url, headers={"Accept": "application/json"}) as answer,
            ):
                if answer.status_code != _OK:
                    return Health(url, "", f"it answers {answer.status_code} {one_line(answer.reason_phrase)}".strip())
                body = _read(answer, url)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            words = one_line(str(error))[:_LONGEST] or type(error).__name__
            raise BuildtoolError(HEALTH_UNKNOWN, f"{url} does not answer: {words}", place=url) from error
        return Health(url, _revision(body, key, url))


def _read(answer: httpx.Response, url: str) -> bytes:
    """The body within its limits: a server may send a byte now and then, for ever."""
    until, body = time.monotonic() + _TOTAL, bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > _LARGEST:
            raise BuildtoolError(HEALTH_UNKNOWN, f"{url}: the answer is larger than {_LARGEST} bytes", place=url)
        if time.monotonic() > until:
            raise BuildtoolError(HEALTH_UNKNOWN, f"{url}: the answer takes more than {_TOTAL:.0f} s", place=url)
    return bytes(body)


def _revision(body: bytes, key: str, url: str) -> str:
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BuildtoolError(HEALTH_UNKNOWN, f"{url}: the answer is no JSON", place=url) from error
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise BuildtoolError(HEALTH_UNKNOWN, f"{url}: the answer holds no text at {key!r}", place=url)
    return value
