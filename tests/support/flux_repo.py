"""A repository that has Flux manifests and nothing of buildtool: tags of its own form, no buildtool.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.gitrepos import commit, git

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: web
  namespace: flux-system
spec:
  image: ghcr.io/example/web
  interval: 5m
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: web
  namespace: flux-system
spec:
  imageRepositoryRef:
    name: web
  filterTags:
    pattern: '^build-(?P<number>[0-9]+)$'
    extract: '$number'
  policy:
    numerical:
      order: asc
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: web
  namespace: flux-system
spec:
  interval: 10m
  sourceRef:
    kind: GitRepository
    name: flux-system
  git:
    checkout:
      ref:
        branch: main
    commit:
      author:
        name: Flux
        email: flux@example.com
    push:
      branch: main
  update:
    path: ./apps
    strategy: Setters
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: ghcr.io/example/web:build-41 # {"$imagepolicy": "flux-system:web"}
"""
# What `check` finds fault with, at its sixth line.
JOB = (
    "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\nspec:\n  ttlSecondsAfterFinished: 600\n"
    "  template:\n    spec: {}\n"
)


def flux_repository(folder: Path) -> Path:
    """On branch main, committed, without a finding."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, **{"flux/images.yaml": IMAGES, "apps/web.yaml": DEPLOYMENT})
    return folder
