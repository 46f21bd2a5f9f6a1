"""The cluster's adapter against an API server over TLS: what it reads, and why it cannot."""

from __future__ import annotations

import builtins
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.cluster import Cluster, open_cluster
from buildtool.core.status.station import Unseen
from buildtool.errors import CLUSTER_UNKNOWN, BuildtoolError
from tests.support import apiserver
from tests.support.apiserver import ApiServer, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> ApiServer:
    server = ApiServer()
    server.put(apiserver.policy("web", "main-abc1234-1800000000"), apiserver.deployment("shop/web", "r/web:1"))
    return server


@pytest.fixture
def cluster(server: ApiServer, tmp_path: Path) -> Iterator[Cluster]:
    with running(server, tmp_path) as config, opened({"KUBECONFIG": str(config)}) as cluster:
        yield cluster


@contextlib.contextmanager
def opened(environ: dict[str, str], kubeconfig: Path | None = None) -> Iterator[Cluster]:
    found = open_cluster(environ, kubeconfig)
    assert isinstance(found, Cluster), found
    with contextlib.closing(found):
        yield found


def unseen(environ: dict[str, str], kubeconfig: Path | None = None) -> Unseen:
    found = open_cluster(environ, kubeconfig)
    assert isinstance(found, Unseen)
    return found


def why(cluster: Cluster, kind: str = "ImagePolicy") -> str:
    with pytest.raises(BuildtoolError) as caught:
        cluster.get(kind, "flux-system", "web")
    assert caught.value.kind is CLUSTER_UNKNOWN
    return caught.value.message


def test_it_reads_objects_and_only_reads(cluster: Cluster, server: ApiServer) -> None:
    found = cluster.get("ImagePolicy", "flux-system", "web")
    assert found is not None
    assert found["status"]["latestRef"]["tag"] == "main-abc1234-1800000000"
    assert cluster.get("ImagePolicy", "flux-system", "api") is None
    assert [one["metadata"]["name"] for one in cluster.every("Deployment", "shop")] == ["web"]
    assert cluster.every("Deployment", "elsewhere") == []
    assert {method for method, _ in server.asked} == {"GET"}


def test_pods_by_their_labels(cluster: Cluster, server: ApiServer) -> None:
    server.put(*(apiserver.pod(f"shop/{name}-1", name, "r/x:1", "ImagePullBackOff") for name in ("web", "api")))
    found = cluster.every("Pod", "shop", {"app": "api"})
    assert [one["metadata"]["name"] for one in found] == ["api-1"]


def test_the_objects_of_all_namespaces(cluster: Cluster, server: ApiServer) -> None:
    server.put(*(apiserver.deployment(f"{namespace}/web", "r/x:1") for namespace in ("a", "b")))
    assert {one["metadata"]["namespace"] for one in cluster.every("Deployment", "")} == {"a", "b", "shop"}
    server.confined = {"deployments": {"a"}}
    with pytest.raises(BuildtoolError, match="the account may not list Deployment of all namespaces"):
        cluster.every("Deployment", "")
    assert len(cluster.every("Deployment", "a")) == 1


def test_a_list_without_end_is_refused_and_not_cut(
    cluster: Cluster, server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("buildtool.adapters.cluster._MOST", 2)
    server.put(*(apiserver.deployment(f"shop/{name}", "r/x:1") for name in ("b", "c")))
    with pytest.raises(BuildtoolError, match="more than 2 objects Deployment in shop"):
        cluster.every("Deployment", "shop")


def test_the_flag_counts_more_than_the_variable(server: ApiServer, tmp_path: Path) -> None:
    with running(server, tmp_path) as config, opened({"KUBECONFIG": "/nowhere"}, config) as cluster:
        assert cluster.get("ImagePolicy", "flux-system", "web") is not None


def test_forbidden(cluster: Cluster, server: ApiServer) -> None:
    server.forbidden = {"imagepolicies"}
    assert why(cluster) == "the account may not get ImagePolicy flux-system/web"
    with pytest.raises(BuildtoolError, match="the account may not list ImagePolicy in flux-system"):
        cluster.every("ImagePolicy", "flux-system")
    assert cluster.get("Deployment", "shop", "web") is not None


def test_a_cluster_without_the_kind(cluster: Cluster, server: ApiServer) -> None:
    server.unserved = {"imagepolicies"}
    assert "knows no such kind" in why(cluster)


def test_an_api_server_that_is_not_well(cluster: Cluster, server: ApiServer) -> None:
    server.sick = True
    assert "503" in why(cluster)


def test_wrong_credentials_are_not_told(server: ApiServer, tmp_path: Path) -> None:
    with running(server, tmp_path, token="another-token") as config, opened({}, config) as cluster:
        message = why(cluster)
    assert message == "the API server does not take the account's credentials"
    assert "another-token" not in message


def test_nobody_answers(server: ApiServer, tmp_path: Path) -> None:
    with running(server, tmp_path) as config:
        pass
    with opened({}, config) as cluster:
        assert "does not answer" in why(cluster)


def test_a_certificate_of_another_authority(server: ApiServer, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with running(ApiServer(), other), running(server, tmp_path) as config:
        (tmp_path / "ca.crt").write_bytes((other / "ca.crt").read_bytes())
        with opened({}, config) as cluster:
            assert "certificate" in why(cluster)
    assert server.asked == []


def test_no_cluster_is_asked_unless_one_is_named(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text("{}", encoding="utf-8")
    found = unseen({"HOME": str(tmp_path)})
    assert not found.looked
    assert "neither KUBECONFIG nor --kubeconfig" in found.reason


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("lightkube"):
            raise ImportError(name)
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    found = unseen({"KUBECONFIG": "/anywhere"})
    assert (found.looked, found.fix) == (False, "pip install 'buildtool[cluster]'")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "x: [",
        "\x00",
        "current-context: a",
        "clusters: []\ncontexts: []\nusers: []",
        "clusters: []\ncontexts: []\ncurrent-context: a",
        "clusters: 1\ncontexts: 2",
        "clusters:\n- name: a\ncontexts:\n- name: a\n  context: {cluster: a, user: b}\ncurrent-context: a",
    ],
)
def test_a_file_that_is_no_kubeconfig(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(text, encoding="utf-8")
    found = unseen({}, file)
    assert found.looked
    assert found.reason.startswith("the kubeconfig cannot be used: ")


def test_a_file_that_is_not_there_or_several(tmp_path: Path) -> None:
    assert "not found" in unseen({"KUBECONFIG": str(tmp_path / "none")}).reason
    assert "several files" in unseen({"KUBECONFIG": "/a:/b"}).reason


def test_a_program_of_the_kubeconfig_is_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    run = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "touch", "args": [str(trace)]}
    (tmp_path / "ca.crt").write_text("", encoding="utf-8")
    file = apiserver.kubeconfig(tmp_path, "https://127.0.0.1:1", {"exec": run})
    assert "logs in by a program" in unseen({}, file).reason
    assert not trace.exists()
