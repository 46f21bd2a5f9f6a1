"""Objects for the tests of the schemas: sound ones, and one edited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.flux.objects import objects_in
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from buildtool.core.flux.objects import Object

POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: web
  namespace: flux-system
  labels:
    app: web
spec:
  imageRepositoryRef:
    name: web
  filterTags:
    pattern: '^main-(?P<ts>[0-9]+)$'
    extract: $ts
  policy:
    numerical:
      order: asc
"""
REPOSITORY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: web
spec:
  image: registry.example/web
  interval: 5m
"""
AUTOMATION = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: web
spec:
  interval: 10m
  sourceRef:
    kind: GitRepository
    name: flux-system
  git:
    commit:
      author:
        email: flux@example.com
  update:
    path: ./
    strategy: Setters
"""
GIT = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: web
spec:
  interval: 1m
  url: ssh://git@example.com/web.git
"""
RECEIVER = """\
apiVersion: notification.toolkit.fluxcd.io/v1
kind: Receiver
metadata:
  name: web
spec:
  type: harbor
  secretRef:
    name: token
  resources:
    - kind: ImageRepository
      name: web
"""
HELM = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
spec:
  interval: 10m
  chartRef:
    kind: OCIRepository
    name: web
  values:
    anything: {goes: [1, true, null]}
"""
KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: web
spec:
  interval: 10m
  prune: true
  path: ./apps
  sourceRef:
    kind: GitRepository
    name: flux-system
"""
ALERT = """\
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata:
  name: web
spec:
  providerRef:
    name: chat
  eventSources:
    - kind: Kustomization
      name: '*'
"""
BUCKET = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata:
  name: web
spec:
  interval: 5m
  endpoint: minio.example
  bucketName: web
"""
SOUND = (POLICY, REPOSITORY, AUTOMATION, GIT, RECEIVER, HELM, KUSTOMIZATION, ALERT, BUCKET)


def edited(text: str, *changes: tuple[str, str]) -> Object:
    """The object with each text replaced, which must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read(text)


def read(text: str) -> Object:
    (item,) = objects_in("flux/a.yaml", parse(text))
    return item


def kind_of(text: str) -> str:
    found = re.search(r"^kind: (\w+)$", text, re.MULTILINE)
    assert found is not None
    return found[1]
