"""`make demo`: build, push, prove and run the site of this repository, all on this computer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from realparts import bases, checkout, paths, registry, run, setup, site, terminal
from realparts.terminal import PartError

if TYPE_CHECKING:
    from realparts.machine import Machine
    from realparts.registry import Registry
    from realparts.site import Running

_REFUSED = 3  # buildtool's "the answer is no"
_METADATA = paths.PARTS / "demo" / "push.json"
_NEXT = """\
make test                            the tests, with the same parts
make clean                           stop everything and remove .parts
.venv/bin/buildtool push --dry-run   the plan for your own checkout and registry (buildtool.toml)
README.md                            configuration, commands, and how a runner differs from a laptop"""


def run_demo(machine: Machine) -> int:
    """All steps of the demo; raises PartError where one fails. Returns the exit code."""
    setup.up(machine)
    server = _start_registry()
    terminal.heading("Check out the last commit")
    revision = checkout.make()
    checkout.configure(server.address, bases.contexts(server.address) if bases.made() else {})
    terminal.note(f"commit {revision[:12]}, branch {checkout.BRANCH}, in {_short(str(checkout.FOLDER))}")
    terminal.heading("Build both images, push them unseen, prove them, publish their tags")
    _buildtool("push", "--force", "--branch", checkout.BRANCH, "--metadata-file", str(_METADATA))
    images = {image["image"]: image for image in json.loads(_METADATA.read_text(encoding="utf-8"))["images"]}
    terminal.heading("Push again: nothing has changed, so nothing is built, and Flux sees no new tag")
    _buildtool("push", "--branch", checkout.BRANCH)
    terminal.heading("What Flux selects, and why")
    for name in images:
        _buildtool("policy", "explain", name)
    front = _run_frontend(images["frontend"], server.address)
    back = _run_backend(_reference(images["backend"], server.address), images["backend"], revision)
    back = _rehearse_rollback(images["backend"], server.address, revision)
    terminal.heading("Published")
    for image in images.values():
        terminal.note(image["reference"])
        terminal.note(f"  {image['digest']}  {', '.join(image['platforms'])}")
    terminal.heading("Still running")
    terminal.note(f"registry  {server.url}/v2/_catalog")
    terminal.note(f"frontend  {front.url}/")
    terminal.note(f"backend   {back.url}/api/health")
    terminal.heading("Next")
    for line in _NEXT.splitlines():
        terminal.note(line)
    return 0


def _start_registry() -> Registry:
    server = registry.create("registry", paths.PARTS / "registry")
    terminal.heading("Start a registry on a free loopback port")
    server.start()
    terminal.note(f"{server.url}/v2/")
    return server


def _command() -> list[str]:
    return [".venv/bin/buildtool", "-C", _short(str(checkout.FOLDER)), "--config", checkout.CONFIG.name]


def _buildtool(*arguments: str) -> None:
    code = run.shown([*_command(), *arguments], cwd=paths.ROOT)
    if code != 0:
        raise PartError(f"buildtool ended with exit code {code}", "do what it says above, then run make demo again")


def _rehearse_rollback(good: dict[str, Any], address: str, revision: str) -> Running:
    """A bad backend is pushed and rolled back; what Flux then selects is the good one, and it answers."""
    terminal.heading("Push a commit that breaks the backend, as it can happen to anybody")
    bad = checkout.break_backend()
    terminal.note(f"commit {bad[:12]}: /api/health answers 500")
    _buildtool("push", "backend", "--branch", checkout.BRANCH)
    terminal.heading("Go back: the good image is published again under a newer time, so that Flux stays there")
    _buildtool("rollback", "backend", "--to", good["tag"], "--yes")
    terminal.heading("Push the bad commit again: it is refused")
    code = run.shown([*_command(), "push", "backend", "--branch", checkout.BRANCH], cwd=paths.ROOT)
    if code != _REFUSED:
        raise PartError(f"buildtool ended with exit code {code}, not {_REFUSED}", "report this as a bug")
    selected = json.loads(run.quiet([*_command(), "policy", "explain", "backend", "--json"], cwd=paths.ROOT))["latest"]
    return _run_backend(f"{address}/{good['image']}:{selected}", good, revision)


def _run_frontend(image: dict[str, Any], address: str) -> Running:
    platform = image["platforms"][0]
    terminal.heading(f"Run the frontend for {platform}, as the cluster would")
    running = site.start("frontend", _reference(image, address), platform, 8080, "/healthz")
    terminal.note(f"processor inside: {site.machine_of(running)}")
    page = running.text("/")
    site.show(running, "/", next(line for line in page.splitlines() if "<title>" in line) + "  …")
    site.show(running, "/version.json", running.text("/version.json"))
    return running


def _run_backend(reference: str, image: dict[str, Any], revision: str) -> Running:
    platform = image["platforms"][0]
    terminal.heading(f"Run the backend for {platform}, as the virtual machine would")
    running = site.start("backend", reference, platform, 3001, "/api/health")
    health = running.json("/api/health")
    site.show(running, "/api/health", json.dumps(health))
    if health["revision"] != revision:
        raise PartError(f"the backend runs {health['revision']}, not {revision}", "make clean, then make demo")
    return running


def _reference(image: dict[str, Any], address: str) -> str:
    return f"{address}/{image['image']}@{image['digest']}"


def _short(path: str) -> str:
    """As a person in the project's root would type it."""
    return path.removeprefix(f"{paths.ROOT}/")
