"""The image references that Flux accepts."""

from __future__ import annotations

import pytest

from buildtool.core.flux.setters.image_reference import check
from buildtool.core.flux.setters.unreadable_yaml import RunFailure

DIGEST = "sha256:" + "a" * 64


def refusal(reference: str) -> str:
    """What Flux says of it; "" where it accepts it."""
    try:
        check(reference)
    except RunFailure as failure:
        return str(failure)
    return ""


@pytest.mark.parametrize(
    "reference",
    ["nginx:1.25", "r.io/ab:v1", "localhost:5000/app:v1", "192.168.0.40:5000/frontend:main-abc1234-1", "a/b:c", "12:30",
     f"r.io/ab:v1@{DIGEST}", "http://reg.io/app:v1", "[::1]:5000/ab:v1", "r.io/" + "a" * 255 + ":v", "ab:" + "t" * 128],
)  # fmt: skip
def test_accepted(reference: str) -> None:
    assert refusal(reference) == ""


@pytest.mark.parametrize(
    "reference",
    ["r.io/s:v1", "s:v1", "Reg.io/App:v1", "r.io/app:", "r.io/app:bad tag", "r.io/app:1:2", "ab:" + "t" * 129,
     "r.io/" + "a" * 256 + ":v", "r.io/ab:v1@sha256:short", "r.io/ab:v1@sha512:" + "a" * 128, f"a@b:v1@{DIGEST}"],
)  # fmt: skip
def test_refused(reference: str) -> None:
    assert refusal(reference).startswith(f'encountered invalid image ref "{reference}": ')
