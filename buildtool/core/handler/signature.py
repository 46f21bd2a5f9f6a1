"""Whether a request was signed with the key of the Provider (`generic-hmac`)."""

from __future__ import annotations

import hashlib
import hmac
import re

_SHA256 = re.compile(rb"sha256=([0-9a-f]{64})")


def is_signed(body: bytes, header: str | None, key: bytes) -> bool:
    """Whether `X-Signature` is `sha256=` and the HMAC of the raw body; compared in constant time.

    An empty key signs nothing. notification-controller's internal/notifier/forwarder.go writes this form.
    """
    match = _SHA256.fullmatch((header or "").encode("latin-1", "replace"))
    if match is None or not key:
        return False
    expected = hmac.new(key, body, hashlib.sha256).hexdigest().encode()
    return hmac.compare_digest(match[1], expected)
