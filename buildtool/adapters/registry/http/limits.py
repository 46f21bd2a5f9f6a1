"""Limits on seconds and bytes, so that no answer of a registry can block a run or fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes.

    `connect` and `read` bound one silence; `exchange` one request with its whole answer, `download` one of a layer;
    `total` one operation with all its retries; `probe` the first question, so that a registry that is down is
    reported at once.
    """

    connect: float = 3.0
    read: float = 20.0
    exchange: float = 60.0
    download: float = 600.0
    total: float = 90.0
    probe: float = 8.0
    attempts: int = 6
    manifest_bytes: int = 4 * MEBIBYTE  # what distribution itself accepts
    blob_bytes: int = 8 * MEBIBYTE
    layer_bytes: int = 4096 * MEBIBYTE
    tags_bytes: int = 32 * MEBIBYTE
    small_bytes: int = MEBIBYTE  # errors, tokens, Harbor's API
