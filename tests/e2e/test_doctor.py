"""`buildtool doctor` on set-ups that are really broken, each in one way: it names that one, and its fix."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.buildtool import buildtool
from tests.support.harbor.server import harbor
from tests.support.httpserver import forward, serve
from tests.support.need import need
from tests.support.registries import password
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.buildtool import Ran
    from tests.support.httpserver import Handler, Question
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.usefixtures("arm64")]
Facts = dict[tuple[str, str], dict[str, Any]]
CANARY = "canary-2718-doctor"


@pytest.fixture(scope="module")
def address(registry_server: Registries) -> str:
    return registry_server().address


@pytest.fixture
def shop(tmp_path: Path, address: str) -> Shop:
    """No base images: nothing of it is built."""
    return Shop(tmp_path / "shop", address, {})


def doctor(folder: Path, engine: Mapping[str, str], *options: str, **variables: str) -> Ran:
    return buildtool("doctor", "--json", *options, cwd=folder, env={**engine, **variables}, timeout=120)


def facts(ran: Ran) -> Facts:
    return {(fact["subject"], fact["name"]): fact for fact in ran.document["facts"]}


def states(ran: Ran, state: str) -> list[tuple[str, str]]:
    return [key for key, fact in facts(ran).items() if fact["state"] == state]


def the_one(ran: Ran, subject: str, name: str, *, fix: str) -> str:
    """The evidence of the one fact that failed, after a look at its fix and at the end of the run."""
    assert states(ran, "failed") == [(subject, name)], ran
    assert ran.code == 3, ran
    assert ran.document["ok"] is False
    assert "Traceback" not in ran.stderr
    found = facts(ran)[subject, name]
    assert fix in found["fix"]
    evidence: str = found["evidence"]
    return evidence


def test_a_set_up_where_nothing_is_broken(shop: Shop, engine: Mapping[str, str]) -> None:
    ran = doctor(shop.folder, engine)
    assert ran.code == 0, ran
    assert ran.document["schema"] == "buildtool.doctor/v1"
    assert not states(ran, "failed")
    assert not states(ran, "warning")
    found = facts(ran)
    for ran_for in ("runs linux/arm64", "runs linux/amd64"):
        assert found["builder", ran_for]["state"] == "ok"
    for name in ("answers", "clock", "login", "push", "delete"):
        assert found["registry", name]["state"] == "ok"
    assert {"key": "registry", "value": shop.registry, "origin": "buildtool.toml:1"} in ran.document["settings"]


def test_people_read_it_too(shop: Shop, engine: Mapping[str, str]) -> None:
    ran = buildtool("-v", "doctor", cwd=shop.folder, env={**engine, "BUILDTOOL_TAG_SHA_LENGTH": "9"})
    assert ran.code == 0, ran
    assert f"registry = {shop.registry}   (buildtool.toml:1)" in ran.stdout
    assert "tag.sha_length = 9   (environment BUILDTOOL_TAG_SHA_LENGTH)" in ran.stdout
    assert "ok, " in ran.stderr


def test_nothing_is_left_in_the_registry(
    tmp_path: Path, engine: Mapping[str, str], registry_server: Registries
) -> None:
    server = registry_server()
    shop = Shop(tmp_path / "shop", server.address, {})
    assert doctor(shop.folder, engine).code == 0
    left = [path for path in server.folder.rglob("*") if path.is_file() and "_manifests" in path.parts]
    assert not left
    server.stop()


def test_no_git_repository(shop: Shop, engine: Mapping[str, str]) -> None:
    shutil.rmtree(shop.folder / ".git")
    evidence = the_one(doctor(shop.folder, engine), "git", "repository", fix="-C DIR")
    assert str(shop.folder) in evidence


def test_a_shallow_clone_and_its_fix(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    """Not broken: a push works, and one of its guards does not."""
    shop.commit("second")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", shop.folder.as_uri(), str(clone)], check=True)
    ran = doctor(clone, engine)
    assert ran.code == 0, ran
    assert states(ran, "warning") == [("git", "history")]
    assert facts(ran)["git", "history"]["fix"] == "git fetch --unshallow"
    mended = doctor(clone, engine, "--fix")
    assert mended.document["fixed"] == ["git fetch --unshallow"]
    assert facts(mended)["git", "history"]["evidence"] == "complete"


def test_a_fix_that_fails_is_said(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    shop.commit("second")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", shop.folder.as_uri(), str(clone)], check=True)
    shutil.rmtree(shop.folder)
    ran = buildtool("doctor", "--fix", cwd=clone, env=dict(engine))
    assert "not fixed: git fetch --unshallow: " in ran.stderr


def given_away(folder: Path, programs: Path) -> dict[str, str]:
    """Give the checkout to another user; only root can, so for others git's own test switch says that it is."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 12345, 12345)
        return {}
    programs.mkdir()
    shim = programs / "git"
    shim.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {shutil.which("git")} "$@"\n')
    shim.chmod(0o755)
    return {"PATH": f"{programs}:{os.environ['PATH']}"}


def test_a_checkout_of_somebody_else(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    variables = given_away(shop.folder, tmp_path / "bin")
    fix = f"git config --global --add safe.directory {shop.folder}"
    ran = doctor(shop.folder, engine, **variables)
    assert "belongs to another user" in the_one(ran, "git", "repository", fix=fix)
    mended = doctor(shop.folder, engine, "--fix", **variables)
    assert mended.document["fixed"] == [fix]
    assert not states(mended, "failed")


def test_no_branch(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.git("checkout", "--quiet", "--detach")
    assert "detached" in the_one(doctor(shop.folder, engine), "git", "branch", fix="--branch NAME")


def test_mistakes_in_the_configuration(shop: Shop, engine: Mapping[str, str]) -> None:
    text = (shop.folder / "buildtool.toml").read_text().replace("insecure = true", "insecur = true", 1)
    shop.write("buildtool.toml", text.replace('"linux/arm64"', '"arm64"'))
    evidence = the_one(doctor(shop.folder, engine), "configuration", "file", fix="correct the lines")
    for words in ("2 mistakes", "buildtool.toml:2", "did you mean insecure?", "linux/arm64"):
        assert words in evidence


def test_no_configuration(shop: Shop, engine: Mapping[str, str]) -> None:
    (shop.folder / "buildtool.toml").unlink()
    shop.commit("no configuration")
    evidence = the_one(doctor(shop.folder, engine), "configuration", "file", fix="buildtool init")
    assert "buildtool.toml" in evidence


def test_no_docker(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").symlink_to(str(shutil.which("git")))
    ran = doctor(shop.folder, engine, PATH=str(programs))
    assert "not installed" in the_one(ran, "docker", "client", fix="install Docker")
    assert facts(ran)["docker", "buildx"]["evidence"] == "needs the docker program"


def test_an_engine_that_is_down(shop: Shop, tmp_path: Path) -> None:
    ran = doctor(shop.folder, {"DOCKER_HOST": f"unix://{tmp_path}/nobody.sock"})
    the_one(ran, "docker", "engine", fix="systemctl start docker")
    assert facts(ran)["registry", "push"]["state"] == "ok"


def test_a_builder_that_does_not_exist(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.configure(top='[builder]\nname = "nosuch"\n')
    shop.commit("builder")
    ran = doctor(shop.folder, engine)
    assert "nosuch" in the_one(ran, "builder", "builder", fix="docker buildx create --name nosuch")


def test_a_builder_with_an_old_configuration(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    """It was made for another registry, and is not even running: what it was made with shows all the same."""
    (tmp_path / "old.toml").write_text('[registry."192.168.0.9:5000"]\n  http = true\n')
    made = ["docker", "buildx", "create", "--name=old", "--driver=docker-container"]
    subprocess.run([*made, f"--buildkitd-config={tmp_path}/old.toml"], env={**os.environ, **engine}, check=True)
    shop.contexts = {"busybox:1.37": f"docker-image://{shop.registry}/busybox:1.37"}
    shop.configure(top='[builder]\nname = "old"\n')
    shop.commit("builder")
    ran = doctor(shop.folder, engine)
    evidence = the_one(ran, "builder", "base images over HTTP", fix="--buildkitd-config")
    assert "made for 192.168.0.9:5000" in evidence
    assert ("builder", "builder") in states(ran, "warning")


def test_a_platform_nobody_builds(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.write("buildtool.toml", (shop.folder / "buildtool.toml").read_text().replace("linux/amd64", "linux/riscv64"))
    shop.commit("platform")
    evidence = the_one(doctor(shop.folder, engine), "builder", "platforms", fix="binfmt --install riscv64")
    assert "cannot build for linux/riscv64" in evidence


def test_a_registry_that_is_down(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.configure(registry="127.0.0.1:9")
    shop.commit("address")
    ran = doctor(shop.folder, engine)
    the_one(ran, "registry", "answers", fix="curl -i http://127.0.0.1:9/v2/")
    assert facts(ran)["registry", "push"]["evidence"].startswith("needs ")


def test_the_wrong_scheme(shop: Shop, engine: Mapping[str, str]) -> None:
    ran = doctor(shop.folder, engine, BUILDTOOL_INSECURE="false")
    assert "speaks HTTP" in the_one(ran, "registry", "answers", fix="insecure = true")


@contextlib.contextmanager
def locked(tmp_path: Path) -> Iterator[str]:
    """A registry that wants a password."""
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert program is not None
    with distribution(program, tmp_path / "locked", auth=password.htpasswd(tmp_path / "locked")) as served:
        yield served.host


def docker_login(host: str, user: str, word: str) -> None:
    file = Path(os.environ["DOCKER_CONFIG"]) / "config.json"
    auth = base64.b64encode(f"{user}:{word}".encode()).decode()
    file.write_text(json.dumps({**json.loads(file.read_text()), "auths": {host: {"auth": auth}}}))


def test_wrong_credentials(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    with locked(tmp_path) as host:
        shop.configure(registry=host)
        shop.commit("locked")
        docker_login(host, password.USER, CANARY)
        ran = doctor(shop.folder, engine)
        the_one(ran, "registry", "login", fix=f"docker login {host}")
        from_environment = {"BUILDTOOL_REGISTRY_USERNAME": password.USER, "BUILDTOOL_REGISTRY_PASSWORD": CANARY}
        other = doctor(shop.folder, engine, "-v", **from_environment)
        the_one(other, "registry", "login", fix="BUILDTOOL_REGISTRY_USERNAME")
        docker_login(host, password.USER, password.PASSWORD)
        right = doctor(shop.folder, engine)
    assert facts(right)["registry", "login"]["evidence"] == f"as {password.USER}"
    for text in (ran.stdout, ran.stderr, other.stdout, other.stderr, right.stdout):
        assert CANARY not in text
        assert password.PASSWORD not in text


def test_a_harbor_without_the_project(shop: Shop, engine: Mapping[str, str]) -> None:
    with harbor() as fake:
        shop.configure(registry=f"{fake.host}/nosuch")
        shop.commit("harbor")
        docker_login(fake.host, fake.robot.name, fake.robot.secret)
        ran = doctor(shop.folder, engine)
    assert "nosuch" in the_one(ran, "registry", "harbor-project-missing", fix="create the project")
    assert fake.robot.secret not in ran.stdout


def test_a_policy_that_does_not_take_the_branch(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.write("deploy/web.yaml", (shop.folder / "deploy/web.yaml").read_text().replace("^main-", "^master-"))
    shop.commit("policy")
    evidence = the_one(doctor(shop.folder, engine), "web", "takes this branch", fix='take branch "main"')
    assert "flux-system:web" in evidence


def test_a_branch_that_is_not_deployed_is_no_fault(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.git("switch", "--quiet", "--create", "feature-x")
    ran = doctor(shop.folder, engine)
    assert ran.code == 0, ran
    assert states(ran, "warning") == [("web", "takes this branch"), ("api", "takes this branch")]


def test_a_policy_that_is_not_there(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.write("buildtool.toml", (shop.folder / "buildtool.toml").read_text().replace("system:web", "system:wbe"))
    shop.commit("policy")
    evidence = the_one(doctor(shop.folder, engine), "web", "policy", fix="commit the ImagePolicy")
    assert "flux-system:web" in evidence, "those that are there"


def test_a_policy_that_takes_too_much(shop: Shop, engine: Mapping[str, str]) -> None:
    text = (shop.folder / "deploy/api.yaml").read_text()
    shop.write("deploy/api.yaml", text.replace("(?P<ts>[0-9]{10})$", "(?P<ts>[0-9]{10})"))
    shop.commit("policy")
    ran = doctor(shop.folder, engine)
    assert states(ran, "failed") == [], ran
    assert ("api", "policy-not-anchored") in states(ran, "warning")
    assert "end it with $" in facts(ran)["api", "policy-not-anchored"]["fix"]


def test_a_clock_that_is_off(shop: Shop, engine: Mapping[str, str]) -> None:
    upstream = shop.registry

    def answer(handler: Handler, question: Question) -> None:
        handler.date_time_string = lambda timestamp=None: "Sat, 01 Jan 2022 00:00:00 GMT"  # type: ignore[method-assign]
        handler.reply(forward(upstream, question))

    with serve(answer) as host:
        shop.configure(registry=host)
        shop.commit("clock")
        ran = doctor(shop.folder, engine)
    assert "ahead of" in the_one(ran, "registry", "clock", fix="timedatectl set-ntp true")


def test_a_runner_whose_file_cannot_be_written(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    gone = f"{tmp_path}/gone/output"
    event = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF_NAME": "main", "GITHUB_REF_TYPE": "branch"}
    ran = doctor(shop.folder, engine, GITHUB_OUTPUT=gone, **event)
    assert gone in the_one(ran, "runner", "GITHUB_OUTPUT", fix="unset GITHUB_OUTPUT")
    assert facts(ran)["git", "branch"]["evidence"].startswith('"main", from GITHUB_REF_NAME')


def test_what_never_answers_holds_nothing_up(shop: Shop, tmp_path: Path) -> None:
    """Engine and registry take the connection, and say nothing; the other checks are there, and the run ends."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        shop.configure(registry=host)
        shop.commit("silence")
        ran = buildtool("doctor", "--json", cwd=shop.folder, env={"DOCKER_HOST": f"tcp://{host}"}, timeout=90)
    assert ran.code == 3
    assert states(ran, "failed") == [("docker", "engine"), ("registry", "answers")], ran
    assert facts(ran)["web", "takes this branch"]["state"] == "ok"
