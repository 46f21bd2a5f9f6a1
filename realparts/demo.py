"""`make demo`: build, push, prove and run the site of this repository, all on this computer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from realparts import bases, checkout, paths, registry, run, say, setup, site, venv
from realparts.say import PartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realparts.machine import Machine
    from realparts.registry import Registry

_METADATA = paths.PARTS / "demo" / "push.json"
_NEXT = """\
make test                         the tests, with the same parts
make clean                        stop everything and remove .parts
buildtool push --dry-run          the plan for your own checkout and registry (buildtool.toml)
README.md                         configuration, commands, and how a runner differs from a laptop"""


def run_demo(machine: Machine) -> int:
    """The whole story; PartError where a step fails."""
    venv.ensure(machine)
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
    _run_frontend(images["frontend"], server.address)
    _run_backend(images["backend"], server.address, revision)
    _finish(images, server)
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


def _run_frontend(image: dict[str, Any], address: str) -> None:
    platform = image["platforms"][0]
    say.heading(f"Run the frontend for {platform}, as the cluster would")
    running = site.start("frontend", _by_digest(image, address), platform, 8080, "/healthz")
    say.note(f"processor inside: {site.machine_of(running)}")
    page = running.text("/")
    site.show(running, "/", next(line for line in page.splitlines() if "<title>" in line) + "  …")
    site.show(running, "/version.json", running.text("/version.json"))


def _run_backend(image: dict[str, Any], address: str, revision: str) -> None:
    platform = image["platforms"][0]
    say.heading(f"Run the backend for {platform}, as the virtual machine would")
    running = site.start("backend", _by_digest(image, address), platform, 3001, "/api/health")
    health = running.json("/api/health")
    site.show(running, "/api/health", json.dumps(health))
    if health["revision"] != revision:
        raise PartError(f"the backend runs {health['revision']}, not {revision}", "make clean, then make demo")


def _by_digest(image: dict[str, Any], address: str) -> str:
    return f"{address}/{image['image']}@{image['digest']}"


def _finish(images: dict[str, dict[str, Any]], server: Registry) -> None:
    say.heading("Published")
    for image in images.values():
        say.note(f"{image['reference']}")
        say.note(f"  {image['digest']}  {', '.join(image['platforms'])}")
    say.heading("Still running")
    _table([("registry", f"{server.url}/v2/_catalog"), *((name, _address(name)) for name in images)])
    say.heading("Next")
    for line in _NEXT.splitlines():
        say.note(line)


def _address(name: str) -> str:
    published = run.ask(["docker", "port", f"buildtool-demo-{name}"]) or ""
    return f"http://{published.split()[-1]}/"


def _table(rows: Sequence[tuple[str, str]]) -> None:
    for name, text in rows:
        say.note(f"{name:<10}{text}")


def _short(path: str) -> str:
    """As a person in the project's root would type it."""
    return path.removeprefix(f"{paths.ROOT}/")
