"""Files of the repository: configuration, manifests, kustomizations; and what git says about them."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from buildtool.adapters import process
from buildtool.adapters.git import GitRepo
from buildtool.config import load
from buildtool.core.flux.k3s import endpoints
from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.setters import LatestImage, markers, preview
from buildtool.core.yaml.parser import parse
from fuzz.target import Target

_TOML = b"""registry = "192.168.0.40:5000/site"
insecure = true

[images.web]
context = "web"
platforms = ["linux/arm64"]
policy = "flux-system:web"
args = { A = "b" }

[tag]
branches = ["main"]

[push]
candidate_tag = "unproven"
"""
_POLICY = b"""apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux-system}
spec:
  imageRepositoryRef: {name: web}
  filterTags: {pattern: '^main-(?P<ts>[0-9]+)$', extract: $ts}
  policy: {numerical: {order: asc}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec: {image: h/site/web, interval: 1m, exclusionList: ["^x"]}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec: {update: {path: ./}, git: {checkout: {ref: {branch: main}}}}
"""
_DEPLOYMENT = b"""kind: Deployment
spec: &a
  image: h/site/web:main-1 # {"$imagepolicy": "flux-system:web"}
  tag: "main-1" # {"$imagepolicy": "flux-system:web:tag"}
  list: [a, 'b', |-
    text
    ]
"""
_GIT = b"/repo\n\x00 M a.txt\x00?? b\x00100644 blob " + b"ab" * 20 + b"\tweb/a\x00origin\thttps://h/o/r (fetch)\n"
_FOLDER = Path(tempfile.mkdtemp(prefix="buildtool-fuzz-"))


def _config(data: bytes) -> None:
    file = _FOLDER / "buildtool.toml"
    file.write_bytes(data)
    load(file, {}, on_disk=False)


def _yaml(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    parse(text)
    found = find_policies([("a.yaml", text)])
    str((found.policies, found.repositories, found.automations))


def _setters(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    markers(text, "a.yaml")
    preview({"a.yaml": text}, {"flux-system:web": LatestImage("h/site/web", "main-2")}, "")


def _git(data: bytes) -> None:
    """Every program prints the case; each question is asked."""
    text = data.decode("utf-8", "replace")

    def run(*_: Any, **__: Any) -> process.ProgramOutput:
        return process.ProgramOutput(text, text)

    with mock.patch.object(process, "run", run):
        repo = GitRepo("/repo", {})
        for question in (
            lambda: repo.root,
            lambda: repo.branch,
            lambda: repo.head,
            lambda: repo.changes,
            lambda: repo.source,
            repo.unmodified,
            lambda: repo.is_ancestor("abcd", "HEAD"),
        ):
            with contextlib.suppress(*_ANSWERS):
                question()


_ANSWERS = Target("", (), bytes).allowed
TARGETS = (
    Target("configuration", (_TOML,), _config),
    Target("yaml", (_POLICY, _DEPLOYMENT), _yaml, share=2.0),
    Target("setters", (_DEPLOYMENT, _POLICY), _setters, share=0.5),
    Target("git", (_GIT, b"refs/heads/main\n", b"ab" * 20 + b" 1707300000\n"), _git),
    Target(
        "registries-yaml",
        (b"mirrors:\n  h:5000:\n    endpoint: [http://h:5000]\n",),
        lambda d: endpoints(d.decode("utf-8", "replace"), "h:5000"),
        (ValueError,),
    ),
)
