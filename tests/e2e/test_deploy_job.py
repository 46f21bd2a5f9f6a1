"""The deploy Job's own script against a real sshd and a real git remote: what goes wrong before any container.

Each ends with its own exit code (they are listed in deploy.sh), says what it was, and leaves the VM as it is.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support import sshd as sshds
from tests.support.need import need
from tests.support.vm import OLD_TAG, TAG, Site, assert_failed, git, job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.sshd import Sshd
    from tests.support.vm import Job


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.create(tmp_path)


@pytest.fixture
def vm(tmp_path: Path) -> Iterator[Sshd]:
    (tmp_path / "ssh").mkdir()
    with sshds.running(tmp_path / "ssh", {}) as server:
        yield server


@pytest.fixture
def ready(vm: Sshd, site: Site) -> Job:
    """Everything right, but for a compose file that does not name the tag."""
    need(shutil.which("docker"), "no docker client: make test sets it up")
    site.compose(f"services:\n  backend:\n    image: 127.0.0.1:1/backend:{OLD_TAG}\n")
    return job(vm, site, TAG, f"http://127.0.0.1:{sshds.free_port()}/api/health")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"DEPLOY_TAG": ""}, "the setting DEPLOY_TAG is missing"),
        ({"DEPLOY_HOST": ""}, "the setting DEPLOY_HOST is missing"),
        ({"DEPLOY_PORT": "22; reboot"}, "DEPLOY_PORT is not a whole number"),
        ({"DEPLOY_TAG": "latest"}, "no commit in it"),
        ({"DEPLOY_TAG": "master-abc-1707300000"}, "shorter than 7 digits"),
        ({"DEPLOY_TAG": "master-$(id)-1707300000"}, "no commit in it"),
        ({"DEPLOY_KEY": "/nowhere/id_ed25519"}, "cannot read /nowhere/id_ed25519"),
    ],
)
def test_settings_that_make_no_sense_end_before_anything_is_sent(
    ready: Job, site: Site, settings: dict[str, str], reason: str
) -> None:
    before = site.deployed
    assert_failed(ready.but(**settings).run(), 20, reason)
    assert site.deployed == before


def test_a_changed_host_key_ends_before_anything_is_sent(ready: Job, site: Site, vm: Sshd, tmp_path: Path) -> None:
    sshds.pin(vm.known_hosts, vm.port, sshds.new_key(tmp_path / "another"))
    before = site.deployed
    assert_failed(ready.run(), 21, "is not the pinned one")
    assert site.deployed == before


def test_an_unknown_host_key_is_not_learnt(ready: Job, vm: Sshd) -> None:
    vm.known_hosts.write_text("", encoding="ascii")
    assert_failed(ready.run(), 21, "is not the pinned one")
    assert not vm.known_hosts.read_text(encoding="ascii")


def test_no_connection(ready: Job) -> None:
    assert_failed(ready.but(DEPLOY_PORT=str(sshds.free_port())).run(), 22, "Connection refused")


def test_a_key_the_vm_does_not_know(ready: Job, tmp_path: Path) -> None:
    sshds.new_key(tmp_path / "stranger")
    assert_failed(ready.but(DEPLOY_KEY=str(tmp_path / "stranger")).run(), 22, "Permission denied (publickey)")


def test_no_checkout(ready: Job, tmp_path: Path) -> None:
    assert_failed(ready.but(DEPLOY_DIR=str(tmp_path / "it's not; here")).run(), 30, "it's not; here")


def test_a_checkout_on_another_branch(ready: Job, site: Site) -> None:
    git(site.vm, "checkout", "-q", "-b", "experiment")
    assert_failed(ready.run(), 30, "is on branch experiment")


def test_a_checkout_that_diverged_is_not_merged(ready: Job, site: Site) -> None:
    (site.vm / "README").write_text("edited on the VM\n", encoding="utf-8")
    git(site.vm, "commit", "-qam", "a change nobody pushed")
    before = site.deployed
    assert_failed(ready.run(), 31, "git pull --ff-only failed")
    assert site.deployed == before


def test_git_names_another_tag(ready: Job) -> None:
    assert_failed(ready.run(), 32, f"does not name {TAG}")
