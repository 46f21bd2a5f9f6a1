"""Where `status` and `push --wait` meet the adapters."""

from __future__ import annotations

from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING

from buildtool.adapters.cluster import open_cluster
from buildtool.adapters.health import HealthUrls
from buildtool.cli.clone_log import CloneLog
from buildtool.cli.status_report import StatusReport
from buildtool.core.status.station import Unseen
from buildtool.usecases.images import chosen_images
from buildtool.usecases.push.live import LiveTags
from buildtool.usecases.status.follow import watch as look_again
from buildtool.usecases.status.look import Look
from buildtool.usecases.status.questions import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from buildtool.cli.wiring import Wiring


@contextmanager
def looking(wiring: Wiring, kubeconfig: Path | None) -> Iterator[Look]:
    """Everything that tells where images are. Nothing is asked yet."""
    named = wiring.directory / kubeconfig if kubeconfig is not None else None
    cluster = open_cluster(wiring.environment, named)
    live = LiveTags(wiring.registry, wiring.config, wiring.manifests)
    with nullcontext() if isinstance(cluster, Unseen) else closing(cluster):
        sources = Sources(CloneLog(wiring.repo), cluster, HealthUrls())
        yield Look(wiring.config, wiring.manifests, live, wiring.registry, sources)


def run_status(wiring: Wiring, names: Sequence[str], kubeconfig: Path | None, *, watch: bool, as_json: bool) -> None:
    """Look once, or until all images have arrived; the last look goes to stdout."""
    images = chosen_images(wiring.config, names)
    report = StatusReport(wiring.output, wiring.clock, as_json=as_json)
    with looking(wiring, kubeconfig) as look:
        if not watch:
            report.result(look.at(images, {}))
            return
        journeys = look_again(lambda: look.at(images, {}), report, wiring.clock)
    if not as_json:
        report.result(journeys)
