"""What the deploy Job meets, for real: a git remote, a checkout of it as the VM has one, and the Job's own script."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters import process
from buildtool.adapters.process import ProgramError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.sshd import Sshd

SCRIPT = Path(__file__).parents[2] / "apps" / "post-deploy" / "deploy.sh"
OLD, NEW = "0ff1ce0" + "1" * 33, "abc1234" + "2" * 33
OLD_TAG, TAG = "master-0ff1ce0-1707200000", "master-abc1234-1707300000"
_COMPOSE_FILE = "docker-compose.backend.yml"


def git(directory: Path, *arguments: str) -> str:
    return process.run(["git", "-C", str(directory), *arguments]).stdout.strip()


@dataclass(frozen=True)
class Site:
    """`work` is where people (and Flux) commit, `remote` the bare repository, `vm` the checkout on the VM."""

    remote: Path
    work: Path
    vm: Path

    @classmethod
    def create(cls, folder: Path) -> Site:
        site = cls(folder / "remote.git", folder / "work", folder / "vm")
        process.run(["git", "init", "-q", "--bare", "-b", "master", str(site.remote)])
        process.run(["git", "clone", "-q", str(site.remote), str(site.work)])
        git(site.work, "symbolic-ref", "HEAD", "refs/heads/master")
        (site.work / "README").write_text("the site\n", encoding="utf-8")
        site.commit("begin")
        process.run(["git", "clone", "-q", str(site.remote), str(site.vm)])
        return site

    def commit(self, message: str) -> str:
        git(self.work, "add", "-A")
        git(self.work, "commit", "-q", "--allow-empty", "-m", message)
        git(self.work, "push", "-q", "origin", "master")
        return git(self.work, "rev-parse", "HEAD")

    def compose(self, text: str) -> str:
        (self.work / _COMPOSE_FILE).write_text(text, encoding="utf-8")
        return self.commit("Deploy the newest images")

    @property
    def deployed(self) -> str:
        """The commit the VM's checkout is on."""
        return git(self.vm, "rev-parse", "HEAD")


@dataclass(frozen=True)
class Ended:
    code: int | None
    log: str


@dataclass(frozen=True)
class Job:
    """One run of the Job's script; `settings` are the variables of job.yaml."""

    settings: Mapping[str, str]
    shell: tuple[str, ...] = ("sh",)

    def but(self, **settings: str) -> Job:
        return replace(self, settings={**self.settings, **settings})

    def run(self) -> Ended:
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **self.settings}
        try:
            done = process.run([*self.shell, str(SCRIPT)], env=environment, timeout=240)
        except ProgramError as error:
            return Ended(error.returncode, error.stderr)
        return Ended(0, done.stderr)


def job(sshd: Sshd, site: Site, tag: str, health: str) -> Job:
    """The Job as job.yaml sets it up, with addresses of this machine and no patience."""
    return Job(
        {
            "DEPLOY_TAG": tag,
            "DEPLOY_HOST": "127.0.0.1",
            "DEPLOY_PORT": str(sshd.port),
            "DEPLOY_USER": sshd.user,
            "DEPLOY_DIR": str(site.vm),
            "DEPLOY_BRANCH": "master",
            "DEPLOY_COMPOSE_FILE": _COMPOSE_FILE,
            "DEPLOY_KEY": str(sshd.key),
            "DEPLOY_KNOWN_HOSTS": str(sshd.known_hosts),
            "DEPLOY_CONNECT_TIMEOUT": "10",
            "DEPLOY_HEALTH_URL": health,
            "DEPLOY_HEALTH_TIMEOUT": "2",
            "DEPLOY_HEALTH_INTERVAL": "1",
        }
    )


def assert_failed(ended: Ended, code: int, reason: str) -> None:
    assert ended.code == code, ended.log
    assert f"FAILED ({code})" in ended.log
    assert reason in ended.log
