"""The images that a Dockerfile is said to be built from are those that BuildKit looks up."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.clock import SystemClock
from buildtool.adapters.registry import RegistryClient
from buildtool.core.build.base_images import BuildSettings, base_images
from buildtool.core.image.names import Platform, Repository
from buildtool.core.text.secrets import Secrets
from tests.support.registries.images import image, upload
from tests.support.shop import NATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries

pytestmark = pytest.mark.engine
ARCHITECTURE = NATIVE.partition("/")[2]
NAMES = ("a", "b", "c", f"a-{ARCHITECTURE}")
# R is the registry; what has to be run fails, for the images hold no program: they have been looked up by then.
DOCKERFILES = {
    "one": "FROM R/a:1\n",
    "an unused stage": "FROM R/b:1 AS unused\nFROM R/a:1\n",
    "a stage on a stage": "FROM R/a:1 AS x\nFROM x AS y\nFROM y\n",
    "copy from a stage and an image": "FROM R/a:1 AS x\nFROM R/b:1\nCOPY --from=x / /\nCOPY --from=R/c:1 / /\n",
    "copy by number": "FROM R/a:1\nFROM R/b:1\nFROM R/c:1\nCOPY --from=1 / /\n",
    "a mount": "FROM R/a:1\nRUN --mount=type=bind,from=R/b:1,target=/b x\n",
    "a mount of a cache": "FROM R/a:1 AS x\nFROM R/b:1\nRUN --mount=type=cache,from=x,target=/b x\n",
    "arguments": "ARG HOST=R\nARG NAME=$HOST/a\nFROM ${NAME}:${TAG:-1}\n",
    "the platform": "FROM R/a-$TARGETARCH:1\n",
    "the platform of the builder": "FROM --platform=$BUILDPLATFORM R/a:1 AS x\nFROM R/b:1\nCOPY --from=x / /\n",
    "a heredoc": "FROM R/a:1\nCOPY <<EOF /x\nFROM R/b:1\nEOF\n",
    "a heredoc with tabs": "FROM R/a:1\nCOPY <<-'E' /x\n\tFROM R/b:1\n\tE\nCOPY --from=R/c:1 / /\n",
    "no heredoc": "FROM R/a:1\nENV X=<<E\nCOPY --from=R/b:1 / /\n",
    "continued": "FROM \\\n# a comment\n\n  R/a:1 \\\n  AS x\nFROM x\n",
    "another escape": "# escape=`\nFROM `\nR/a:1\nCOPY --from=R/b:1 / /\n",
    "onbuild": "FROM R/a:1\nONBUILD COPY --from=R/b:1 / /\n",
    "lower case": "from R/a:1 as x\nfrom R/b:1\ncopy --from=X / /\n",
    "scratch": "FROM scratch\nCOPY --from=R/a:1 / /\n",
}
_LOOKED_UP = re.compile(r"load metadata for (\S+)")


@pytest.fixture(scope="module")
def host(registry_server: Registries) -> Iterator[str]:
    server = registry_server()
    with RegistryClient(server.address, insecure=True, clock=SystemClock(), secrets=Secrets()) as client:
        for name in NAMES:
            upload(client, Repository(server.address, name), image(name, architecture=ARCHITECTURE), "1")
    yield server.address
    server.stop()


@pytest.mark.parametrize("dockerfile", DOCKERFILES.values(), ids=DOCKERFILES)
def test_what_buildkit_looks_up(dockerfile: str, host: str, tmp_path: Path, engine: Mapping[str, str]) -> None:
    text = dockerfile.replace("R/", f"{host}/").replace("=R\n", f"={host}\n")
    (tmp_path / "Dockerfile").write_text(text)
    argv = ["docker", "buildx", "build", "--pull", "--output=type=cacheonly", "--progress=rawjson", str(tmp_path)]
    done = subprocess.run(argv, env={**os.environ, **engine}, capture_output=True, text=True, check=False)
    names = {name for name in _LOOKED_UP.findall(done.stderr.replace('"', " ")) if name.startswith(host)}
    told = base_images(text, BuildSettings(None, {}, [Platform.parse(NATIVE)]))
    assert (set(told.tagged.values()), told.unknown) == (names, ""), json.dumps(done.stderr[-2000:])
