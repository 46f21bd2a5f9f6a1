"""One fault at each request of a whole push in turn: buildtool's own requests and the builder's alike.

A real builder pushes two tiny images through a proxy with real sockets to a real registry: the engine (docker driver,
under a candidate tag), and a buildkitd (remote driver, by digest). Whatever happens, the push ends well or says why; a
final tag is there only when the push says so; and the same command again ends well.

A push makes some 65 requests, so every fault at every one of them takes an hour. By default each request meets one
fault, each fault meets every eleventh request, and the command runs again where something is left to do. The whole
matrix runs with FAULT_MATRIX=full, one row of it with FAULT_MATRIX=full and `-k` and a fault's name.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.faultproxy import STALL_SECONDS, Fault, faulty
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran

FULL = os.environ.get("FAULT_MATRIX") == "full"
pytestmark = [pytest.mark.engine, pytest.mark.timeout(3600 if FULL else 300)]
FAULTS = list(Fault)
NEVER = 1 << 30
IMAGES = ("web", "api")
AT_ONCE = 6  # most of a run is waiting: for a registry that is to heal, and for the other programs
# Longer than buildtool's patience with one answer (20 s), and short of the minute that the whole matrix waits.
STALL = STALL_SECONDS if FULL else 22.0
# Success; the registry cannot be reached or understood; it refuses; its bytes are wrong. Never a failed build.
CODES = {0, 13, 14, 15}
_COUNTER = itertools.count()


@dataclass
class Bench:
    """Where pushes run: each in a repository and a project of the registry of its own."""

    folder: Path
    upstream: str
    engine: Mapping[str, str]

    def case(self, fault: Fault, at: int) -> list[str]:
        """What is wrong with one push with one fault, and with the push after it; empty when all is as promised."""
        project = f"case-{next(_COUNTER)}"
        with faulty(self.upstream, fault, at=at, stall=STALL) as proxy:
            shop = Shop(self.folder / project, f"{proxy.host}/{project}", {}, tiny=True)
            first = self._push(shop)
            wrong = [] if len(proxy.asked) >= at else ["the fault was not reached"]
            wrong += self._first(first, project)
            proxy.at = NEVER
            if FULL or first.code or not self._is_complete(first, project):
                wrong += self._again(self._push(shop), project)
        self._forget(shop)
        place = f"{fault.name} at {at} ({proxy.asked[at - 1] if len(proxy.asked) >= at else 'nothing'})"
        return [f"{place}: {one}\n{first}" for one in wrong]

    def requests(self) -> int:
        """How many requests a push without faults makes."""
        with faulty(self.upstream, Fault.INTERNAL, at=NEVER) as proxy:
            project = f"case-{next(_COUNTER)}"
            ran = self._push(Shop(self.folder / project, f"{proxy.host}/{project}", {}, tiny=True))
            assert ran.code == 0, ran
            return len(proxy.asked)

    def _forget(self, shop: Shop) -> None:
        """An engine keeps what it pushed, and some thousand images make it slow."""
        argv = ["docker", "image", "rm", "--force", *[f"{shop.registry}/{name}:unproven" for name in IMAGES]]
        subprocess.run(argv, env={**os.environ, **self.engine}, capture_output=True, check=False)

    def _push(self, shop: Shop) -> Ran:
        return buildtool("push", "--json", cwd=shop.folder, env=self.engine)

    def _tags(self, project: str) -> dict[str, set[str]]:
        return {name: registry_view.tags(self.upstream, f"{project}/{name}") for name in IMAGES}

    def _is_complete(self, ran: Ran, project: str) -> bool:
        """Nothing is left to do: both images have the tag, and no candidate stays."""
        return all(tags == {ran.document["tag"]} for tags in self._tags(project).values())

    def _first(self, ran: Ran, project: str) -> Iterator[str]:
        finals = {name: tags - {"unproven"} for name, tags in self._tags(project).items()}
        if ran.code not in CODES:
            yield f"exit code {ran.code}"
        if "Traceback" in ran.stderr:
            yield "a traceback"
        if ran.code == 0 and any(tags != {ran.document["tag"]} for tags in finals.values()):
            yield f"success, with the tags {finals}"
        if ran.code and not all(word in ran.stderr for word in ("error: ", "why: ", "fix: ")):
            yield "no reason"
        if ran.code and any(finals.values()):
            yield f"failure, with the tags {finals}"

    def _again(self, ran: Ran, project: str) -> Iterator[str]:
        if ran.code:
            yield f"the same again: {ran}"
            return
        for image in ran.document["images"]:
            tags = self._tags(project)[image["image"]]
            if tags != {image["tag"]} or image["flux"]["after"] != image["tag"]:
                yield f"the same again leaves {tags}: {ran}"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, upstream: str, builder: Mapping[str, str]) -> Bench:
    return Bench(tmp_path_factory.mktemp("faults"), upstream, builder)


@pytest.fixture(scope="module")
def count(bench: Bench) -> int:
    return bench.requests()


def sampled(fault: Fault, count: int) -> range:
    """The requests this fault meets; over all faults, each request is met once."""
    return range(1, count + 1) if FULL else range(1 + FAULTS.index(fault), count + 1, len(FAULTS))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_push_heals_or_explains_itself_and_publishes_nothing_unproven(bench: Bench, count: int, fault: Fault) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = [one for case in pool.map(lambda at: bench.case(fault, at), sampled(fault, count)) for one in case]
    assert not wrong, "\n\n".join(wrong)
