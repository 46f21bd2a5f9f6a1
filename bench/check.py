"""`buildtool check` over 5,000 manifests, beside pre-commit-hooks' check-yaml, and as a hook over one changed file."""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess  # noqa: TID251 -- a bench starts processes
import sys
import tempfile
import time
from pathlib import Path

from bench.table import Table

FILES, MARKED, TEAMS = 5_000, 100, 50
IMAGE = "registry.example:5000/web"
MARKER = ' # {"$imagepolicy": "flux-system:web"}'
OBJECTS = f"""\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: web
  namespace: flux-system
spec:
  image: {IMAGE}
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
    pattern: '^main-[a-f0-9]{{7,40}}-(?P<ts>[0-9]{{10}})$'
    extract: '$ts'
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
    commit:
      author:
        email: flux@example.com
  update:
    path: ./
    strategy: Setters
"""
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: app-{n}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: app-{n}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-{n}
    spec:
      containers:
        - name: app
          image: {image}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: "info"
          resources:
            limits:
              cpu: 100m
              memory: 128Mi
---
apiVersion: v1
kind: Service
metadata:
  name: app-{n}
  namespace: team-{team}
spec:
  selector:
    app.kubernetes.io/name: app-{n}
  ports:
    - name: http
      port: 80
      targetPort: http
"""


def run() -> Table:
    """One row for each program; `processor` is its own user and system time, free of what else the machine does."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        paths = make(root)
        marked, unmarked = paths[0], paths[MARKED]
        click = ["-c", "import click"]
        rows = [
            _row(f"check, {FILES:,} files", ["-m", "buildtool", "check"], root, runs=5),
            _check_yaml(paths, root),
            _row("import click", click, root, runs=15),
            _row("hook, one file with a setter", ["-m", "buildtool", "check", marked], root, runs=15),
            _row("hook, one file without", ["-m", "buildtool", "check", unmarked], root, runs=15),
        ]
        small = root / "small"
        small.mkdir()
        make(small, files=20, marked=3)
        rows.append(_row("the same, 20 files, with a setter", ["-m", "buildtool", "check", marked], small, runs=15))
    notes = (f"{2 * FILES:,} documents, {MARKED} setters; medians; whole processes, with the start of Python",)
    return Table("check: manifests", ("", "time", "processor"), rows, notes)


def make(root: Path, files: int = FILES, marked: int = MARKED) -> list[str]:
    """A git repository with these manifests; their paths, those with a setter first."""
    paths = []
    for number in range(files):
        path = root / "apps" / f"team-{number % TEAMS}" / f"app-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = f"ghcr.io/example/app-{number}:1.0.{number}"
        image = f"{IMAGE}:main-abc1234-1700000000{MARKER}" if number < marked else plain
        path.write_text(MANIFEST.format(n=number, team=number % TEAMS, image=image), encoding="utf-8")
        paths.append(path.relative_to(root).as_posix())
    (root / "images.yaml").write_text(OBJECTS, encoding="utf-8")
    for arguments in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    return paths


def _check_yaml(paths: list[str], root: Path) -> tuple[str, str, str]:
    name = "check-yaml --allow-multiple-documents"
    if importlib.util.find_spec("pre_commit_hooks") is None:
        return name, "not installed", ""
    return _row(name, ["-m", "pre_commit_hooks.check_yaml", "--allow-multiple-documents", *paths], root, runs=1)


def _row(name: str, argv: list[str], folder: Path, runs: int) -> tuple[str, str, str]:
    measured = [_measure(argv, folder) for _ in range(runs + (runs > 1))][runs > 1 :]
    wall, processor = (statistics.median(column) for column in zip(*measured, strict=True))
    return name, f"{wall * 1000:,.0f} ms", f"{processor * 1000:,.0f} ms"


def _measure(argv: list[str], folder: Path) -> tuple[float, float]:
    """Wall and processor seconds of one process; it must succeed."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, *argv], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{argv[:4]} ended with {child.returncode}")
    return wall, usage.ru_utime + usage.ru_stime
