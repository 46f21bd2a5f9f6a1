"""What a push asks and loads: requests to the registry, runs of docker and git, packages. Never a time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.support.httpserver import forward, serve
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.httpserver import Handler, Question
    from tests.support.parts import Registries

pytestmark = pytest.mark.engine

HEAVY = {"docker", "git", "h2", "pygments", "re2", "requests", "rich", "semver", "urllib3"}
# Runs the command, and says at its end what it loaded, other than standard output.
LOADED = (
    "import json,os,sys\nfrom buildtool.cli.main import main\n"
    "try:\n    main(sys.argv[1:])\n"
    "finally:\n    open(os.environ['LOADED'], 'w').write(json.dumps(sorted(sys.modules)))"
)


class Cost:
    """A repository with two tiny images, behind a registry and programs that write down who asks for what."""

    def __init__(self, folder: Path, upstream: str, engine: Mapping[str, str]) -> None:
        self.folder = folder
        self.upstream = upstream
        self.shop: Shop | None = None
        self.requests: list[str] = []
        self.modules: set[str] = set()
        programs = folder / "bin"
        programs.mkdir()
        for name in ("docker", "git"):
            (programs / name).write_text(
                f'#!/bin/sh\necho "{name} $@" >> {folder}/ran\nexec {shutil.which(name)} "$@"\n'
            )
            (programs / name).chmod(0o755)
        self._environment = {
            **os.environ,
            **engine,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "LOADED": f"{folder}/loaded",
        }

    def answer(self, handler: Handler, question: Question) -> None:
        if question.headers.get("user-agent") == "buildtool":
            path = re.sub(r"sha256:\w+|/uploads/.+", "*", question.path.removeprefix("/v2/").partition("/")[2])
            self.requests.append(f"{question.method} {re.sub(r'main-.*', 'TAG', path)}")
        handler.reply(forward(self.upstream, question))

    def push(self, *arguments: str) -> None:
        """Afterwards `requests`, `programs` and `modules` are those of this run."""
        assert self.shop is not None
        self.requests.clear()
        (self.folder / "ran").write_text("")
        argv = [sys.executable, "-c", LOADED, "push", *arguments]
        done = subprocess.run(
            argv, cwd=self.shop.folder, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        self.modules = set(json.loads((self.folder / "loaded").read_text()))

    @property
    def programs(self) -> list[str]:
        return (self.folder / "ran").read_text().splitlines()

    def docker(self) -> Counter[str]:
        return Counter(" ".join(one.split()[1:3]) for one in self.programs if one.startswith("docker "))


@pytest.fixture(scope="module")
def cost(
    tmp_path_factory: pytest.TempPathFactory, registry_server: Registries, engine: Mapping[str, str]
) -> Iterator[Cost]:
    """After its first push."""
    made = Cost(tmp_path_factory.mktemp("cost"), registry_server().address, engine)
    with serve(made.answer) as host:
        made.shop = Shop(made.folder / "shop", host, {}, tiny=True)
        made.push()
        yield made


def test_an_unchanged_tree_asks_little(cost: Cost) -> None:
    cost.push()
    assert Counter(cost.requests) == {
        "GET tags/list": 2,
        "GET manifests/TAG": 2,
        "GET blobs/*": 2,  # the labels are in the config
        "GET ": 1,  # /v2/
    }
    assert cost.docker() == {}
    assert cost.modules & HEAVY == set()


def test_a_build_asks_docker_three_times_and_the_registry_no_more_than_it_must(cost: Cost) -> None:
    cost.push()
    assert cost.shop is not None
    for name in ("web", "api"):
        cost.shop.write(f"{name}/index.txt", os.urandom(8).hex())
    cost.shop.commit("next")
    cost.push()
    assert cost.docker() == {"buildx version": 1, "buildx inspect": 1, "buildx bake": 1}
    assert cost.modules & HEAVY == set()
    asked = Counter(cost.requests)
    for each, most in {
        "GET tags/list": 8,  # for the plan, before publishing, after it, and for what Flux selects now
        "GET manifests/TAG": 2,
        "PUT manifests/TAG": 2,
        "HEAD manifests/TAG": 2,
        "POST blobs*": 2,
        "GET manifests/*": 2,
    }.items():
        assert asked[each] <= most, asked
    assert sum(asked.values()) <= 56, asked
    ancestry = [one for one in cost.programs if "merge-base" in one]
    assert len(ancestry) == 1, "both images are of one commit"
