"""Repositories as strangers have them: layouts, files and states of git that `init` must take as they are.

A shape is a function of an empty folder and a registry `HOST[:PORT]/PROJECT`; the folder is a repository afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.gitrepos import commit, git
from tests.support.scratch_repos import TINY, deployment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INDEX = {"index.txt": "x\n"}
SYNC = "flux-system/gotk-sync.yaml"


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write the files."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def repository(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A git repository with one commit of these files."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    put(folder, files)
    commit(folder)
    return folder


def docker_folder(folder: Path, registry: str) -> Path:
    """The Dockerfiles stand apart from what they copy, one of them for production only."""
    files: dict[str, str | bytes] = {
        "docker/Dockerfile": "FROM scratch\nCOPY src/a.txt /\n",
        "docker/Dockerfile.prod": "FROM scratch\nCOPY src/a.txt /\n",
        "src/a.txt": "a",
        "deploy/web.yaml": deployment("web", f"{registry}/web:1"),
    }
    return repository(folder, files)


def containerfiles(folder: Path, registry: str) -> Path:
    files: dict[str, str | bytes] = {
        "services/api/Containerfile": TINY,
        "services/api/index.txt": "x",
        "services/web/Containerfile": TINY,
        "services/web/index.txt": "x",
        "k8s/all.yaml": deployment("api", f"{registry}/api:1") + "---\n" + deployment("web", f"{registry}/web:1"),
    }
    return repository(folder, files)


def compose_short(folder: Path, registry: str) -> Path:
    """`build: .`, variables in `image`, args without values, contexts of other services."""
    compose = f"""\
x-common: &common
  restart: always

services:
  web:
    <<: *common
    build: .
    image: {registry}/web:${{TAG:-latest}}
  worker:
    build:
      context: ./worker
      args:
        VERSION: "1"
        SECRET:
      target: final
      additional_contexts:
        - base=service:web
        - shared=./shared
    image: "${{REGISTRY}}/worker:${{TAG}}"
  db:
    image: postgres:16
"""
    files: dict[str, str | bytes] = {
        "docker-compose.yml": compose,
        "Dockerfile": TINY,
        "worker/Dockerfile": "FROM scratch AS final\nCOPY --from=shared a.txt /\n",
        "shared/a.txt": "a",
        **INDEX,
    }
    return repository(folder, files)


def helm_split(folder: Path, registry: str) -> Path:
    """`repository` and `tag`; the same with the host in a third key; a value of another registry."""
    host, _, project = registry.partition("/")
    values = f"""\
# values of the chart
web:
  image:
    repository: {registry}/web   # the site
    tag: "1.0"
    pullPolicy: Always
api:
  image:
    registry: {host}
    repository: {project}/api
    tag: v1
flow:
  image: {{repository: {registry}/api, tag: v1}}
redis:
  image:
    repository: redis
    tag: "7"
"""
    files: dict[str, str | bytes] = {
        "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "charts/shop/values.yaml": values,
        "charts/shop/templates/web.yaml": "image: {{ .Values.web.image.repository }}:{{ .Values.web.image.tag }}\n",
        "web/Dockerfile": TINY,
        "web/index.txt": "x",
        "api/Dockerfile": TINY,
        "api/index.txt": "x",
    }
    return repository(folder, files)


def kustomize_tags(folder: Path, registry: str) -> Path:
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        "base/web.yaml": deployment("web", "web"),
        "base/kustomization.yaml": "resources:\n- web.yaml\n",
        "overlays/prod/kustomization.yaml": (
            f"resources:\n- ../../base\nimages:\n- name: web\n  newName: {registry}/web\n  newTag: v1\n"
        ),
        "overlays/dev/kustomization.yaml": (
            f"resources:\n- ../../base\nimages:\n- {{name: web, newName: {registry}/web, newTag: v1}}\n"
        ),
        **INDEX,
    }
    return repository(folder, files)


def same_folder_names(folder: Path, registry: str) -> Path:
    """Three services in folders of one name, two of them in nobody's manifests."""
    files: dict[str, str | bytes] = {}
    for team in ("shop", "bank", "mail"):
        files |= {f"{team}/server/Dockerfile": TINY, f"{team}/server/index.txt": team}
    files["k8s/shop.yaml"] = deployment("shop", f"{registry}/shop-server:1")
    return repository(folder, files)


def policy_without_setters(folder: Path, registry: str) -> Path:
    host = registry.partition("/")[0]
    objects = f"""\
apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImageRepository
metadata:
  name: shop-web
  namespace: flux-system
spec:
  image: {registry}/web
  interval: 5m
  insecure: true
---
apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImagePolicy
metadata:
  name: shop-web
  namespace: flux-system
spec:
  imageRepositoryRef:
    name: shop-web
  filterTags:
    pattern: '^(?:main|master)-[a-f0-9]{{7,40}}-(?P<ts>[0-9]{{10}})$'
    extract: '$ts'
  policy:
    numerical:
      order: asc
"""
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        "k8s/web.yaml": deployment("web", f"{registry}/web:1"),
        "infra/images.yaml": objects,
        "infra/other.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  registry: {host}\n",
        **INDEX,
    }
    return repository(folder, files)


def partly_configured(folder: Path, registry: str) -> Path:
    """A buildtool.toml of one image of two, with comments and an odd layout."""
    toml = f"""\
# ours
registry = '{registry}'   # the registry
insecure = true

[images]
[images.web]   # the site
dockerfile = "Dockerfile"
context = "web"
platforms = [
  "linux/amd64",  # Intel
]

[tag]
branches = ["main"]
"""
    files: dict[str, str | bytes] = {
        "buildtool.toml": toml,
        "web/Dockerfile": TINY,
        "web/index.txt": "x",
        "api/Dockerfile": TINY,
        "api/index.txt": "x",
        "k8s/web.yaml": deployment("web", f"{registry}/web:1"),
        "k8s/api.yaml": deployment("api", f"{registry}/api:1"),
    }
    return repository(folder, files)


def own_workflow(folder: Path, registry: str) -> Path:
    """A workflow of the name that `init` writes, and pre-commit hooks with Windows line ends."""
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        ".github/workflows/build-and-push.yml": "on: [push]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: []\n",
        ".pre-commit-config.yaml": (
            "# ours\r\nrepos:\r\n  - repo: local # mine\r\n    rev: a\r\n    hooks:\r\n      - id: x\r\n"
        ),
        "k8s/web.yaml": deployment("web", f"{registry}/web:1"),
        **INDEX,
    }
    return repository(folder, files)


def hooks_of_many_styles(folder: Path, registry: str) -> Path:
    hooks = """\
# See https://pre-commit.com
default_stages: [pre-commit]
repos:
# formatting
- repo: https://github.com/psf/black
  rev: 23.1.0
  hooks:
  - id: black
    args: [
      --line-length=100,
    ]

# ours
-   repo: local
    hooks:
    -   id: mine   # a comment
        entry: "true"
        language: system
# the end

ci:
  autofix_prs: false
"""
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        ".pre-commit-config.yaml": hooks,
        "k8s/web.yaml": deployment("web", f"{registry}/web:1"),
        **INDEX,
    }
    return repository(folder, files)


def hooks_in_flow_style(folder: Path, registry: str) -> Path:
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        ".pre-commit-config.yaml": "repos: [{repo: local, hooks: [{id: a, name: a, entry: a, language: system}]}]\n",
        "k8s/web.yaml": deployment("web", f"{registry}/web:1"),
        **INDEX,
    }
    return repository(folder, files)


def no_commit(folder: Path, registry: str) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return put(folder, {"Dockerfile": TINY, "k8s/web.yaml": deployment("web", f"{registry}/web:1"), **INDEX})


def detached(folder: Path, registry: str) -> Path:
    repository(folder, {"Dockerfile": TINY, "k8s/web.yaml": deployment("web", f"{registry}/web:1"), **INDEX})
    git(folder, "checkout", "--quiet", "--detach")
    return folder


def worktree(folder: Path, registry: str) -> Path:
    main = folder.parent / f"{folder.name}-main"
    repository(main, {"Dockerfile": TINY, "k8s/web.yaml": deployment("web", f"{registry}/web:1"), **INDEX})
    git(main, "worktree", "add", "--quiet", "-b", "other", str(folder))
    return folder


def inside_submodule(folder: Path, registry: str) -> Path:
    """The folder is a submodule of another repository."""
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        "k8s/web.yaml": deployment("web", f"{registry}/web:1"),
        **INDEX,
    }
    source = repository(folder.parent / f"{folder.name}-source", files)
    above = repository(folder.parent / f"{folder.name}-above", {"a.txt": "a"})
    git(above, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(source), folder.name)
    return above / folder.name


def odd_bytes(folder: Path, registry: str) -> Path:
    """YAML in Latin-1, with a byte order mark, with tabs, and a value with a comment."""
    manifest = deployment("web", f"{registry}/web:1")
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        "k8s/latin.yaml": manifest.replace("name: web\n", "name: web # caf\xe9\n", 1).encode("latin-1"),
        "k8s/bom.yaml": "\ufeff" + manifest.replace("name: web", "name: bom"),
        "k8s/utf16.yaml": manifest.encode("utf-16"),
        "k8s/noted.yaml": manifest.replace("/web:1", "/web:1 # pinned").replace("name: web", "name: noted"),
        "k8s/quoted.yaml": manifest.replace(f"{registry}/web:1", f"'{registry}/web:1'").replace("name: web", "name: q"),
        **INDEX,
    }
    return repository(folder, files)


def many_files(folder: Path, registry: str) -> Path:
    files: dict[str, str | bytes] = {f"d{number % 40}/f{number}.yaml": "a: 1\n" for number in range(2_000)}
    files |= {"Dockerfile": TINY, "k8s/web.yaml": deployment("web", f"{registry}/web:1"), **INDEX}
    return repository(folder, files)


def flux_kustomization(name: str, path: str) -> str:
    """A Flux Kustomization of this repository."""
    return f"""\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: {name}
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  path: ./{path}
  sourceRef:
    kind: GitRepository
    name: flux-system
"""


def cluster(name: str, *applied: str) -> dict[str, str | bytes]:
    """The files of clusters/NAME, as `flux bootstrap` makes them, with a Kustomization for each path it applies."""
    source = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m
  ref:
    branch: main
  url: https://example.com/fleet.git
---
"""
    files: dict[str, str | bytes] = {
        f"clusters/{name}/{SYNC}": source + flux_kustomization("flux-system", f"clusters/{name}"),
        f"clusters/{name}/flux-system/kustomization.yaml": "resources:\n- gotk-sync.yaml\n",
    }
    for path in applied:
        files[f"clusters/{name}/{path.replace('/', '-')}.yaml"] = flux_kustomization(path.replace("/", "-"), path)
    return files


def second_cluster_runs_it(folder: Path, registry: str) -> Path:
    """Two clusters, and only the second applies the folder with the image."""
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        "apps/web/web.yaml": deployment("web", f"{registry}/web:1"),
        "apps/other/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
        **cluster("a", "apps/other"),
        **cluster("b", "apps/web"),
        **INDEX,
    }
    return repository(folder, files)


def both_clusters_run_it(folder: Path, registry: str) -> Path:
    files: dict[str, str | bytes] = {
        "Dockerfile": TINY,
        "apps/web/web.yaml": deployment("web", f"{registry}/web:1"),
        **cluster("a", "apps/web"),
        **cluster("b", "apps/web"),
        **INDEX,
    }
    return repository(folder, files)


def names_without_registry(folder: Path, registry: str) -> Path:
    """Images that files name without a host, all of which are built here but one."""
    compose = "services:\n  web:\n    build: ./web\n    image: web\n  db:\n    image: postgres:16\n"
    files: dict[str, str | bytes] = {
        "compose.yaml": compose,
        "web/Dockerfile": TINY,
        "web/index.txt": "x",
        "api/Dockerfile": TINY,
        "api/index.txt": "x",
        "k8s/web.yaml": deployment("web", "web"),
        "k8s/api.yaml": deployment("api", "team/api:1.0"),
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/values.yaml": "image:\n  repository: web\n  tag: latest\n",
    }
    return repository(folder, files)


ODD: dict[str, Callable[[Path, str], Path]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        docker_folder,
        containerfiles,
        compose_short,
        helm_split,
        kustomize_tags,
        same_folder_names,
        policy_without_setters,
        partly_configured,
        own_workflow,
        hooks_of_many_styles,
        hooks_in_flow_style,
        no_commit,
        detached,
        worktree,
        inside_submodule,
        odd_bytes,
        many_files,
        second_cluster_runs_it,
        both_clusters_run_it,
        names_without_registry,
    )
}
