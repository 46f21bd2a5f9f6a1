"""Another team's repository: two images of other names, their policies, and a manifest that Flux writes."""

from __future__ import annotations

import platform
import subprocess
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# BUILDPLATFORM work would hide what matters here: the arm64 image has a RUN step of its own, so it needs emulation.
DOCKERFILE = """\
FROM busybox:1.37
COPY index.txt /index.txt
RUN uname -m > /machine.txt
ARG VERSION=dev
ENV SHOP_VERSION=$VERSION
ENTRYPOINT ["/bin/busybox"]
CMD ["cat", "/machine.txt"]
"""

# Nothing to pull and nothing to run: what is left is the push itself.
TINY = "FROM scratch\nCOPY index.txt /index.txt\n"
NATIVE = "linux/arm64" if platform.machine() in {"aarch64", "arm64"} else "linux/amd64"

POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: {name}
  namespace: flux-system
spec:
  image: {registry}/{name}
  interval: 1m
  insecure: true
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: {name}
  namespace: flux-system
spec:
  imageRepositoryRef:
    name: {name}
  filterTags:
    pattern: '^main-[a-f0-9]{{7,40}}-(?P<ts>[0-9]{{10}})$'
    extract: '$ts'
  policy:
    numerical:
      order: asc
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        - name: web
          image: {registry}/web:main-0000000-1700000000 # {{"$imagepolicy": "flux-system:web"}}
"""

AUTOMATION = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: shop
  namespace: flux-system
spec:
  interval: 1m
  sourceRef:
    kind: GitRepository
    name: shop
  git:
    commit:
      author:
        email: bot@example.invalid
  update:
    path: ./deploy
    strategy: Setters
"""


class Shop:
    """A git repository at `folder` whose images `web` (arm64) and `api` (amd64) go to `registry`.

    A `tiny` one has images without programs, for this machine, with layers that no registry has seen before.
    """

    def __init__(self, folder: Path, registry: str, contexts: Mapping[str, str], *, tiny: bool = False) -> None:
        self.folder = folder
        self.registry = registry
        self.contexts = contexts
        self.platforms = (NATIVE, NATIVE) if tiny else ("linux/arm64", "linux/amd64")
        for name in ("web", "api"):
            self.write(f"{name}/Dockerfile", TINY if tiny else DOCKERFILE)
            self.write(f"{name}/index.txt", f"{name} {uuid4()}\n" if tiny else f"{name}\n")
            self.write(f"deploy/{name}.yaml", POLICY.format(name=name, registry=registry))
        self.write("deploy/shop.yaml", DEPLOYMENT.format(registry=registry))
        self.write("deploy/automation.yaml", AUTOMATION)
        self.configure()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("first")

    def configure(self, *, registry: str | None = None, web: str = "", api: str = "", top: str = "") -> None:
        """Write buildtool.toml; `web` and `api` are lines added to an image's table, `top` go to the end."""
        contexts = "".join(f'"{name}" = "{source}"\n' for name, source in self.contexts.items())
        tables = [f'registry = "{registry or self.registry}"\ninsecure = true\n']
        for name, built_for, more in zip(("web", "api"), self.platforms, (web, api), strict=True):
            tables.append(
                f'[images.{name}]\ndockerfile = "{name}/Dockerfile"\ncontext = "{name}"\nplatforms = ["{built_for}"]\n'
                f'policy = "flux-system:{name}"\nargs = {{VERSION = "{{tag}}"}}\n'
                f"{more}\n[images.{name}.contexts]\n{contexts}"
            )
        self.write("buildtool.toml", "\n".join([*tables, top]))

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def git(self, *arguments: str) -> str:
        argv = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")
