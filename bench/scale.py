"""How far one push carries over several buildkitd: 1 to 20 images on 1, 2 and 4 processes.

Each process stands for a machine that runs one step at a time, and each image has a step of a second. What is measured
is how BuildKit and buildx spread the work, not how fast this machine is. A second table says what emulation costs here.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import subprocess  # noqa: TID251 -- a bench starts processes
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.process import measure, python
from bench.registry import missing, running
from bench.shop import Shop
from bench.table import Table
from realparts import bases, gotools

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_RUNS = int(os.environ.get("BENCH_RUNS", "1"))
_PUSH = python("-m", "buildtool", "push", "--progress", "quiet")
PLATFORMS = ("linux/amd64", "linux/arm64", "linux/amd64/v2", "linux/amd64/v3")
PROCESSES = (1, 2, 4)
IMAGES = (1, 2, 4, 8, 20)
_STEP_SECONDS = 1
_START_SECONDS = 60.0
_WORK = "i=0; while [ $i -lt $ROUNDS ]; do i=$((i+1)); done"
_UNIT = 10_000
# Emulation is so much slower that the same work would take minutes.
_ROUNDS = {"arm64": 2 * _UNIT, "amd64": 40 * _UNIT}


def run() -> Table:
    """One row for each number of images; the last row is the work of one step, native and emulated."""
    why = missing() or (None if _program().is_file() else "no buildkitd (make extras)") or _not_root()
    if why:
        return Table("scale", ("",), [], [f"not measured: {why}"])
    with running() as address, tempfile.TemporaryDirectory(prefix="bench-scale-") as folder:
        contexts = bases.contexts(address) if bases.made() else {}
        mine = {image: source for image, source in contexts.items() if image == bases.BUSYBOX.image}
        found = {processes: _pushes(Path(folder) / str(processes), processes, address, mine) for processes in PROCESSES}
        emulated, native = (
            _work(Path(folder) / name, platform, mine) for name, platform in (("e", "arm64"), ("n", "amd64"))
        )
    rows = [(f"{images} images", *(f"{found[one][images]:.1f} s" for one in PROCESSES)) for images in IMAGES]
    rows = [(*row, f"{found[1][images] / found[4][images]:.1f}") for row, images in zip(rows, IMAGES, strict=True)]
    notes = (
        f"whole pushes, median of {_RUNS}; {os.cpu_count()} cores for all",
        f"each process runs one step at a time; each image has a step of {_STEP_SECONDS} s",
        f"{_UNIT} rounds of a shell's loop: {native * 1000:.0f} ms native (amd64), {emulated * 1000:.0f} ms emulated",
    )
    head = ("", *(f"{one} process{'es' * (one > 1)}" for one in PROCESSES), "1 / 4")
    return Table("scale: one push over several buildkitd", head, rows, notes)


def spread(processes: int) -> list[list[str]]:
    """The platforms of each process: all of them are there, whatever their number."""
    return [list(PLATFORMS[number::processes]) for number in range(processes)]


def configured(text: str, names: Sequence[str], addresses: Sequence[str]) -> str:
    """A buildtool.toml with images of all platforms in turn, and a builder of these nodes."""
    for number, name in enumerate(names):
        platform = PLATFORMS[number % len(PLATFORMS)]
        head = re.escape(f"[images.{name}]\n")
        text = re.sub(rf"({head}(?:.*\n)*?platforms = )\[.*\]", rf'\1["{platform}"]', text, count=1)
    nodes = [
        f'[[builder.nodes]]\nendpoint = "{address}"\nplatforms = {mine!r}\n'.replace("'", '"')
        for address, mine in zip(addresses, spread(len(addresses)), strict=True)
    ]
    return "\n".join([text, '[builder]\ndriver = "remote"', *nodes])


def _pushes(folder: Path, processes: int, registry: str, contexts: Mapping[str, str]) -> dict[int, float]:
    """Seconds of a push, by the number of images."""
    found: dict[int, float] = {}
    with _daemons(folder, processes) as addresses:
        environment = _environment(folder)
        for images in (len(PLATFORMS), *IMAGES):  # the first push pulls the base images: it is measured again
            shop = Shop(
                folder / f"shop-{len(found)}-{images}", registry, contexts, images=images, seconds=_STEP_SECONDS
            )
            file = shop.folder / "buildtool.toml"
            file.write_text(configured(file.read_text(), shop.names, addresses))
            times = []
            for _ in range(_RUNS):
                shop.change()
                times.append(measure(_PUSH, shop.folder, environment).wall)
            found[images] = statistics.median(times)
    return found


def _work(folder: Path, architecture: str, contexts: Mapping[str, str]) -> float:
    """Seconds of 10,000 rounds of a loop of the shell, on a platform; what starting takes is not in it."""
    with _daemons(folder, 1) as (address,):
        (folder / "Dockerfile").write_text(f"FROM busybox:1.37\nARG ROUNDS\nRUN {_WORK}\n")
        environment = {**_environment(folder), "BUILDX_BUILDER": "work"}
        create = ["docker", "buildx", "create", "--name=work", "--driver=remote", address]
        subprocess.run(create, env=environment, check=True, capture_output=True)
        build = ["docker", "buildx", "build", f"--platform=linux/{architecture}", "--output=type=cacheonly"]
        build += [f"--build-context={image}={source}" for image, source in contexts.items()]
        rounds = (1, 0, _ROUNDS[architecture])  # the first build pulls the base image
        _, none, all_of_them = (
            measure([*build, f"--build-arg=ROUNDS={one}", str(folder)], folder, environment).wall for one in rounds
        )
    return (all_of_them - none) / _ROUNDS[architecture] * _UNIT


@contextlib.contextmanager
def _daemons(folder: Path, processes: int) -> Iterator[list[str]]:
    """The addresses of buildkitd processes, each for its platforms and one step at a time."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(_daemon(folder / str(number), platforms))
            for number, platforms in enumerate(spread(processes))
        ]


@contextlib.contextmanager
def _daemon(folder: Path, platforms: Sequence[str]) -> Iterator[str]:
    folder.mkdir(parents=True)
    socket = folder / "buildkitd.sock"
    argv = [str(_program()), "--addr", f"unix://{socket}", "--root", str(folder / "root"), "--oci-worker-net", "host"]
    argv += ["--oci-max-parallelism", "1"] + [f"--oci-worker-platform={one}" for one in platforms]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not socket.exists():
                if daemon.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "log").read_text(errors="replace")[-2000:])
                time.sleep(0.05)
            yield f"unix://{socket}"
        finally:
            daemon.terminate()
            daemon.wait(30)


def _environment(folder: Path) -> dict[str, str]:
    """The buildtool of this source tree, with a buildx and a cache of the bench's own."""
    source = str(Path(__file__).parent.parent)
    own = {"PYTHONPATH": source, "XDG_CACHE_HOME": f"{folder}/cache", "BUILDX_CONFIG": f"{folder}/buildx"}
    return {**os.environ, **own}


def _program() -> Path:
    return gotools.program("buildkitd")


def _not_root() -> str | None:
    return None if os.geteuid() == 0 else "buildkitd needs root"
