from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.buildx import Buildx, read_digests
from buildtool.adapters.process import Silence
from buildtool.core.build.builder import EngineLimits
from buildtool.core.build.definition import BakeDefinition
from buildtool.errors import (
    BUILD_SILENT,
    BUILDER_UNUSABLE,
    BUILDX_MISSING,
    BUILDX_TOO_OLD,
    DOCKER_MISSING,
    DOCKER_UNREACHABLE,
    BuildtoolError,
    Exit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.core.build.events import BuildEvent
    from buildtool.errors import (
        Kind,
    )


def machine(folder: Path, script: str | None) -> Mapping[str, str]:
    """A PATH with only the docker that another machine has."""
    programs = folder / "bin"
    programs.mkdir()
    if script is not None:
        docker = programs / "docker"
        docker.write_text(f"#!/bin/sh\n{script}\n")
        docker.chmod(0o755)
    return {"PATH": str(programs), "HOME": str(folder)}


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        (None, DOCKER_MISSING, "not installed"),
        ("echo \"docker: 'buildx' is not a docker command.\" >&2; exit 1", BUILDX_MISSING, "not a docker command"),
        ("echo github.com/docker/buildx v0.12.1 abc", BUILDX_TOO_OLD, "0.12.1"),
        ("echo surprise", BUILDX_MISSING, "surprise"),
        (
            '[ "$2" = version ] && echo buildx v0.13.1 || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }',
            DOCKER_UNREACHABLE,
            "Cannot connect",
        ),
        (
            '[ "$2" = version ] && echo buildx v0.13.1 || { echo "no builder farm found" >&2; exit 1; }',
            BUILDER_UNUSABLE,
            "no builder farm found",
        ),
        (
            '[ "$2" = version ] && echo buildx v0.13.1 || printf "Name: x\\nDriver: remote\\nError: no such host\\n"',
            BUILDER_UNUSABLE,
            "no such host",
        ),
        (
            '[ "$2" = version ] && echo buildx v0.13.1 || echo surprise',
            BUILDER_UNUSABLE,
            "names no driver",
        ),
    ],
)
def test_machines_that_cannot_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, kind: Kind, words: str
) -> None:
    environment = machine(tmp_path, script)
    monkeypatch.setenv("PATH", environment["PATH"])
    with pytest.raises(BuildtoolError) as raised:
        Buildx(root=tmp_path, environment=environment).facts()
    assert raised.value.kind is kind
    assert words in raised.value.message


@pytest.mark.parametrize(("driver", "limited"), [("docker", True), ("docker-container", False)])
def test_the_engine_is_asked_for_the_docker_driver_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str, *, limited: bool
) -> None:
    script = f'[ "$2" = version ] && echo buildx v0.13.1 || printf "Name: x\\nDriver: {driver}\\n"'
    environment = machine(tmp_path, script)
    monkeypatch.setenv("PATH", environment["PATH"])
    limits = EngineLimits(several_platforms=False)
    facts = Buildx(root=tmp_path, environment=environment, engine_limits=lambda: limits).facts()
    assert (facts.name, facts.driver, facts.buildx_version) == ("x", driver, (0, 13, 1))
    assert facts.engine == (limits if limited else EngineLimits())


def test_a_digest_for_every_target(tmp_path: Path) -> None:
    file = tmp_path / "metadata.json"
    digests = {"web": "sha256:1", "api": "sha256:2"}
    file.write_text(json.dumps({name: {"containerimage.digest": digest} for name, digest in digests.items()}))
    assert read_digests(file, ("web", "api")) == digests


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"web": {}}', '{"web": 1}'])
def test_metadata_that_is_none(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "metadata.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BuildtoolError) as raised:
        read_digests(file, ("web",))
    assert raised.value.kind is BUILDER_UNUSABLE


TRICKLES = """
echo '{"vertexes":[{"digest":"sha256:1","name":"[web 1/1] COPY . /","started":"2026-11-01T10:00:00Z"}]}' >&2
for i in 1 2 3; do sleep 0.01; echo "{}" >&2; done
told='{"web": {"containerimage.digest": "sha256:1"}}'
while [ $# -gt 0 ]; do [ "$1" = --metadata-file ] && echo "$told" > "$2"; shift; done
"""
DEFINITION = BakeDefinition({}, ("web",), hosts=("r.example:5000",))


def fake(folder: Path, script: str, seconds: float) -> Buildx:
    environment = {**machine(folder, script), "PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
    return Buildx(root=folder, environment=environment, silence=Silence(seconds))


def test_a_build_that_hangs_is_ended_and_the_host_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(BuildtoolError) as raised:
        fake(tmp_path, f"{TRICKLES}\nexec sleep 600", 0.5).bake(DEFINITION, lambda _: None)
    assert (raised.value.kind, raised.value.kind.exit, raised.value.place) == (
        BUILD_SILENT,
        Exit.UNREACHABLE,
        "r.example:5000",
    )
    assert raised.value.message == (
        "building for and uploading to r.example:5000: docker: printed nothing for 0.5 s and was ended; "
        "the last step heard of was [web 1/1] COPY . /"
    )


def test_a_build_that_trickles_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    events: list[BuildEvent] = []
    assert fake(tmp_path, TRICKLES, 60).bake(DEFINITION, events.append) == {"web": "sha256:1"}
    assert [event.name for event in events] == ["[web 1/1] COPY . /"]


@pytest.mark.engine
def test_the_real_one(engine: Mapping[str, str], tmp_path: Path) -> None:
    facts = Buildx(root=tmp_path, environment={**os.environ, **engine}).facts()
    assert facts.buildx_version >= (0, 13, 0)
    assert facts.platforms


ARGV = """
[ "$2" = version ] && echo buildx vVERSION && exit
printf '%s\\n' "$@" > argv
"""


def argv(folder: Path, version: str, definition: BakeDefinition) -> list[str]:
    """The entitlements that bake is started with, in a folder `repo`."""
    (folder / "repo").mkdir()
    environment = {**machine(folder, ARGV.replace("VERSION", version)), "PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
    with pytest.raises(BuildtoolError, match="reported no digest"):
        Buildx(root=folder / "repo", environment=environment).bake(definition, lambda _: None)
    return [line for line in (folder / "repo" / "argv").read_text().splitlines() if line.startswith("--allow")]


def asking(folder: Path) -> BakeDefinition:
    """A definition that reads and writes inside and outside of its folder, also behind a link."""
    (folder / "lib").mkdir()
    (folder / "link").symlink_to("lib")
    reads = (f"{folder}/repo/web", f"{folder}/repo", f"{folder}/lib", f"{folder}/link")
    return BakeDefinition({}, ("web",), reads, writes=(f"{folder}/repo/cache", f"{folder}/cache/web"), allowed=("ssh",))


def test_bake_is_allowed_what_it_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    real = tmp_path.resolve()
    assert argv(tmp_path, "0.19.0", asking(tmp_path)) == [
        f"--allow=fs.read={real}/lib",
        f"--allow=fs.write={real}",  # buildx makes the folder: what is there already is what it asks for
        "--allow=ssh",
    ]


def test_a_folder_behind_a_link_in_the_repository_is_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    (tmp_path / "lib").mkdir()
    (tmp_path / "inside").symlink_to("lib")
    definition = BakeDefinition({}, ("web",), (f"{tmp_path}/inside",))
    assert argv(tmp_path, "0.29.1", definition) == [f"--allow=fs.read={tmp_path.resolve()}/lib"]


def test_an_older_buildx_knows_no_entitlements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert argv(tmp_path, "0.18.0", asking(tmp_path)) == []
