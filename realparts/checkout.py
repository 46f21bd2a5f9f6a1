"""A clean checkout of this repository's HEAD for the demo: uncommitted work is neither in the way nor in the images."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from realparts import paths, run, terminal, toml
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = paths.PARTS / "demo" / "checkout"
CONFIG = FOLDER / "demo.toml"
IMAGES = ("frontend", "backend")  # the site; the rollback handler's packages would have to be fetched
BRANCH = "master"  # the branch Flux follows, whatever is checked out here


def make() -> str:
    """Bring the checkout to this repository's HEAD; the commit."""
    if run.ask(["git", "-C", str(paths.ROOT), "rev-parse", "--verify", "HEAD"]) is None:
        raise PartError(
            f"{paths.ROOT} is no git repository with a commit",
            "git clone the project instead of unpacking it; if git speaks of dubious ownership, do what it says",
        )
    if run.ask(["git", "-C", str(paths.ROOT), "status", "--porcelain"]):
        terminal.note("your uncommitted changes are left out: the demo builds the last commit")
    FOLDER.mkdir(parents=True, exist_ok=True)
    git = ["git", "-C", str(FOLDER)]
    run.quiet([*git, "init", "--quiet"])
    # Fetched, not cloned: no remote is left behind that would say where the project lies on this computer.
    run.quiet([*git, "fetch", "--quiet", "--update-shallow", str(paths.ROOT), "HEAD"])
    run.quiet([*git, "checkout", "--quiet", "--force", "-B", BRANCH, "FETCH_HEAD"])
    (FOLDER / ".git" / "info" / "exclude").write_text(f"/{CONFIG.name}\n", encoding="utf-8")
    return run.quiet([*git, "rev-parse", "HEAD"]).strip()


def break_backend() -> str:
    """A commit after which the backend says of itself that it is not well; the commit."""
    server = FOLDER / "site" / "backend" / "server.py"
    text = server.read_text(encoding="utf-8")
    broken = text.replace("self._answer(HTTPStatus.OK, self.server.health())", "self._answer(HTTPStatus(500), {})")
    if broken == text:
        raise PartError("the demo does not find the health check in site/backend/server.py", "report this as a bug")
    server.write_text(broken, encoding="utf-8")
    git = ["git", "-C", str(FOLDER), "-c", "user.name=demo", "-c", "user.email=demo@example.invalid"]
    run.quiet([*git, "commit", "--quiet", "--all", "--message", "A change that breaks the backend"])
    return run.quiet([*git, "rev-parse", "HEAD"]).strip()


def configure(registry: str, contexts: Mapping[str, str]) -> None:
    """The repository's own buildtool.toml, with another registry and, where needed, other base images."""
    original = tomllib.loads((FOLDER / "buildtool.toml").read_text(encoding="utf-8"))
    dockerfiles = {
        name: (FOLDER / image.get("dockerfile", "Dockerfile")).read_text(encoding="utf-8")
        for name, image in original["images"].items()
        if name in IMAGES
    }
    CONFIG.write_text(toml.dumps(demo_settings(original, registry, contexts, dockerfiles)), encoding="utf-8")


def demo_settings(
    original: Mapping[str, Any], registry: str, contexts: Mapping[str, str], dockerfiles: Mapping[str, str]
) -> dict[str, Any]:
    """`registry` is host:port; the images are those of `dockerfiles`, each with those `contexts` that it names."""
    images = {}
    for name in dockerfiles:
        image = original["images"][name]
        used = {base: source for base, source in contexts.items() if base in dockerfiles[name]}
        images[name] = image | ({"contexts": image.get("contexts", {}) | used} if used else {})
    return {**original, "registry": registry, "insecure": True, "images": images}
