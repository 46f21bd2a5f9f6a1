from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from realparts import engine, paths
from realparts.packages import Need
from realparts.terminal import PartError
from tests.realparts.machines import BOOKWORM, MAC, TRIXIE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def programs(folder: Path, **scripts: str) -> None:
    """Shell scripts under the names of programs."""
    for name, script in scripts.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what the test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_an_empty_machine_needs_engine_and_client(only: Path) -> None:
    assert engine.missing(BOOKWORM, answers=False) == [Need.ENGINE, Need.CLIENT]


def test_an_engine_that_answers_needs_no_daemon_here(only: Path) -> None:
    programs(only, docker="exit 0")
    assert engine.missing(BOOKWORM, answers=True) == []
    assert engine.missing(MAC, answers=True) == []


def test_a_client_without_plugins_needs_them(only: Path) -> None:
    programs(only, docker="exit 1", dockerd="exit 0")
    assert engine.missing(BOOKWORM, answers=False) == [Need.BUILDX, Need.COMPOSE]


def test_who_cannot_install_and_has_no_docker_is_told_so(only: Path) -> None:
    with pytest.raises(PartError, match="there is no docker here") as raised:
        engine.ensure(replace(TRIXIE, root=False))
    assert raised.value.fix.startswith("sudo apt-get install docker.io")


def test_who_cannot_start_it_is_told_to(only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(only, docker="exit 1")
    monkeypatch.setattr(engine, "_SOCKET", tmp_path / "none.sock")
    with pytest.raises(PartError, match="no docker engine answers"):
        engine.ensure(MAC)


def test_an_old_buildx_is_refused_before_anything_fails_strangely(only: Path) -> None:
    programs(only, docker='case "$1" in buildx) echo "github.com/docker/buildx v0.11.2 abc";; *) echo 24.0;; esac')
    with pytest.raises(PartError, match=r"too old: v0\.11"):
        engine.ensure(MAC)


def test_the_context_says_where_the_engine_is(only: Path) -> None:
    programs(only, docker='case "$1" in version) echo 28.0.0;; context) echo unix:///home/me/docker.sock;; esac')
    found = engine.find()
    assert found is not None
    assert found.environment == {"DOCKER_HOST": "unix:///home/me/docker.sock"}


def test_an_engine_inside_a_container_copies_instead_of_stacking_overlays() -> None:
    assert "storage-driver" not in engine.settings("ext2/ext3")
    assert engine.settings("overlay")["storage-driver"] == "native"
    assert engine.settings("btrfs")["features"] == {"containerd-snapshotter": True}


def test_the_engines_sockets_fit_into_a_sockets_name() -> None:
    """A Unix socket's path has at most 107 bytes, and containerd's longest is below the folder."""
    assert len(os.fsencode(paths.RUN / "exec/containerd/containerd.sock.ttrpc")) < 108


@pytest.mark.engine
def test_the_engine_that_answers_is_found(engine: Mapping[str, str]) -> None:
    assert engine["DOCKER_HOST"].startswith(("unix://", "npipe://", "tcp://", "ssh://"))
