"""A repository whose images a script, plain bake and `buildtool push` build from the same definition."""

from __future__ import annotations

import json
import platform
import subprocess  # noqa: TID251 -- a bench starts processes
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NATIVE = "linux/arm64" if platform.machine() in {"aarch64", "arm64"} else "linux/amd64"
_DOCKERFILE = """\
FROM busybox:1.37
COPY . /site
RUN {work}
CMD ["/bin/busybox", "true"]
"""
_POLICY = """\
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
# The script that buildtool takes the place of: one image after the other, tagged where everybody sees it.
_SCRIPT = """\
#!/bin/sh
set -eu
tag=$(git rev-parse --abbrev-ref HEAD | sed 's/[^a-zA-Z0-9]/-/g')-$(git rev-parse --short=7 HEAD)-$(date +%s)
for name in {names}; do
  docker buildx build --quiet --push --provenance=false --platform {platform} {contexts} \\
    --file "$name/Dockerfile" --tag "{registry}/by-script/$name:$tag" "$name"
done
"""


class Shop:
    """`images` small images; `seconds` is how long the RUN step of each takes. `contexts` replace base images."""

    def __init__(
        self, folder: Path, registry: str, contexts: Mapping[str, str], *, images: int, seconds: float
    ) -> None:
        self.folder = folder
        self.names = [f"i{uuid4().hex[:8]}" for _ in range(images)]
        self._registry = registry
        self._contexts = contexts
        for name in self.names:
            self._write(f"{name}/Dockerfile", _DOCKERFILE.format(work=f"sleep {seconds}" if seconds else "true"))
            self._write(f"flux/{name}.yaml", _POLICY.format(name=name, registry=registry))
        self._write("buildtool.toml", self._settings())
        self._write("docker-bake.json", json.dumps(self._bake()))
        self._write("build-and-push.sh", self._script())
        self._git("init", "--quiet", "--initial-branch=main")
        self.change()

    def change(self) -> None:
        """A commit that changes every image, so that nothing of an earlier build can be used again."""
        for name in self.names:
            self._write(f"{name}/index.txt", f"{uuid4()}\n")
        self._git("add", "--all")
        self._git("-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "commit", "--quiet", "-m", "next")

    def _settings(self) -> str:
        contexts = "".join(f'"{image}" = "{source}"\n' for image, source in self._contexts.items())
        tables = [
            f'[images.{name}]\ndockerfile = "{name}/Dockerfile"\ncontext = "{name}"\nplatforms = ["{_NATIVE}"]\n'
            f'policy = "flux-system:{name}"\n[images.{name}.contexts]\n{contexts}'
            for name in self.names
        ]
        return "\n".join([f'registry = "{self._registry}"\ninsecure = true\n', *tables])

    def _bake(self) -> dict[str, object]:
        targets = {
            name: {
                "context": name,
                "platforms": [_NATIVE],
                "contexts": dict(self._contexts),
                "tags": [f"{self._registry}/by-bake/{name}:unproven"],
                "output": ["type=image,push=true,oci-mediatypes=true,registry.insecure=true"],
                "attest": ["type=provenance,disabled=true"],
            }
            for name in self.names
        }
        return {"group": {"default": {"targets": self.names}}, "target": targets}

    def _script(self) -> str:
        contexts = " ".join(f"--build-context {image}={source}" for image, source in self._contexts.items())
        return _SCRIPT.format(names=" ".join(self.names), platform=_NATIVE, contexts=contexts, registry=self._registry)

    def _write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", "-c", "maintenance.auto=false", *arguments], cwd=self.folder, check=True)
