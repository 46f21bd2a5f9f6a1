from __future__ import annotations

import pytest

from buildtool.core.build.activity import records_in_use


def record(description: str, *, reclaimable: bool) -> str:
    """As `docker buildx du --verbose` of 0.13 prints it."""
    said = f"Description:\t{description}\n" if description else ""
    return (
        "ID:\t\tlxtzdf403zjwava7loejd8xuh\nCreated at:\t2026-11-25 10:04:51.863454165 +0000 UTC\nMutable:\tfalse\n"
        f"Reclaimable:\t{str(reclaimable).lower()}\nShared:\t\tfalse\nSize:\t\t22.93MB\n{said}"
        "Usage count:\t1\nType:\t\tregular\n\n"
    )


END = "Reclaimable:\t8.192kB\nTotal:\t\t45.89MB\n"
BASE = "pulled from docker.io/library/busybox:1.37@sha256:e75b"
STEP = "mount / from exec /bin/sh -c make"


@pytest.mark.parametrize(
    ("records", "used"),
    [
        ([], 0),
        ([record(BASE, reclaimable=True), record(STEP, reclaimable=True)], 0),
        ([record(BASE, reclaimable=False), record("local source for dockerfile", reclaimable=False)], 1),
        ([record(BASE, reclaimable=False), record(STEP, reclaimable=False), record(STEP, reclaimable=True)], 1),
        ([record("", reclaimable=False)], 1),
    ],
)
def test_records_that_a_build_holds(records: list[str], used: int) -> None:
    assert records_in_use("".join([*records, END])) == used


def test_a_base_image_that_is_held_for_ever_is_no_build() -> None:
    assert records_in_use(record(BASE, reclaimable=False) + END) == 0


@pytest.mark.parametrize("text", ["", "ERROR: no builder", record(STEP, reclaimable=False)])
def test_what_is_no_such_text_says_nothing(text: str) -> None:
    assert records_in_use(text) is None
