"""The body of a request as an Alert, and which alerts say that a deployed thing is not healthy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.handler.alerts import AlertError, parse_alert
from tests.support.alerted_site import RECORDED

COMMIT = "8e9d0e1a9f0c2c34d3f47bfe6ba160b4f9ce2c40"
EVENT: dict[str, Any] = {
    "involvedObject": {
        "kind": "Kustomization",
        "namespace": "flux-system",
        "name": "frontend",
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
    },
    "severity": "error",
    "timestamp": "2026-11-25T00:08:02Z",
    "message": "health check failed after 6m0.015s: timeout waiting for: [Deployment/website/frontend status: "
    "'InProgress', Service/website/frontend status: 'InProgress', Job/website/deploy status: 'Failed']",
    "reason": "HealthCheckFailed",
    "metadata": {"cluster": "pi-cluster", "revision": f"master@sha1:{COMMIT}"},
    "reportingController": "kustomize-controller",
}


def body(**changes: Any) -> bytes:
    return json.dumps(EVENT | changes).encode()


def test_what_an_event_holds() -> None:
    alert = parse_alert(body())
    assert (alert.subject, alert.branch, alert.commit) == ("flux-system:frontend", "master", COMMIT)
    assert alert.time == 1795565282
    assert alert.workloads == ("Deployment/website/frontend", "Job/website/deploy")
    assert alert.harmless == ""
    assert not alert.recovered


def test_recorded_events_are_failures() -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recorded alerts do not lie beside the project")
    alerts = [parse_alert(file.read_bytes()) for file in sorted(RECORDED.glob("alert-*.body"))]
    assert [alert.harmless for alert in alerts] == [""] * 5
    assert {alert.workloads for alert in alerts} == {("Deployment/website/frontend",), ("Job/website/deploy-backend",)}
    assert len({alert.key for alert in alerts}) == 2  # each retry has another message, and is about the same


@pytest.mark.parametrize(
    ("revision", "branch", "commit"),
    [
        (f"release/1.2@sha1:{COMMIT}", "release/1.2", COMMIT),
        (f"sha1:{COMMIT}", "", COMMIT),
        (f"master/{COMMIT}", "master", COMMIT),
        (f"a@b@sha256:{COMMIT}{'0' * 24}", "a@b", f"{COMMIT}{'0' * 24}"),
        ("latest@sha256:abc", "", ""),
        ("", "", ""),
        (f"master@sha1:{COMMIT}\n", "", ""),
    ],
)
def test_revisions(revision: str, branch: str, commit: str) -> None:
    alert = parse_alert(body(metadata={"revision": revision}))
    assert (alert.branch, alert.commit) == (branch, commit)


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "BuildFailed"},
        {"reason": "DependencyNotReady"},
        {"reason": "ArtifactFailed"},
        {"reason": "ReconciliationFailed"},
        {"reason": "HealthCheckCanceled"},
        {"reason": "Progressing", "severity": "info"},
        {"severity": "info"},
        {"severity": "trace"},
        {"involvedObject": EVENT["involvedObject"] | {"kind": "HelmRelease"}},
        {"involvedObject": EVENT["involvedObject"] | {"apiVersion": "example.com/v1"}},
        {"involvedObject": {}},
        {"message": "health check failed after 1s: context canceled"},
        {"message": "timeout waiting for: [SealedSecret/website/key status: 'InProgress']"},
        {"message": "timeout waiting for: [Deployment/website/frontend status: 'NotFound']"},
        {"message": ""},
    ],
)
def test_what_is_no_failure_of_a_deployed_thing(changes: dict[str, Any]) -> None:
    assert parse_alert(body(**changes)).harmless != ""


def test_recovery() -> None:
    assert parse_alert(body(severity="info", reason="ReconciliationSucceeded")).recovered
    assert not parse_alert(body(severity="info", reason="Progressing")).recovered


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 65_000,
        body(message=3),
        body(involvedObject="x"),
        body(metadata=["revision"]),
        body(timestamp="yesterday"),
        body(timestamp="2026-11-25T00:08:02"),
        body(timestamp=""),
    ],
)
def test_what_is_no_event(raw: bytes) -> None:
    with pytest.raises(AlertError, match=r"\w"):
        parse_alert(raw)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists)


@given(st.dictionaries(st.sampled_from(sorted(EVENT)), JSON | st.dictionaries(st.text(max_size=9), JSON)))
def test_any_other_form_is_refused_or_understood(changes: dict[str, Any]) -> None:
    try:
        alert = parse_alert(body(**changes))
    except AlertError:
        return
    assert alert.harmless == "" or alert.harmless.isprintable()
