"""`make demo`: build, push, prove and run the site of this repository, all on this computer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from realparts import bases, checkout, paths, registry, run, say, setup, site
from realparts.say import PartError

if TYPE_CHECKING:
    from realparts.machine import Machine
    from realparts.registry import Registry
    from realparts.site import Running

_METADATA = paths.PARTS / "demo" / "push.json"
_NEXT = """\
make test                            the tests, with the same parts
make clean                           stop everything and remove .parts
.venv/bin/buildtool push --dry-run   the plan for your own checkout and registry (buildtool.toml)
README.md                            configuration, commands, and how a runner differs from a laptop"""


def run_demo(machine: Machine) -> int:
    """The whole story; PartError where a step fails."""
    setup.up(machine)
    server = _start_registry()
    say.heading("Check out the last commit")
    revision = checkout.make()
    checkout.configure(server.address, bases.contexts(server.address) if bases.made() else {})
    say.note(f"commit {revision[:12]}, branch {checkout.BRANCH}, in {_short(str(checkout.FOLDER))}")
    say.heading("Build both images, push them unseen, prove them, publish their tags")
    _buildtool("push", "--force", "--branch", checkout.BRANCH, "--metadata-file", str(_METADATA))
    images = {image["image"]: image for image in json.loads(_METADATA.read_text(encoding="utf-8"))["images"]}
    say.heading("Push again: nothing has changed, so nothing is built, and Flux sees no new tag")
    _buildtool("push", "--branch", checkout.BRANCH)
    say.heading("What Flux selects, and why")
    for name in images:
        _buildtool("policy", "explain", name)
    front = _run_frontend(images["frontend"], server.address)
    back = _run_backend(images["backend"], server.address, revision)
    say.heading("Published")
    for image in images.values():
        say.note(image["reference"])
        say.note(f"  {image['digest']}  {', '.join(image['platforms'])}")
    say.heading("Still running")
    say.note(f"registry  {server.url}/v2/_catalog")
    say.note(f"frontend  {front.url}/")
    say.note(f"backend   {back.url}/api/health")
    say.heading("Next")
    for line in _NEXT.splitlines():
        say.note(line)
    return 0


def _start_registry() -> Registry:
    server = registry.create("registry", paths.PARTS / "registry")
    say.heading("Start a registry on a free loopback port")
    server.start()
    say.note(f"{server.url}/v2/")
    return server


def _buildtool(*arguments: str) -> None:
    argv = [".venv/bin/buildtool", "-C", _short(str(checkout.FOLDER)), "--config", checkout.CONFIG.name]
    code = run.shown([*argv, *arguments], cwd=paths.ROOT)
    if code != 0:
        raise PartError(f"buildtool ended with exit code {code}", "do what it says above, then run make demo again")


def _run_frontend(image: dict[str, Any], address: str) -> Running:
    platform = image["platforms"][0]
    say.heading(f"Run the frontend for {platform}, as the cluster would")
    running = site.start("frontend", _by_digest(image, address), platform, 8080, "/healthz")
    say.note(f"processor inside: {site.machine_of(running)}")
    page = running.text("/")
    site.show(running, "/", next(line for line in page.splitlines() if "<title>" in line) + "  …")
    site.show(running, "/version.json", running.text("/version.json"))
    return running


def _run_backend(image: dict[str, Any], address: str, revision: str) -> Running:
    platform = image["platforms"][0]
    say.heading(f"Run the backend for {platform}, as the virtual machine would")
    running = site.start("backend", _by_digest(image, address), platform, 3001, "/api/health")
    health = running.json("/api/health")
    site.show(running, "/api/health", json.dumps(health))
    if health["revision"] != revision:
        raise PartError(f"the backend runs {health['revision']}, not {revision}", "make clean, then make demo")
    return running


def _by_digest(image: dict[str, Any], address: str) -> str:
    return f"{address}/{image['image']}@{image['digest']}"


def _short(path: str) -> str:
    """As a person in the project's root would type it."""
    return path.removeprefix(f"{paths.ROOT}/")
