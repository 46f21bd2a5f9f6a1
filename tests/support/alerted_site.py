"""A site whose deployments fail: a git remote, a registry, Flux's commits, and its signed alerts."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from buildtool.adapters.clock import SystemClock
from buildtool.adapters.registry import RegistryClient
from buildtool.core.commit.tags import parse_tag
from buildtool.core.image.names import Repository
from buildtool.core.text.secrets import Secrets
from tests.support import registry_view
from tests.support.gitrepos import commit, git
from tests.support.registries.images import image, upload
from tests.support.shop import POLICY

RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "flux"
KEY = b"69a49391f8d0c43d8bb460a664c43e38"
BRANCH = "main"
BOT = {"GIT_AUTHOR_NAME": "Flux Bot", "GIT_AUTHOR_EMAIL": "fluxbot@example.invalid"}
IMAGES = ("web", "api")

AUTOMATION = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: site
  namespace: flux-system
spec:
  interval: 1m
  sourceRef:
    kind: GitRepository
    name: flux-system
  git:
    checkout:
      ref:
        branch: main
    commit:
      author:
        name: Flux Bot
        email: fluxbot@example.invalid
    push:
      branch: main
  update:
    path: ./
    strategy: Setters
"""
KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: {name}
  namespace: flux-system
spec:
  interval: 30m
  path: ./{path}
  prune: true
  wait: true
  sourceRef:
    kind: GitRepository
    name: flux-system
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: website
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: {name}
          image: {registry}/{name}:main-0000000-1700000000 # {{"$imagepolicy": "flux-system:{name}"}}
"""
SETTINGS = """\
registry = "{registry}"
insecure = true
[images.web]
platforms = ["linux/arm64"]
policy = "flux-system:web"
[images.api]
platforms = ["linux/arm64"]
policy = "flux-system:api"
"""


class AlertedSite:
    """Kustomizations `flux-system:web` and `flux-system:api` apply one image each, `flux-system:all` both.

    The remote is a bare repository at `remote`; `folder` is a developer's clone of it.
    """

    def __init__(self, folder: Path, registry: str, *, handler: str = "", more: str = "") -> None:
        self.folder, self.remote, self.registry = folder / "site", folder / "remote.git", registry
        self.client = RegistryClient(registry, insecure=True, clock=SystemClock(), secrets=Secrets())
        self._time = SystemClock().now() - 100_000
        self._handler = handler or 'kustomizations = ["flux-system:web", "flux-system:api"]'
        git_folder = self.folder
        git_folder.mkdir(parents=True)
        git(git_folder, "init", "--quiet", f"--initial-branch={BRANCH}")
        files = {f"apps/{name}/deployment.yaml": DEPLOYMENT.format(name=name, registry=registry) for name in IMAGES}
        files |= {f"images/{name}.yaml": POLICY.format(name=name, registry=registry) for name in IMAGES}
        flux = "".join("---\n" + KUSTOMIZATION.format(name=name, path=f"apps/{name}") for name in IMAGES)
        flux += "---\n" + KUSTOMIZATION.format(name="all", path="apps")
        flux += "---\n" + KUSTOMIZATION.format(name="images", path="images")
        files |= {
            "clusters/home/apps.yaml": flux,
            "clusters/home/flux-system/gotk-sync.yaml": "# written by flux bootstrap\n",
            "images/automation.yaml": AUTOMATION,
            "Dockerfile": "FROM scratch\n",
            "buildtool.toml": f"{SETTINGS.format(registry=registry)}{more}\n[handler]\n{self._handler}\n",
        }
        commit(git_folder, "first", **files)
        git(folder, "clone", "--quiet", "--bare", str(git_folder), str(self.remote))
        git(git_folder, "remote", "add", "origin", str(self.remote))

    def close(self) -> None:
        self.client.close()

    # --- what people and Flux do

    def publish(self, text: str, *names: str) -> str:
        """A developer's commit, and what CI publishes of it; the tag."""
        sha = commit(self.folder, text, **{"source.txt": f"{text}\n"})
        self.push()
        times = [parsed.time for name in IMAGES for tag in self.tags(name) if (parsed := parse_tag(tag))]
        self._time = max([self._time + 1000, *(time + 1 for time in times)])
        tag = f"{BRANCH}-{sha[:7]}-{self._time}"
        for name in names or IMAGES:
            labels = {"org.opencontainers.image.revision": sha, "org.opencontainers.image.version": tag}
            one = image(f"{name} {text} {self.registry}", labels=labels)
            upload(self.client, Repository(self.registry, name), one, tag)
        return tag

    def automate(self, name: str, tag: str) -> str:
        """The automation's commit, which sets an image's tag; the full commit."""
        self.set_tag(name, tag)
        git(self.folder, "commit", "--quiet", "--all", "--message", "Deploy the newest images", **BOT)
        self.push()
        return self.head

    def set_tag(self, name: str, tag: str) -> None:
        file = self.folder / "apps" / name / "deployment.yaml"
        lines = file.read_text(encoding="utf-8").splitlines()
        lines = [
            f"{line.split(name + ':')[0]}{name}:{tag} # {line.split(' # ')[1]}" if "$imagepolicy" in line else line
            for line in lines
        ]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def push(self) -> None:
        git(self.folder, "push", "--quiet", "origin", BRANCH)

    def deploy(self, text: str) -> str:
        """Publish and automate both images; the tag."""
        tag = self.publish(text)
        for name in IMAGES:
            self.automate(name, tag)
        return tag

    @property
    def head(self) -> str:
        return git(self.folder, "rev-parse", "HEAD")

    def tags(self, name: str) -> set[str]:
        return registry_view.tags(self.registry, name)

    def digest(self, name: str, tag: str) -> str:
        return str(registry_view.manifest(self.registry, name, tag)["config"]["digest"])

    # --- what notification-controller sends

    def alert(self, name: str = "web", **changes: Any) -> bytes:
        """The body of a failed health check at the newest commit, in the form that Flux sends."""
        revision = changes.pop("revision", f"{BRANCH}@sha1:{self.head}")
        event = {
            "involvedObject": {
                "kind": "Kustomization",
                "namespace": "flux-system",
                "name": name,
                "uid": "104ea656-0bc6-4601-8072-8232664de2fc",
                "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
                "resourceVersion": "2580",
            },
            "severity": "error",
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "message": "health check failed after 6m0.015564975s: timeout waiting for: "
            f"[Deployment/website/{name} status: 'InProgress']",
            "reason": "HealthCheckFailed",
            "metadata": {"cluster": "home", "revision": revision},
            "reportingController": "kustomize-controller",
            "reportingInstance": "vm",
        }
        return as_go(event | changes)


def as_go(event: dict[str, Any]) -> bytes:
    """JSON as Go's json.Marshal writes it."""
    text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode()


def signature(body: bytes, key: bytes = KEY) -> str:
    return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
