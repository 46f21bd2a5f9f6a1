"""`/metrics`: what the service has decided, in Prometheus' text format (exposition format 0.0.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "buildtool_rollback_handler"


def metrics_text(
    counts: Mapping[tuple[str, str], int], rollbacks: Mapping[str, int], *, waiting: int, ready: bool
) -> str:
    """`counts` are decisions by result and refusal, `rollbacks` those carried out, or shown by --dry-run, by image.

    Every decision that there can be has a line, so that a first one is seen as an increase.
    """
    known = {(result.value, ""): 0 for result in Result if result is not Result.REFUSED}
    known |= {(Result.REFUSED.value, refusal.value): 0 for refusal in Refusal}
    decisions = [
        ({"decision": result, "refusal": refusal}, count) for (result, refusal), count in {**known, **counts}.items()
    ]
    images = [({"image": image}, count) for image, count in sorted(rollbacks.items())]
    return "".join(
        [
            _family("decisions_total", "counter", "Decisions about alerts.", decisions),
            _family("rollbacks_total", "counter", "Rollbacks of an image.", images),
            _family("waiting_alerts", "gauge", "Alerts that wait to be handled.", [({}, waiting)]),
            _family("ready", "gauge", "Whether the deploy branch could be read.", [({}, int(ready))]),
        ]
    )


def _family(name: str, kind: str, words: str, samples: list[tuple[dict[str, str], int]]) -> str:
    full = f"{_PREFIX}_{name}"
    lines = [f"# HELP {full} {words}", f"# TYPE {full} {kind}"]
    lines += [f"{full}{_labels(labels)} {value}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
