"""Mirrors on real registries: the proven digest is copied and proven there, and all tags are written together."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import registry_view
from tests.support.buildkitd import remote_builder
from tests.support.buildtool import buildtool
from tests.support.front import DENIED, front
from tests.support.harbor.server import harbor
from tests.support.httpserver import Reply, forward
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.password import PASSWORD, USER, htpasswd
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.front import Front
    from tests.support.harbor.server import Harbor
    from tests.support.httpserver import Question
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
IMAGES = ("web", "api")
NOTHING: dict[str, set[str]] = {name: set() for name in IMAGES}


@dataclass
class Case:
    """A shop that is published to `main` and copied to `mirrors` (`host/project`)."""

    shop: Shop
    main: str
    mirrors: tuple[str, ...]
    engine: Mapping[str, str]

    def push(self, *more: str, **env: str) -> Ran:
        return buildtool("push", "--json", *more, cwd=self.shop.folder, env={**self.engine, **env})

    def change(self, text: str) -> None:
        for name in IMAGES:
            self.shop.write(f"{name}/index.txt", f"{name} {text}\n")
        self.shop.commit(text)

    def tags(self, registry: str) -> dict[str, set[str]]:
        host, _, project = registry.partition("/")
        path = f"{project}/" if project else ""
        return {name: registry_view.tags(host, f"{path}{name}") - {"unproven"} for name in IMAGES}

    def digest(self, registry: str, name: str, tag: str) -> dict[str, Any]:
        host, _, project = registry.partition("/")
        return registry_view.manifest(host, f"{project}/{name}" if project else name, tag)

    def everywhere(self, tag: str) -> bool:
        return all(self.tags(one) == {name: {tag} for name in IMAGES} for one in (self.main, *self.mirrors))


def case_of(folder: Path, engine: Mapping[str, str], main: str, *mirrors: str, top: str = "") -> Case:
    shop = Shop(folder, main, {}, tiny=True)
    shop.configure(top=top)
    text = (shop.folder / "buildtool.toml").read_text()
    shop.write("buildtool.toml", f"mirrors = {json.dumps(mirrors)}\n{text}")
    shop.commit("mirrors")
    return Case(shop, main, mirrors, engine)


@pytest.fixture(scope="module")
def servers(registry_server: Registries) -> Iterator[tuple[str, str, str]]:
    every = registry_server(), registry_server(), registry_server()
    yield tuple(one.address for one in every)  # type: ignore[misc]  # three
    for one in every:
        one.stop()


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str:
    """A project of this test's own."""
    return str(request.node.name).replace("[", "-").replace("]", "").replace("_", "-").replace(" ", "-").lower()


def is_final_tag(question: Question) -> bool:
    return question.method == "PUT" and question.path.rpartition("/")[2].startswith("main-")


# --- what works


def test_two_mirrors_get_the_same_digest_and_tag(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    """One of them on the host of the main registry, another one below a project of a third."""
    main = f"{servers[0]}/{place}"
    case = case_of(tmp_path / "shop", engine, main, f"{servers[1]}/{place}/copies", f"{servers[0]}/{place}-second")
    ran = case.push()
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    assert case.everywhere(tag), ran
    for image in ran.document["images"]:
        assert image["mirrors"] == [
            {"reference": f"{mirror}/{image['image']}:{tag}", "status": "published"} for mirror in case.mirrors
        ]
        expected = case.digest(main, image["image"], tag)
        assert all(case.digest(mirror, image["image"], tag) == expected for mirror in case.mirrors)
    again = case.push()
    assert {one["status"] for one in again.document["images"]} == {"unchanged"}
    assert "Copy to the mirrors" not in again.stderr
    verified = buildtool("verify", "--json", cwd=case.shop.folder)
    assert verified.code == 0, verified
    assert verified.stdout.count("has the same digest") == 4


def test_layers_of_a_neighbour_are_mounted_and_not_sent(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    with front(servers[0]) as main:
        case = case_of(tmp_path / "shop", engine, f"{main.host}/{place}", f"{main.host}/{place}-copy")
        ran = case.push()
        assert ran.code == 0, ran
        mounts = [one for one in main.seen if "mount=" in one.target and one.path.startswith(f"/v2/{place}-copy/")]
        sent = [one for one in main.seen if one.method == "PUT" and one.path.startswith(f"/v2/{place}-copy/web/blobs")]
        assert mounts
        assert not sent
        assert case.everywhere(ran.document["tag"])


def test_nothing_but_the_final_tag_is_ever_in_a_mirror(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    """And it is written after everything that it names."""
    with front(servers[1]) as mirror:
        case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", f"{mirror.host}/{place}")
        ran = case.push()
        assert ran.code == 0, ran
        tag = ran.document["tag"]
        written = [
            one.path.rpartition("/")[2] for one in mirror.seen if one.method == "PUT" and "/manifests/" in one.path
        ]
        assert {one for one in written if not one.startswith("sha256:")} == {tag}
        uploads = [number for number, one in enumerate(mirror.seen) if one.method == "PUT" and "/uploads/" in one.path]
        tags = [number for number, one in enumerate(mirror.seen) if is_final_tag(one)]
        assert max(uploads) < min(tags)


def test_the_plan_names_the_mirrors_and_writes_nothing(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", f"{servers[1]}/{place}")
    ran = case.push("--dry-run")
    assert ran.code == 0, ran
    assert f"copied to {servers[1]}/{place}/web" in ran.stderr
    assert {one["status"] for image in ran.document["images"] for one in image["mirrors"]} == {"planned"}
    assert case.tags(case.mirrors[0]) == NOTHING


def test_an_unchanged_image_goes_to_a_mirror_that_is_new(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}")
    tag = case.push().document["tag"]
    later = Case(case.shop, case.main, (f"{servers[1]}/{place}",), engine)
    mirrors = {"BUILDTOOL_MIRRORS": f"{servers[1]}/{place}"}
    planned = later.push("--dry-run", **mirrors)
    assert f"copied to {servers[1]}/{place}/web, which lacks it" in planned.stderr
    ran = later.push(**mirrors)
    assert ran.code == 0, ran
    assert "Build and push" not in ran.stderr
    assert {one["status"] for one in ran.document["images"]} == {"unchanged"}
    assert {one["status"] for image in ran.document["images"] for one in image["mirrors"]} == {"published"}
    assert later.everywhere(tag)


def test_a_rollback_goes_to_the_mirror_too(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", f"{servers[1]}/{place}")
    case.push()
    case.change("bad")
    bad = case.push().document["tag"]
    ran = buildtool("rollback", "web", "--yes", "--json", cwd=case.shop.folder)
    assert ran.code == 0, ran
    assert f"rolled-back-{bad}" in case.tags(case.mirrors[0])["web"]
    assert case.tags(case.mirrors[0])["web"] == case.tags(case.main)["web"]


def test_verify_says_what_a_mirror_has(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    """The tag is gone at one, and is another image there; a third one is down."""
    mirrors = (f"{servers[1]}/{place}", f"{servers[2]}/{place}")
    case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", *mirrors)
    tag = case.push().document["tag"]
    registry_view.retag(servers[1], f"{place}/web", tag, "other")
    case.change("second")
    newer = case.push().document["tag"]
    registry_view.retag(servers[1], f"{place}/web", "other", newer)
    ran = buildtool("verify", "--json", "web", cwd=case.shop.folder)
    assert ran.code == 3, ran
    facts = [one for one in ran.document["images"][0]["facts"] if one["name"] == "mirror"]
    assert [one["state"] for one in facts] == ["failed", "ok"]
    assert f"{mirrors[0]}/web:{newer} is another image" in facts[0]["evidence"]
    gone = buildtool("verify", "--json", "web", cwd=case.shop.folder, env={"BUILDTOOL_MIRRORS": f"{servers[1]}/none"})
    assert f"{servers[1]}/none/web:{newer} is not there" in gone.stdout
    down = buildtool("verify", "--json", "web", cwd=case.shop.folder, env={"BUILDTOOL_MIRRORS": "127.0.0.1:9"})
    assert "not known: " in down.stdout


@pytest.fixture(scope="module")
def by_digest(tmp_path_factory: pytest.TempPathFactory, engine: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    with remote_builder(tmp_path_factory.mktemp("buildkitd"), engine) as variables:
        yield variables


@pytest.mark.go
def test_both_platforms_and_their_attestations_are_copied(
    tmp_path: Path, servers: tuple[str, str, str], by_digest: Mapping[str, str], place: str
) -> None:
    case = case_of(
        tmp_path / "shop",
        by_digest,
        f"{servers[0]}/{place}",
        f"{servers[1]}/{place}",
        top="[push]\nattestations = true\n",
    )
    text = (case.shop.folder / "buildtool.toml").read_text()
    case.shop.write("buildtool.toml", re.sub(r"platforms = .*", 'platforms = ["linux/amd64", "linux/arm64"]', text))
    case.shop.commit("both platforms")
    ran = case.push()
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    assert case.everywhere(tag)
    host, _, project = case.mirrors[0].partition("/")
    index = registry_view.manifest(host, f"{project}/web", tag)
    assert [entry.get("annotations", {}).get("vnd.docker.reference.type") for entry in index["manifests"]] == [
        None,
        None,
        "attestation-manifest",
        "attestation-manifest",
    ]
    for entry in index["manifests"]:
        child = registry_view.manifest(host, f"{project}/web", entry["digest"])
        for blob in (child["config"], *child["layers"]):
            with urllib.request.urlopen(f"http://{host}/v2/{project}/web/blobs/{blob['digest']}", timeout=20) as answer:
                assert len(answer.read()) == blob["size"]


@pytest.fixture
def harbor_server() -> Iterator[Harbor]:
    with harbor() as fake:
        fake.website.metadata["public"] = "true"
        yield fake


def at_harbor(folder: Path, engine: Mapping[str, str], main: str, server: Harbor) -> tuple[Case, dict[str, str]]:
    top = f'[registries."{server.host}"]\nusername_env = "MIRROR_USER"\npassword_env = "MIRROR_PASSWORD"\n'
    case = case_of(folder, engine, main, f"{server.host}/website", top=top)
    return case, {"MIRROR_USER": server.robot.name, "MIRROR_PASSWORD": server.robot.secret}


def test_a_mirror_in_harbor(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str, harbor_server: Harbor
) -> None:
    """With its own robot, its tokens, and its API; what its settings do is said as for the main registry."""
    case, env = at_harbor(tmp_path / "shop", engine, f"{servers[0]}/{place}", harbor_server)
    ran = case.push(**env)
    assert ran.code == 0, ran
    assert {one["status"] for image in ran.document["images"] for one in image["mirrors"]} == {"published"}
    assert case.tags(case.main) == {name: {ran.document["tag"]} for name in IMAGES}
    verified = buildtool("verify", "--json", cwd=case.shop.folder, env=env)
    assert verified.stdout.count("has the same digest") == 2, verified


def test_a_mirror_in_a_harbor_that_is_read_only(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str, harbor_server: Harbor
) -> None:
    case, env = at_harbor(tmp_path / "shop", engine, f"{servers[0]}/{place}", harbor_server)
    harbor_server.state.read_only = True
    ran = case.push(**env)
    assert ran.code == 14, ran
    assert "read-only" in ran.stderr
    assert "Build and push" not in ran.stderr
    assert case.tags(case.main) == NOTHING


# --- what fails before anything is built


def test_a_mirror_that_is_down_stops_the_push_before_the_build(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", "127.0.0.1:9/x")
    ran = case.push()
    assert ran.code == 13, ran
    assert "http://127.0.0.1:9" in ran.stderr
    assert "Build and push" not in ran.stderr
    assert case.tags(case.main) == NOTHING


@pytest.mark.parametrize("kind", ["read-only", "wrong password"])
def test_a_mirror_that_takes_no_push_stops_it_before_the_build(
    tmp_path: Path,
    servers: tuple[str, str, str],
    registry_server: Registries,
    engine: Mapping[str, str],
    place: str,
    closed: str,
    kind: str,
) -> None:
    top, env, mirror = "", {}, closed
    if kind == "read-only":
        mirror = registry_server({"storage": {"maintenance": {"readonly": {"enabled": True}}}}).address
    else:
        top = f'[registries."{closed}"]\nusername_env = "MIRROR_USER"\npassword_env = "MIRROR_PASSWORD"\n'
        env = {"MIRROR_USER": USER, "MIRROR_PASSWORD": "wrong-password-4711"}
    case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", mirror, top=top)
    ran = case.push(**env)
    assert ran.code == 14, ran
    assert mirror in ran.stderr
    assert "Build and push" not in ran.stderr
    assert "wrong-password" not in ran.stderr
    assert case.tags(case.main) == NOTHING


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = debian_registry()
    need(program, "no docker-registry program: make test installs it")
    folder = tmp_path_factory.mktemp("closed")
    with distribution(str(program), folder, auth=htpasswd(folder)) as served:
        yield served.host


def test_each_host_is_shown_its_own_login_only(
    tmp_path: Path, servers: tuple[str, str, str], closed: str, engine: Mapping[str, str], place: str
) -> None:
    given = {"BUILDTOOL_REGISTRY_USERNAME": USER, "BUILDTOOL_REGISTRY_PASSWORD": PASSWORD}
    with front(closed) as main, front(closed) as mirror:
        case = case_of(tmp_path / "shop", engine, f"{main.host}/{place}", f"{mirror.host}/{place}-copy")
        ran = case.push(**given)
        assert ran.code == 14, ran
        assert f"docker login {mirror.host}" in ran.stderr
        assert mirror.seen
        assert mirror.logins == set()
        top = f'[registries."{mirror.host}"]\nusername_env = "MIRROR_USER"\npassword_env = "MIRROR_PASSWORD"\n'
        both = case_of(tmp_path / "both", engine, f"{main.host}/{place}", f"{mirror.host}/{place}-copy", top=top)
        done = both.push("-v", **given, MIRROR_USER=USER, MIRROR_PASSWORD=PASSWORD)
        assert done.code == 0, done
        assert PASSWORD not in done.stdout + done.stderr


# --- what fails between the copy and the tags


def test_a_mirror_that_refuses_the_tags_leaves_none(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    with front(servers[1]) as mirror:
        case = case_of(
            tmp_path / "shop", engine, f"{servers[0]}/{place}", f"{mirror.host}/{place}", f"{servers[2]}/{place}"
        )
        mirror.instead = lambda question: DENIED if is_final_tag(question) else None
        ran = case.push()
        assert ran.code == 14, ran
        assert "no tag was published" in ran.stderr
        for registry in (case.main, *case.mirrors):
            assert case.tags(registry) == NOTHING, ran
        mirror.instead = lambda _: None
        again = case.push()
        assert again.code == 0, again
        assert case.everywhere(again.document["tag"])


def test_a_mirror_that_dies_after_the_copy_leaves_no_tag(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str
) -> None:
    """It is found out before the first tag is written anywhere."""
    with front(servers[1]) as mirror:
        case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", f"{mirror.host}/{place}")

        def die(question: Question) -> None:
            """After the last read of what was copied: the next request is about a tag."""
            if question.path.rpartition("/")[2].startswith("main-"):
                mirror.down = True

        mirror.instead = die
        ran = case.push()
        assert ran.code == 13, ran
        assert mirror.host in ran.stderr
        assert case.tags(case.main) == NOTHING
        mirror.down, mirror.instead = False, lambda _: None
        again = case.push()
        assert again.code == 0, again
        assert case.everywhere(again.document["tag"])


def test_where_nothing_can_be_taken_back_it_is_said_which_registry_has_the_tag(
    tmp_path: Path, servers: tuple[str, str, str], registry_server: Registries, engine: Mapping[str, str], place: str
) -> None:
    stays = registry_server({"storage": {"delete": {"enabled": False}}}).address
    with front(servers[1]) as mirror:
        case = case_of(tmp_path / "shop", engine, stays, f"{mirror.host}/{place}")
        mirror.instead = lambda question: DENIED if is_final_tag(question) else None
        ran = case.push()
        assert ran.code == 17, ran
        (tag,) = case.tags(stays)["web"]
        words = " ".join(ran.stderr.split())
        assert "more: buildtool explain mirror-incomplete" in words
        has, _, lacks = words.partition("; not published: ")
        assert all(f"{stays}/{name}:{tag} (this registry cannot take one tag away)" in has for name in IMAGES)
        assert all(f"{mirror.host}/{place}/{name}:{tag}" in lacks for name in IMAGES)
        mirror.instead = lambda _: None
        again = case.push()
        assert again.code == 0, again
        assert "Build and push" not in again.stderr
        assert case.everywhere(tag)


# --- a run that is ended in the middle


def killed_at(case: Case, proxy: Front, moment: Callable[[Question], bool]) -> None:
    """Push, and kill -9 as soon as the mirror is asked for what `moment` waits for; nothing is answered then."""
    argv = [sys.executable, "-m", "buildtool", "push"]
    running = subprocess.Popen(
        argv,
        cwd=case.shop.folder,
        env={**os.environ, **case.engine},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    hit = threading.Event()

    def kill(question: Question) -> Reply | None:
        if not moment(question):
            return None
        running.kill()
        hit.set()
        return DENIED

    proxy.instead = kill
    assert running.wait(120) == -signal.SIGKILL
    assert hit.is_set()
    proxy.instead = lambda _: None


@pytest.mark.parametrize("moment", ["blob", "manifest", "read back", "tag"])
def test_kill_9_and_again(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str, moment: str
) -> None:
    moments: dict[str, Callable[[Question], bool]] = {
        "blob": lambda one: one.method == "PUT" and "/uploads/" in one.path,
        "manifest": lambda one: one.method == "PUT" and "/manifests/sha256:" in one.path,
        "read back": lambda one: one.method == "GET" and "/manifests/sha256:" in one.path,
        "tag": is_final_tag,
    }
    with front(servers[1]) as mirror:
        case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", f"{mirror.host}/{place}")
        killed_at(case, mirror, moments[moment])
        before = case.tags(case.main)
        assert moment == "tag" or before == NOTHING, "no tag before all copies are proven"
        again = case.push()
        assert again.code == 0, again
        tags = {one["tag"] for one in again.document["images"]}
        assert len(tags) == 1
        assert case.everywhere(tags.pop())


# --- bytes that are wrong


def corrupted(reply: Reply) -> Reply:
    body = reply.body[:-1] + bytes([reply.body[-1] ^ 1]) if reply.body else b""
    return Reply(reply.status, reply.headers, body)


@pytest.mark.parametrize("what", ["uploads", "manifests", "configs", "swallowed"])
def test_other_bytes_at_the_mirror_are_refused(
    tmp_path: Path, servers: tuple[str, str, str], engine: Mapping[str, str], place: str, what: str
) -> None:
    """What is sent arrives changed, what is read back is changed, or what was accepted is not there."""
    with front(servers[1]) as mirror:

        def lie(question: Question) -> Reply | None:
            upload = question.method == "PUT" and "/uploads/" in question.path
            if what == "uploads" and upload:
                changed = type(question)(question.method, question.target, question.headers, question.body[:-1] + b"?")
                return forward(servers[1], changed)
            if what == "swallowed" and upload:
                return Reply(201, {"Location": "/v2/somewhere"})
            kind = "/manifests/" if what == "manifests" else "/blobs/sha256:"
            if what in {"manifests", "configs"} and question.method == "GET" and kind in question.path:
                return corrupted(forward(servers[1], question))
            return None

        mirror.instead = lie
        case = case_of(tmp_path / "shop", engine, f"{servers[0]}/{place}", f"{mirror.host}/{place}")
        ran = case.push()
        assert ran.code in {13, 15}, ran
        assert "no tag was published" in ran.stderr
        assert case.tags(case.main) == case.tags(f"{servers[1]}/{place}") == NOTHING
