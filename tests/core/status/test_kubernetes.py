"""Objects of an API server: what is read of them, and that no shape of them is too odd."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.status import kubernetes
from buildtool.core.status.kubernetes import Condition, Deployment
from tests.support import apiserver

SHA = "672add8a017ecc4e245df03626b318eda70171ef"
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def damaged(whole: Any, path: list[Any], value: Any) -> Any:
    """A copy of an object in which something else stands at a place."""
    if not path:
        return value
    if isinstance(whole, dict):
        return {**whole, path[0]: damaged(whole.get(path[0]), path[1:], value)}
    if isinstance(whole, list):
        return [damaged(one, path[1:], value) for one in whole] or [value]
    return value


PLACES = [
    ["metadata"],
    ["metadata", "name"],
    ["metadata", "labels"],
    ["metadata", "generation"],
    ["spec"],
    ["spec", "path"],
    ["spec", "suspend"],
    ["spec", "sourceRef"],
    ["spec", "replicas"],
    ["spec", "selector", "matchLabels"],
    ["spec", "template", "spec", "containers"],
    ["spec", "template", "spec", "containers", 0],
    ["spec", "containers"],
    ["status"],
    ["status", "conditions"],
    ["status", "conditions", 0],
    ["status", "conditions", 0, "lastTransitionTime"],
    ["status", "inventory"],
    ["status", "inventory", "entries", 0, "id"],
    ["status", "containerStatuses", 0, "state"],
    ["status", "lastAppliedRevision"],
]
WHOLE = [
    apiserver.kustomization("web", "./deploy", SHA, ["shop/web"]),
    apiserver.deployment("shop/web", "r/web:1"),
    apiserver.pod("shop/web-1", "web", "r/web:1", "ImagePullBackOff"),
    apiserver.policy("web", "main-abc1234-1800000000"),
]


@given(st.sampled_from(WHOLE), st.sampled_from(PLACES), JSON)
def test_a_field_of_any_type_counts_as_missing(whole: Any, path: list[Any], value: Any) -> None:
    raw = damaged(whole, path, value)
    assert isinstance(kubernetes.flux_object(raw).trouble(), str)
    found = kubernetes.kustomization(raw)
    assert found is None or isinstance(found.path, str)
    assert kubernetes.deployment(raw).complete in {True, False}
    assert isinstance(kubernetes.pod_troubles([raw], "r/web:1"), list)
    assert kubernetes.takes(raw, {}) in {True, False}


@pytest.mark.parametrize(
    ("revision", "sha"),
    [
        (f"master@sha1:{SHA}", SHA),
        (f"refs/heads/main@sha1:{SHA}", SHA),
        (f"master/{SHA}", SHA),
        (f"sha1:{SHA}", SHA),
        (f"main@sha256:{'a' * 64}", "a" * 64),
        ("master@sha1:672add8", None),
        (SHA.upper(), None),
        ("", None),
    ],
)
def test_revisions(revision: str, sha: str | None) -> None:
    assert kubernetes.commit_of(revision) == sha


def test_a_kustomization() -> None:
    found = kubernetes.kustomization(apiserver.kustomization("web", "./deploy/", SHA, ["shop/web", "shop/a_b"]))
    assert found is not None
    assert (str(found.flux), found.path, found.applied) == ("Kustomization flux-system/web", "deploy", SHA)
    assert found.deployments == (("shop", "web"), ("shop", "a_b"))


def test_other_sources_and_other_kinds_of_the_inventory() -> None:
    raw = apiserver.kustomization("web", "./", SHA)
    raw["status"]["inventory"]["entries"] = [{"id": "shop_web__Service"}, {"id": "_shop__Namespace"}, {"id": "x"}, {}]
    found = kubernetes.kustomization(raw)
    assert found is not None
    assert found.deployments == ()
    raw["spec"]["sourceRef"]["kind"] = "OCIRepository"
    assert kubernetes.kustomization(raw) is None


@pytest.mark.parametrize(
    ("changed", "complete"),
    [
        ({}, True),
        ({"updatedReplicas": 1}, False),
        ({"availableReplicas": 1}, False),
        ({"replicas": 3}, False),
        ({"observedGeneration": 2}, False),
    ],
)
def test_a_deployment_is_complete_when_every_pod_is_new_and_serves(changed: dict[str, int], *, complete: bool) -> None:
    raw = apiserver.deployment("shop/web", "r/web:1")
    raw["status"] |= changed
    assert kubernetes.deployment(raw).complete is complete


def test_a_deployment_without_a_number_has_one_pod_and_with_zero_none() -> None:
    raw = apiserver.deployment("shop/web", "r/web:1", wanted=1, fresh=1)
    del raw["spec"]["replicas"]
    assert kubernetes.deployment(raw).complete
    empty = apiserver.deployment("shop/web", "r/web:1", wanted=0, fresh=0)
    assert kubernetes.deployment(empty) == Deployment(
        "shop", "web", ("r/web:1",), {"app": "web"}, 0, 0, 0, 0, True, None
    )


def test_troubles_of_pods() -> None:
    crashed = apiserver.pod("shop/a", "web", "r/web:1", "CrashLoopBackOff", "back-off 10s")
    crashed["status"]["containerStatuses"][0]["lastState"] = {"terminated": {"exitCode": 3}}
    waiting = apiserver.pod("shop/b", "web", "r/web:1", "ContainerCreating")
    homeless = apiserver.pod("shop/c", "web", "r/web:1", "PodInitializing")
    homeless["status"]["conditions"] = [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes are available"}
    ]
    other = apiserver.pod("shop/d", "web", "r/web:0", "ImagePullBackOff")
    assert kubernetes.pod_troubles([crashed, crashed, waiting, homeless, other], "r/web:1") == [
        "CrashLoopBackOff (exit code 3): back-off 10s",
        "Unschedulable: 0/1 nodes are available",
    ]


def test_conditions() -> None:
    raw = apiserver.flux("ImagePolicy", "web", condition=apiserver.ready("found", "Succeeded"))
    assert kubernetes.condition(raw, "Ready") == Condition("True", "Succeeded", "found", 1795567161)
    assert kubernetes.condition(raw, "Stalled") is None
    assert kubernetes.flux_object(raw).trouble() == ""
    raw["status"]["conditions"] = []
    assert kubernetes.flux_object(raw).trouble() == ""


@pytest.mark.parametrize("written", ["", "yesterday", "2026-11-25", "2026-11-25T00:39:21"])
def test_times_that_are_none(written: str) -> None:
    assert kubernetes.seconds(written) is None


@pytest.mark.parametrize(
    ("revision", "branch", "commit"),
    [
        (f"master@sha1:{'a' * 40}", "master", "a" * 40),
        (f"refs/heads/team/main@sha1:{'a' * 40}", "team/main", "a" * 40),
        (f"team/main/{'a' * 40}", "team/main", "a" * 40),
        (f"sha1:{'a' * 40}", "", "a" * 40),
        ("", "", None),
    ],
)
def test_a_revision_names_its_branch_and_its_commit(revision: str, branch: str, commit: str | None) -> None:
    assert (kubernetes.branch_of(revision), kubernetes.commit_of(revision)) == (branch, commit)
