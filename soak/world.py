"""A repository with two tiny images, its registry, and pushes of it as a user runs them."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251 -- the soak starts and kills pushes; buildtool's own rule is about buildtool
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Mapping

IMAGES = ("web", "api")
CANDIDATE = "unproven"
USER, PASSWORD = "soak-user", "soak-password-4711"  # no registry asks for them; none may be left behind
ROOT = Path(__file__).parents[1]
_SECONDS = 600.0


@dataclass
class Home:
    """A user: caches, locks, docker's configuration and the runtime directory are below `folder`."""

    folder: Path

    def variables(self) -> dict[str, str]:
        made = {"HOME": "home", "DOCKER_CONFIG": "docker", "XDG_RUNTIME_DIR": "run", "TMPDIR": "tmp"}
        for name in made.values():
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        identity = "[user]\n\tname = Soak\n\temail = soak@example.invalid\n"
        (self.folder / "home" / ".gitconfig").write_text(identity, encoding="utf-8")
        return {key: str(self.folder / name) for key, name in made.items()}


@dataclass
class Site:
    """One repository; `host` is where its images are seen, `shop.registry` where they are pushed to."""

    folder: Path
    host: str
    engine: Mapping[str, str]
    project: str = field(default_factory=lambda: f"soak-{uuid4().hex[:10]}")

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.home = Home(self.folder / "user")
        self.shop = Shop(self.folder / "repo", f"{self.host}/{self.project}", {}, tiny=True)

    @property
    def repositories(self) -> list[str]:
        return [f"{self.project}/{name}" for name in IMAGES]

    def change(self) -> str:
        """A new commit in which both images differ; the commit."""
        for name in IMAGES:
            self.shop.write(f"{name}/index.txt", f"{name} {uuid4()}\n")
        return self.shop.commit("change")

    def commits(self) -> set[str]:
        return set(self.shop.git("rev-list", "--all").split())

    def begin(
        self, *, home: Home | None = None, folder: Path | None = None, registry: str | None = None
    ) -> subprocess.Popen[str]:
        """Start a push, with credentials from the environment; `registry` is another way to the same registry."""
        kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        way = {"BUILDTOOL_REGISTRY": registry} if registry else {}
        login = {"BUILDTOOL_REGISTRY_USERNAME": USER, "BUILDTOOL_REGISTRY_PASSWORD": PASSWORD}
        return subprocess.Popen(
            [sys.executable, "-m", "buildtool", "push", "--json", "--progress=quiet"],
            cwd=folder or self.shop.folder,
            env={**kept, **self.engine, **(home or self.home).variables(), **login, **way, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def push(self, *, registry: str | None = None) -> Ended:
        """One push that nobody disturbs."""
        return ended(self.begin(registry=registry))

    def forget(self) -> None:
        """An engine keeps what it pushed, and some thousand images make it slow."""
        argv = ["docker", "image", "rm", "--force", *[f"{self.shop.registry}/{name}:{CANDIDATE}" for name in IMAGES]]
        subprocess.run(argv, env={**os.environ, **self.engine}, capture_output=True, check=False)


@dataclass(frozen=True)
class Ended:
    """How a push ended."""

    code: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return f"exit code {self.code}: {self.stderr.strip()[-600:]}"


def ended(run: subprocess.Popen[str]) -> Ended:
    """Wait for a push, however it ends."""
    with run:
        out, said = run.communicate(timeout=_SECONDS)
    return Ended(run.returncode, out, said)
