"""The body of a request -> an Alert, and whether it says that a deployed thing is not healthy.

The form is that of Flux's events (pkg/apis/event/v1beta1) as notification-controller forwards them: the keys of
`metadata` have lost their group prefix.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAX_BYTES = 64 << 10
_KUSTOMIZATION = "kustomize.toolkit.fluxcd.io"
_UNHEALTHY = "HealthCheckFailed"
_RECOVERED = frozenset({"ReconciliationSucceeded", "HealthCheckSucceeded", "Succeeded"})
# What runs an image. A secret or a volume that does not get ready says nothing about one.
_WORKLOADS = frozenset(
    {"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "Rollout", "StatefulSet"},
)
_OBJECT = re.compile(
    r"\b(?P<kind>[A-Z][A-Za-z]{0,62})/(?P<object>[a-z0-9./-]{1,320}) status: '(?P<status>[A-Za-z]{1,32})'"
)
_BAD = frozenset({"Failed", "InProgress"})
# `master@sha1:<commit>`; `master/<commit>` before Flux 2.0
_REVISION = re.compile(r"(?:(?P<branch>.{1,250})[@/])?(?:sha1:|sha256:)?(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})")
_LONGEST = 300  # characters of a message that are kept to be shown


class AlertError(ValueError):
    """The body is not an event of Flux; the text says why."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One event about one object.

    `subject` is `namespace:name` of the involved object, `commit` the full commit that it names ("" for none) and
    `branch` its branch ("" where it names none); `time` is unix seconds, `workloads` what the message says is not
    healthy, as `Kind/namespace/name`.
    """

    kind: str
    subject: str
    severity: str
    reason: str
    message: str
    branch: str
    commit: str
    time: int
    workloads: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Two alerts of one key are about the same failure: the message of a retry differs by its duration."""
        return self.subject, self.commit

    @property
    def recovered(self) -> bool:
        """Whether it says that a Kustomization is healthy."""
        return self.kind == "Kustomization" and self.severity == "info" and self.reason in _RECOVERED

    @property
    def harmless(self) -> str:
        """Why it is no failure of a deployed thing; "" where it is one."""
        if self.kind != "Kustomization":
            return f"it is about a {self.kind or 'nameless object'}, not about a Kustomization"
        if self.severity != "error":
            return f"its severity is {self.severity or 'missing'}, not error"
        if self.reason != _UNHEALTHY:
            return f"its reason is {self.reason or 'missing'}: the deployed thing may be healthy"
        if not self.workloads:
            return "its message names nothing that runs an image"
        return ""


def parse_alert(body: bytes) -> Alert:
    """Raises AlertError for anything but a JSON object of the form of an event."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AlertError("the body is no JSON") from error
    if not isinstance(event, dict):
        raise AlertError("the body is no JSON object")
    involved, metadata = _map(event, "involvedObject"), _map(event, "metadata")
    message = _text(event, "message")
    revision = _REVISION.fullmatch(_text(metadata, "revision"))
    group = _text(involved, "apiVersion").partition("/")[0]
    kind = _text(involved, "kind")
    return Alert(
        kind=kind if group == _KUSTOMIZATION or kind != "Kustomization" else f"Kustomization of {group}",
        subject=f"{_text(involved, 'namespace')}:{_text(involved, 'name')}",
        severity=_text(event, "severity"),
        reason=_text(event, "reason"),
        message=message[:_LONGEST],
        branch=(revision["branch"] or "") if revision else "",
        commit=revision["commit"] if revision else "",
        time=_time(_text(event, "timestamp")),
        workloads=_workloads(message),
    )


def _workloads(message: str) -> tuple[str, ...]:
    """What kustomize-controller lists between brackets: `[Deployment/website/frontend status: 'InProgress']`."""
    found = (
        f"{match['kind']}/{match['object']}"
        for match in _OBJECT.finditer(message)
        if match["kind"] in _WORKLOADS and match["status"] in _BAD
    )
    return tuple(dict.fromkeys(found))


def _map(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key) or {}
    if not isinstance(found, dict):
        raise AlertError(f"{key} is no JSON object")
    return found


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key) or ""
    if not isinstance(found, str):
        raise AlertError(f"{key} is no text")
    return found


def _time(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise AlertError("timestamp names no time zone")
        return int(time.timestamp())
    except (ValueError, OverflowError) as error:
        raise AlertError("timestamp is no time of the form 2026-11-25T00:08:02Z") from error
