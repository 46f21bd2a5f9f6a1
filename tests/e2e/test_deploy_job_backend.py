"""The deploy Job's own script to its end: real containers on the real engine, from a real registry."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters import process
from tests.support import sshd as sshds
from tests.support.need import need
from tests.support.vm import NEW, OLD, OLD_TAG, TAG, Job, Site, assert_failed, git, job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries

pytestmark = pytest.mark.engine
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Engine:
    environment: Mapping[str, str]

    def __call__(self, *arguments: str) -> str:
        return process.run(["docker", *arguments], env=self.environment, timeout=240).stdout.strip()


@dataclass(frozen=True)
class Backend:
    """A backend that is published by `publish` and deployed by the Job that `deploys` gives."""

    site: Site
    job: Job
    port: int
    docker: Engine
    repository: str
    base: str
    project: str

    def publish(self, folder: Path, tag: str, revision: str | None) -> None:
        """Push an image whose /api/health answers with `revision`; without one there is no such page."""
        api = folder / tag / "www" / "api"
        api.mkdir(parents=True)
        if revision:
            body = json.dumps({"status": "ok", "revision": revision, "version": "any"}, indent=2)
            (api / "health").write_text(body, encoding="utf-8")
        command = ["httpd", "-f", "-p", "3001", "-h", "/www"]
        (folder / tag / "Dockerfile").write_text(
            f"FROM {self.base}\nCOPY www /www\nCMD {json.dumps(command)}\n", encoding="utf-8"
        )
        reference = f"{self.repository}:{tag}"
        self.docker("build", "-q", "-t", reference, str(folder / tag))
        self.docker("push", "-q", reference)
        self.docker("image", "rm", reference)

    def deploys(self, tag: str) -> Job:
        """Commit a compose file that names `tag`, as Flux does, and give the Job for it."""
        self.site.compose(
            f"name: {self.project}\n"
            "services:\n"
            "  backend:\n"
            f"    image: {self.repository}:{tag}\n"
            f"    container_name: {self.project}\n"
            "    stop_grace_period: 0s\n"
            "    ports:\n"
            f"      - 127.0.0.1:{self.port}:3001\n"
        )
        return self.job.but(DEPLOY_TAG=tag)

    def running_image(self) -> str:
        return self.docker("inspect", "--format", "{{.Config.Image}}", self.project)


@pytest.fixture
def backend(
    tmp_path: Path, engine: Mapping[str, str], registry_server: Registries, base_contexts: Mapping[str, str]
) -> Iterator[Backend]:
    docker = Engine({**os.environ, **engine})
    project, port = f"buildtool-test-{os.getpid()}-{next(_NUMBERS)}", sshds.free_port()
    base = base_contexts.get("busybox:1.37", "busybox:1.37").removeprefix("docker-image://")
    site = Site.create(tmp_path)
    (tmp_path / "ssh").mkdir()
    with sshds.running(tmp_path / "ssh", engine) as server:
        run = job(server, site, TAG, f"http://127.0.0.1:{port}/api/health")
        yield Backend(site, run, port, docker, f"{registry_server().address}/backend", base, project)
    docker("compose", "-p", project, "down", "--rmi", "all", "--timeout", "0")


def test_each_new_tag_runs_and_the_same_job_may_run_again(backend: Backend, tmp_path: Path) -> None:
    """Forward, again, and back: a rollback is a tag like any other."""
    backend.publish(tmp_path, OLD_TAG, OLD)
    backend.publish(tmp_path, TAG, NEW)
    for tag, revision in ((OLD_TAG, OLD), (TAG, NEW), (TAG, NEW), (OLD_TAG, OLD)):
        ended = backend.deploys(tag).but(DEPLOY_HEALTH_TIMEOUT="30").run()
        assert ended.code == 0, ended.log
        assert f"done: {tag} runs, revision {revision}" in ended.log
        assert backend.site.deployed == git(backend.site.work, "rev-parse", "HEAD")
        assert backend.running_image() == f"{backend.repository}:{tag}"


def test_it_runs_in_the_shell_of_the_jobs_image(backend: Backend, tmp_path: Path) -> None:
    """Alpine's sh and wget are busybox's."""
    need(shutil.which("busybox"), "no busybox: apt-get install busybox")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "wget").symlink_to(str(shutil.which("busybox")))
    backend.publish(tmp_path, TAG, NEW)
    run = backend.deploys(TAG).but(DEPLOY_HEALTH_TIMEOUT="30", PATH=f"{folder}:{os.environ['PATH']}")
    ended = Job(run.settings, ("busybox", "sh")).run()
    assert ended.code == 0, ended.log


def test_an_image_that_cannot_be_pulled_leaves_the_old_one_running(backend: Backend, tmp_path: Path) -> None:
    backend.publish(tmp_path, OLD_TAG, OLD)
    assert backend.deploys(OLD_TAG).but(DEPLOY_HEALTH_TIMEOUT="30").run().code == 0
    assert_failed(backend.deploys(TAG).run(), 40, "docker compose pull failed")
    assert backend.running_image() == f"{backend.repository}:{OLD_TAG}"


def test_a_container_that_cannot_start(backend: Backend, tmp_path: Path) -> None:
    backend.publish(tmp_path, TAG, NEW)
    with socket.socket() as other:
        other.bind(("127.0.0.1", backend.port))
        other.listen()
        assert_failed(backend.deploys(TAG).run(), 41, "docker compose up failed")


def test_a_backend_that_never_becomes_healthy(backend: Backend, tmp_path: Path) -> None:
    backend.publish(tmp_path, TAG, None)
    assert_failed(backend.deploys(TAG).run(), 50, "no healthy answer from http://127.0.0.1")


def test_an_old_revision_under_a_new_tag(backend: Backend, tmp_path: Path) -> None:
    backend.publish(tmp_path, TAG, OLD)
    assert_failed(backend.deploys(TAG).run(), 51, f"answers with revision '{OLD}', not with abc1234 of {TAG}")
