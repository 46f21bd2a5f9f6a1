"""A Kubernetes API server's read side over real TLS: it answers with the objects it is given, to one token."""

from __future__ import annotations

import contextlib
import json
import ssl
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import trustme
import yaml

from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.httpserver import Handler, Question

RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "flux" / "objects"
Raw = dict[str, Any]
_TOKEN = "read-only"
_PLURALS = {
    "ImagePolicy": "imagepolicies",
    "ImageRepository": "imagerepositories",
    "GitRepository": "gitrepositories",
}


def recorded(*names: str) -> list[Raw]:
    """Objects of a real API server, from `STATE/FILE` below RECORDED; of two with one name the last counts."""
    found: dict[tuple[str, str, str], Raw] = {}
    for name in names:
        document = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
        for entry in document if isinstance(document, list) else [document]:
            for one in entry.get("items", [entry]):
                found[one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]] = one
    return list(found.values())


class ApiServer:
    """`objects` may change while it runs; `forbidden` are plurals that the account may not read.

    `confined` are plurals that it may read in these namespaces only. `asked` are the requests, as method and path;
    `sick` makes it answer everything by 503.
    """

    def __init__(self) -> None:
        self.objects: list[Raw] = []
        self.forbidden: set[str] = set()
        self.confined: dict[str, set[str]] = {}
        self.unserved: set[str] = set()
        self.sick = False
        self.asked: list[tuple[str, str]] = []

    def put(self, *objects: Raw) -> None:
        """Add objects, or replace those of the same name."""
        mine = {_key(one) for one in objects}
        self.objects = [one for one in self.objects if _key(one) not in mine] + list(objects)

    def answer(self, handler: Handler, question: Question) -> None:
        self.asked.append((question.method, question.path))
        handler.reply(self._reply(question))

    def _reply(self, question: Question) -> Reply:
        if self.sick:
            return Reply(503, {"Content-Type": "text/plain"}, b"apiserver not ready")
        if question.headers.get("authorization") != f"Bearer {_TOKEN}":
            return _status(401, "Unauthorized", "Unauthorized")
        group, plural, namespace, name = _parts(question.path)
        if plural in self.unserved:
            return Reply(404, {"Content-Type": "text/plain"}, b"404 page not found\n")
        if plural in self.forbidden or namespace not in self.confined.get(plural, {namespace}):
            return _status(403, "Forbidden", f'{plural}.{group} is forbidden: User "viewer" cannot read resource')
        kind = [one for one in self.objects if _plural(one) == plural]
        mine = [one for one in kind if namespace in {"", one["metadata"]["namespace"]}]
        if not name:
            wanted = _selector(question.target)
            chosen = [one for one in mine if wanted.items() <= one["metadata"].get("labels", {}).items()]
            return _json({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": chosen})
        found = [one for one in mine if one["metadata"]["name"] == name]
        return _json(found[0]) if found else _status(404, "NotFound", f'{plural}.{group} "{name}" not found')


@contextlib.contextmanager
def running(server: ApiServer, folder: Path, *, token: str = _TOKEN) -> Iterator[Path]:
    """Serve until the block ends; gives a kubeconfig that leads there."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    (folder / "ca.crt").write_bytes(authority.cert_pem.bytes())
    with serve(server.answer, context) as address:
        yield kubeconfig(folder, f"https://{address}", {"token": token})


def kubeconfig(folder: Path, address: str, user: Raw) -> Path:
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "clusters": [{"name": "test", "cluster": {"server": address, "certificate-authority": "ca.crt"}}],
        "users": [{"name": "test", "user": user}],
    }
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def _parts(path: str) -> tuple[str, str, str, str]:
    """`/apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL[/NAME]` and `/api/v1/…`: group, plural, namespace, name.

    `/apis/GROUP/VERSION/PLURAL` is all namespaces, "".
    """
    parts = path.strip("/").split("/")
    group, rest = ("", parts[2:]) if parts[0] == "api" else (parts[1], parts[3:])
    if rest[:1] != ["namespaces"]:
        return group, rest[0], "", ""
    fields: defaultdict[int, str] = defaultdict(str, enumerate(rest))
    return group, fields[2], fields[1], fields[3]


def _selector(target: str) -> dict[str, str]:
    [text] = parse_qs(urlsplit(target).query).get("labelSelector", [""])
    return dict(pair.split("=", 1) for pair in text.replace("==", "=").split(",") if pair)


def _plural(one: Raw) -> str:
    kind = str(one["kind"])
    return _PLURALS.get(kind, kind.lower() + "s")


def _key(one: Raw) -> tuple[str, str, str]:
    return one["kind"], one["metadata"]["namespace"], one["metadata"]["name"]


def _json(document: Raw, status: int = 200) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(document).encode())


def _status(code: int, reason: str, message: str) -> Reply:
    document = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
    return _json({**document, "reason": reason, "message": message, "metadata": {}}, code)


def ready(message: str = "", reason: str = "Succeeded", status: str = "True") -> Raw:
    """A Ready condition, as Flux writes it."""
    return {
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": "2026-11-25T00:39:21Z",
    }


def flux(kind: str, name: str, *, suspend: bool = False, condition: Raw | None = None, **more: Raw) -> Raw:
    """An object of Flux in namespace flux-system, or `namespace/name`; `more` are parts of spec and status."""
    group = {"Kustomization": "kustomize", "GitRepository": "source"}.get(kind, "image")
    namespace, _, name = name.rpartition("/")
    conditions = [condition if condition is not None else ready()]
    return {
        "apiVersion": f"{group}.toolkit.fluxcd.io/v1",
        "kind": kind,
        "metadata": {"namespace": namespace or "flux-system", "name": name, "labels": {}},
        "spec": {**({"suspend": True} if suspend else {}), **more.get("spec", {})},
        "status": {"conditions": conditions, **more.get("status", {})},
    }


def policy(name: str, latest: str) -> Raw:
    """An ImagePolicy that has selected a tag."""
    spec = {"imageRepositoryRef": {"name": name}}
    return flux("ImagePolicy", name, spec=spec, status={"latestRef": {"name": name, "tag": latest}})


def kustomization(  # the facts, one by one
    name: str, path: str, applied: str, deployments: Iterable[str] = (), source: str = "flux-system", **more: Any
) -> Raw:
    """One that has applied a commit, SHA or `BRANCH@sha1:SHA`, and the Deployments `namespace/name` with it."""
    entries = [{"id": f"{one.replace('/', '_')}_apps_Deployment", "v": "v1"} for one in deployments]
    revision = applied if "@" in applied else f"main@sha1:{applied}"
    status = {"lastAppliedRevision": revision, "inventory": {"entries": entries}}
    spec = {"path": path, "sourceRef": {"kind": "GitRepository", "name": source}}
    return flux("Kustomization", name, spec=spec, status=status, **more)


def deployment(place: str, image: str, *, wanted: int = 2, fresh: int = 2) -> Raw:
    """A Deployment `namespace/name` of which `fresh` of the `wanted` pods are new, and serve."""
    namespace, _, name = place.partition("/")
    status = {"replicas": wanted, "updatedReplicas": fresh, "availableReplicas": fresh, "observedGeneration": 3}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": namespace, "name": name, "generation": 3},
        "spec": {
            "replicas": wanted,
            "selector": {"matchLabels": {"app": name}},
            "template": {"spec": {"containers": [{"name": "main", "image": image}]}},
        },
        "status": status,
    }


def pod(place: str, app: str, image: str, reason: str, message: str = "") -> Raw:
    """A pod that waits for a reason."""
    namespace, _, name = place.partition("/")
    waiting = {"reason": reason, "message": message}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": {"app": app}},
        "spec": {"containers": [{"name": "main", "image": image}]},
        "status": {"containerStatuses": [{"name": "main", "state": {"waiting": waiting}}]},
    }
