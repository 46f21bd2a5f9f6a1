"""The GitHub workflow that publishes, and the entry of pre-commit, as text."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.lint import publishing
from buildtool.core.init.flux_objects import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.core.yaml.node import Node

ACTION = "ThePixelExpert/Professional-Website"
WORKFLOW = ".github/workflows/build-and-push.yml"
HOOKS = ".pre-commit-config.yaml"
_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_QEMU = "docker/setup-qemu-action@96fe6ef7f33517b61c61be40b68a1882f3264fb8 # v4.2.0"
_OWN_RUNNER = ("self-hosted", "linux")
_HOSTED = ("ubuntu-24.04",)
_HOSTED_ARM = ("ubuntu-24.04-arm",)


class Job(NamedTuple):
    """What the workflow depends on. `written` are the files that Flux writes; `commit` is that of the action."""

    branch: str
    runner: tuple[str, ...]
    host: str
    platforms: Sequence[str]
    written: Sequence[str]
    submodules: bool
    commit: str

    @property
    def hosted(self) -> bool:
        return "self-hosted" not in self.runner


def workflow(job: Job) -> str:
    """The whole workflow file."""
    lines = [
        "# Builds, proves and publishes the images of the deploy branch; Flux does the rest.",
        "# Runs on pushes and by hand only, never on a pull request, which may come from a fork.",
        "name: Build and push",
        "",
        "on:",
        "  push:",
        f"    branches: [{yaml_text(job.branch)}]",
        *_ignored(job.written),
        "  workflow_dispatch:",
        "",
        "permissions: {}",
        "",
        "# One publish at a time per branch; a running one is never cancelled, of the waiting ones the newest stays.",
        "concurrency:",
        "  group: build-and-push-${{ github.ref }}",
        "  cancel-in-progress: false",
        "",
        "jobs:",
        "  publish:",
        "    name: Publish",
        f"    runs-on: [{', '.join(map(yaml_text, job.runner))}]",
        "    timeout-minutes: 60",
        "    permissions:",
        "      contents: read # check out the commit",
        *(["      packages: write # push the images"] if job.host == _GITHUB else []),
        "    steps:",
        *_steps(job),
    ]
    return "\n".join(lines) + "\n"


_GITHUB = "ghcr.io"


def _ignored(written: Sequence[str]) -> list[str]:
    if not written:
        return []
    note = "    # What Flux writes: its commit must not build, or the new tag would make it commit again."
    return [note, "    paths-ignore:", *(f"      - {yaml_text(as_glob(path))}" for path in written)]


def as_glob(path: str) -> str:
    """A pattern of GitHub's workflows that takes this path; what has a meaning in patterns becomes a set of one."""
    return "".join(f"[{character}]" if character in "*?+[" else character for character in path)


def _steps(job: Job) -> list[str]:
    lines = [
        "      - name: Check out with the whole history, for the guard against older commits",
        f"        uses: {_CHECKOUT}",
        "        with:",
        "          fetch-depth: 0",
        "          persist-credentials: false",
        *(["          submodules: recursive"] if job.submodules else []),
        "",
    ]
    native = "linux/arm64" if job.runner == _HOSTED_ARM else "linux/amd64"
    if job.hosted and set(job.platforms) - {native}:
        lines += ["      - name: Set up emulation of other platforms", f"        uses: {_QEMU}", ""]
    if job.hosted:
        lines += [*_login(job.host), ""]
    return [*lines, "      - name: Build, prove, publish", f"        uses: {ACTION}@{job.commit}"]


def _login(host: str) -> list[str]:
    own = host == _GITHUB
    user = "${{ github.actor }}" if own else "${{ secrets.REGISTRY_USERNAME }}"
    password = "${{ github.token }}" if own else "${{ secrets.REGISTRY_PASSWORD }}"
    return [
        "      - name: Log in to the registry",
        "        env:",
        f"          REGISTRY_HOST: {yaml_text(host)}",
        f"          REGISTRY_USERNAME: {user}",
        f"          REGISTRY_PASSWORD: {password}",
        (
            '        run: docker login "$REGISTRY_HOST" --username "$REGISTRY_USERNAME" --password-stdin'
            ' <<<"$REGISTRY_PASSWORD"'
        ),
    ]


def runner(workflows: Iterable[Node], host: str, platforms: Sequence[str]) -> tuple[str, ...]:
    """The labels of the runner: a self-hosted one where a workflow uses it or the registry is in a private network."""
    for root in workflows:
        jobs = root.get("jobs")
        for _, job in jobs.pairs if jobs is not None else ():
            labels = tuple(node.text for node in job.real.each("runs-on")) or (job.real.string("runs-on"),)
            if "self-hosted" in labels:
                return labels
    if is_private(host):
        return _OWN_RUNNER
    return _HOSTED_ARM if list(platforms) == ["linux/arm64"] else _HOSTED


def is_private(host: str) -> bool:
    """Whether only machines of the same network can reach `host[:port]`."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    try:
        return ipaddress.ip_address(name.strip("[]")).is_private
    except ValueError:
        return "." not in name or name.endswith((".local", ".lan", ".internal", ".home", ".home.arpa"))


def publishes(root: Node) -> bool:
    """Whether a workflow runs buildtool's push or its action."""
    return any(publishing.runs_buildtool(step) for step in publishing.steps(root))


def hooks_file(commit: str) -> str:
    """A whole .pre-commit-config.yaml."""
    entry = hooks_entry(commit).rstrip("\n").split("\n")
    lines = [f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(entry)]
    return "repos:\n" + "\n".join(lines) + "\n"


def hooks_entry(commit: str) -> str:
    """The item of `repos`."""
    hooks = "hooks:\n  - id: buildtool-check\n  - id: buildtool-tag-policy\n"
    return f"repo: https://github.com/{ACTION}\nrev: {commit}\n{hooks}"


def has_hooks(root: Node) -> bool:
    """Whether a .pre-commit-config.yaml runs a hook of buildtool."""
    return any(hook.string("id").startswith("buildtool") for repo in root.each("repos") for hook in repo.each("hooks"))
