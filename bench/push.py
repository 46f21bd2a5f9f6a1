"""`buildtool push` beside the script it takes the place of, and beside plain `docker buildx bake`."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.process import in_turn, measure, python
from bench.registry import missing, running
from bench.shop import Shop
from bench.table import Table, megabytes
from realparts import bases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.process import Usage

_RUNS = int(os.environ.get("BENCH_RUNS", "7"))
_PUSH = python("-m", "buildtool", "push", "--progress", "quiet")
_BAKE = ["docker", "buildx", "bake", "--progress", "quiet", "--file", "docker-bake.json"]
_SCRIPT = ["sh", "build-and-push.sh"]
_HEAD = ("", "script", "bake", "push", "push / bake", "over bake", "own processor", "largest process")


class Case(NamedTuple):
    """`seconds` is how long one RUN step of each image takes; `changed`: every run builds something new."""

    title: str
    images: int
    seconds: float
    changed: bool = True


CASES = (
    Case("2 images, small", 2, 0),
    Case("2 images, a step of 1 s", 2, 1),
    Case("2 images, a step of 10 s", 2, 10),
    Case("2 images, nothing changed", 2, 0, changed=False),
    Case("1 image, small", 1, 0),
    Case("5 images, small", 5, 0),
    Case("20 images, small", 20, 0),
    Case("20 images, nothing changed", 20, 0, changed=False),
)


def run() -> Table:
    """One row for each case; `over bake` is the time that push adds."""
    why = missing()
    if why:
        return Table("push", ("",), [], [f"not measured: {why}"])
    with running() as address:
        made = bases.contexts(address) if bases.made() else {}
        contexts = {image: source for image, source in made.items() if image == bases.BUSYBOX.image}
        rows = [_row(case, partial(Shop, registry=address, contexts=contexts)) for case in CASES]
    notes = (
        f"medians of {_RUNS}, whole processes, in turn; one busy machine for all: the ratios say more than the times",
        "own processor: what push uses more than bake, docker's programs included",
    )
    return Table("push: beside the script and bake", _HEAD, rows, notes)


def _row(case: Case, make: Callable[..., Shop]) -> Sequence[str]:
    with tempfile.TemporaryDirectory() as folder:
        shop = make(Path(folder), images=case.images, seconds=case.seconds)
        environment = _environment(Path(folder))
        programs = {
            name: partial(_once, shop, argv, environment, changed=case.changed)
            for name, argv in (("script", _SCRIPT), ("bake", _BAKE), ("push", _PUSH))
        }
        used = in_turn(programs, _RUNS)
    script, bake, push = used["script"], used["bake"], used["push"]
    return (
        case.title,
        *(f"{one.wall:.2f} s" for one in (script, bake, push)),
        f"{push.wall / bake.wall:.2f}",
        f"{push.wall - bake.wall:+.2f} s",
        f"{push.processor - bake.processor:+.2f} s",
        megabytes(push.memory),
    )


def _once(shop: Shop, argv: Sequence[str], environment: dict[str, str], *, changed: bool) -> Usage:
    if changed:
        shop.change()
    return measure(argv, shop.folder, environment)


def _environment(folder: Path) -> dict[str, str]:
    """Ours, with this source tree's buildtool, and a layer cache of its own that stays warm from run to run."""
    source = str(Path(__file__).parent.parent)
    return {**os.environ, "PYTHONPATH": source, "XDG_CACHE_HOME": f"{folder}/.git/cache"}
