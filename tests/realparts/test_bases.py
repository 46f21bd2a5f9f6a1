"""The stand-ins for base images, in a real registry and a real engine."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from realparts import bases
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.engine
@pytest.mark.parametrize(
    ("image", "command", "said"),
    [
        (bases.NGINX.image, ["nginx", "-v"], "nginx/1."),
        (bases.PYTHON.image, ["python", "-c", "import ssl, sqlite3, sys; print(sys.version)"], "3.13."),
        (bases.BUSYBOX.image, ["sh", "-c", "uname -s"], "Linux"),
    ],
)
@pytest.mark.parametrize("arch", bases.ARCHITECTURES)
def test_a_stand_in_runs_on_both_architectures(
    engine: Mapping[str, str],
    arm64: None,
    base_contexts: Mapping[str, str],
    arch: str,
    image: str,
    command: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need(base_contexts, "the public registry answers, so no stand-ins are made")
    monkeypatch.setenv("DOCKER_HOST", engine["DOCKER_HOST"])
    reference = base_contexts[image].removeprefix("docker-image://")
    run = ["docker", "run", "--rm", "--quiet", "--platform", f"linux/{arch}", reference, *command]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout + done.stderr
