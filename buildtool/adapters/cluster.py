"""The cluster, read only: objects of Flux, Deployments and pods, through lightkube (the extra `buildtool[cluster]`).

Nothing is asked unless a kubeconfig is named, by --kubeconfig or KUBECONFIG, or this runs inside a cluster:
~/.kube/config alone is not taken, for it may lead to another cluster than the one that these manifests are for.
"""

from __future__ import annotations

import os
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from buildtool.core.status.station import Unseen
from buildtool.core.text.printable import one_line
from buildtool.errors import CLUSTER_UNKNOWN, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lightkube import Client

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_MOST = 5000  # objects of one list
_LONGEST = 300
_NOT_FOUND, _FORBIDDEN, _UNAUTHORIZED = 404, 403, 401
_IMAGE, _KUSTOMIZE = "image.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io"
_KINDS = {
    "ImagePolicy": (_IMAGE, "v1", "imagepolicies"),
    "ImageRepository": (_IMAGE, "v1", "imagerepositories"),
    "ImageUpdateAutomation": (_IMAGE, "v1", "imageupdateautomations"),
    "Kustomization": (_KUSTOMIZE, "v1", "kustomizations"),
    "GitRepository": ("source.toolkit.fluxcd.io", "v1", "gitrepositories"),
    "Deployment": ("apps", "v1", "deployments"),
    "Pod": ("", "v1", "pods"),
}


def open_cluster(environ: Mapping[str, str], kubeconfig: Path | None) -> Cluster | Unseen:
    """The cluster that is named; why there is none, where none is or it cannot be used. Nothing is asked yet."""
    named = str(kubeconfig) if kubeconfig is not None else environ.get("KUBECONFIG", "")
    inside = "KUBERNETES_SERVICE_HOST" in environ and os.path.exists(_ACCOUNT / "token")
    if not named and not inside:
        return Unseen("no cluster was asked: neither KUBECONFIG nor --kubeconfig is set", looked=False)
    try:
        import lightkube  # noqa: F401, PLC0415 -- 174 ms, and an extra
    except ImportError:
        fix = "pip install 'buildtool[cluster]'"
        return Unseen("the cluster was not asked: the extra buildtool[cluster] is not installed", looked=False, fix=fix)
    try:
        return Cluster(_client(named))
    except Exception as error:  # noqa: BLE001 -- a file of any content, read by a library that checks little
        return Unseen(f"the kubeconfig cannot be used: {_words(error)}", fix="kubectl config view")


def _client(named: str) -> Client:
    from lightkube import Client, KubeConfig  # noqa: PLC0415

    if os.pathsep in named:
        raise ValueError("KUBECONFIG names several files: name one with --kubeconfig")
    config = (KubeConfig.from_file(named) if named else KubeConfig.from_service_account(_ACCOUNT)).get()
    if config is None or config.user is None:
        raise ValueError("its current context names no user")
    if config.user.exec is not None:
        raise ValueError("its user logs in by a program, and no program is run here: use a token or a certificate")
    return Client(config)  # each step of a question may take ten seconds


class Cluster:
    """Every method raises cluster-unknown where the API server does not answer or refuses."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kinds = _resources()

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def get(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        """An object; None where there is none of that name."""
        from lightkube import ApiError  # noqa: PLC0415

        try:
            found = self._client.get(self._kinds[kind], name=name, namespace=namespace)
        except ApiError as error:
            if error.status.code == _NOT_FOUND:
                return None
            self._refused(error, f"get {kind} {namespace}/{name}")
        except Exception as error:  # noqa: BLE001 -- whatever is sent instead of an object
            self._refused(error, f"get {kind} {namespace}/{name}")
        return dict(found)

    def every(self, kind: str, namespace: str, labels: Mapping[str, str] | None = None) -> list[Mapping[str, Any]]:
        """The objects of a namespace, "" for all of them, with these labels; more than 5000 are refused."""
        where = f"in {namespace}" if namespace else "of all namespaces"
        try:
            listed = self._client.list(self._kinds[kind], namespace=namespace or "*", labels=dict(labels or {}))
            found: list[Mapping[str, Any]] = [{"kind": kind, **one} for one in islice(listed, _MOST + 1)]
        except Exception as error:  # noqa: BLE001
            self._refused(error, f"list {kind} {where}")
        if len(found) > _MOST:
            raise BuildtoolError(CLUSTER_UNKNOWN, f"there are more than {_MOST} objects {kind} {where}")
        return found

    def _refused(self, error: Exception, what: str) -> NoReturn:
        code = getattr(getattr(error, "status", None), "code", None) or _status(error)
        said = {
            _FORBIDDEN: f"the account may not {what}",
            _UNAUTHORIZED: "the API server does not take the account's credentials",
            _NOT_FOUND: f"the API server knows no such kind: {what}",
        }.get(code, f"the API server does not answer ({what}): {_words(error)}")
        raise BuildtoolError(CLUSTER_UNKNOWN, said) from error


@cache
def _resources() -> Mapping[str, Any]:
    """Classes of lightkube's, by kind; it takes each of them once in a process."""
    from lightkube.generic_resource import create_namespaced_resource  # noqa: PLC0415

    made = {}
    for kind, (group, version, plural) in _KINDS.items():
        made[kind] = create_namespaced_resource(group, version, kind, plural, verbs=["get", "list", "global_list"])
    return made


def _status(error: Exception) -> int:
    return int(getattr(getattr(error, "response", None), "status_code", 0) or 0)


def _words(error: Exception) -> str:
    return one_line(str(error))[:_LONGEST] or type(error).__name__
