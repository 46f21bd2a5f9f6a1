"""Images of one run in several registries: each with its own protocol and login, published together or not at all."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.front import DENIED, front
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.password import PASSWORD, USER, htpasswd
from tests.support.shop import POLICY, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.buildtool import Ran
    from tests.support.httpserver import Question, Reply
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
GIVEN = ("user-of-the-first", "password-of-the-first-4711")


@pytest.fixture(scope="module")
def servers(registry_server: Registries) -> Iterator[tuple[str, str]]:
    first, second = registry_server(), registry_server()
    yield first.address, second.address
    first.stop()
    second.stop()


def shop_in(folder: Path, first: str, second: str, top: str = "") -> Shop:
    """`web` is published to the first registry, `api` to the second, under a project there."""
    shop = Shop(folder, first, {}, tiny=True)
    shop.write("deploy/api.yaml", POLICY.format(name="api", registry=f"{second}/team"))
    shop.configure(api=f'registry = "{second}/team"\n', top=top)
    shop.commit("two registries")
    return shop


def push(shop: Shop, engine: Mapping[str, str], *more: str, **env: str) -> Ran:
    return buildtool("push", "--json", *more, cwd=shop.folder, env={**engine, **env})


def finals(host: str, repository: str) -> set[str]:
    return registry_view.tags(host, repository) - {"unproven"}


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_each_image_in_its_own_registry(tmp_path: Path, servers: tuple[str, str], engine: Mapping[str, str]) -> None:
    first, second = servers
    shop = shop_in(tmp_path / "shop", first, second)
    ran = push(shop, engine)
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    references = {one["image"]: one["reference"] for one in ran.document["images"]}
    assert references == {"web": f"{first}/web:{tag}", "api": f"{second}/team/api:{tag}"}
    assert {one["flux"]["after"] for one in ran.document["images"]} == {tag}
    assert (finals(first, "web"), finals(second, "team/api")) == ({tag}, {tag})
    assert (registry_view.tags(first, "team/api"), registry_view.tags(second, "web")) == (set(), set())
    again = push(shop, engine)
    assert {one["status"] for one in again.document["images"]} == {"unchanged"}, again


def test_the_other_commands_ask_the_same_registries(
    tmp_path: Path, servers: tuple[str, str], engine: Mapping[str, str]
) -> None:
    first, second = servers
    shop = shop_in(tmp_path / "shop", first, second)
    tag = push(shop, engine, "--force").document["tag"]
    verified = buildtool("verify", "--json", cwd=shop.folder)
    assert verified.code == 0, verified
    assert {one["tag"] for one in verified.document["images"]} == {tag}
    explained = buildtool("policy", "explain", "api", "--json", cwd=shop.folder)
    assert tag in explained.stdout, explained
    looked = buildtool("status", "--json", cwd=shop.folder)
    assert looked.stdout.count(tag) >= 2, looked
    checked = buildtool("check", "--json", cwd=shop.folder)
    assert "image-mismatch" not in checked.stdout, checked
    shop.write("api/index.txt", "bad\n")
    shop.commit("bad")
    bad = push(shop, engine).document["images"][1]["tag"]
    back = buildtool("rollback", "api", "--yes", "--json", cwd=shop.folder)
    assert back.code == 0, back
    assert f"rolled-back-{bad}" in finals(second, "team/api")
    assert not any(one.startswith("rolled-back") for one in finals(first, "web"))


def test_a_variable_overrides_the_registry_of_one_image(
    tmp_path: Path, servers: tuple[str, str], engine: Mapping[str, str]
) -> None:
    first, second = servers
    shop = shop_in(tmp_path / "shop", first, second)
    variables = {"BUILDTOOL_IMAGES_API_REGISTRY": f"{first}/elsewhere", "BUILDTOOL_REGISTRY": f"{second}/default"}
    ran = push(shop, engine, "--dry-run", **variables)
    assert ran.code == 0, ran
    references = {one["image"]: one["reference"].rpartition(":")[0] for one in ran.document["images"]}
    assert references == {"web": f"{second}/default/web", "api": f"{first}/elsewhere/api"}
    assert f"{second}/default/web, flux-system:web watches {first}/web" in " ".join(ran.document["warnings"])


def test_a_second_registry_that_is_down_stops_the_push_before_the_build(
    tmp_path: Path, servers: tuple[str, str], engine: Mapping[str, str]
) -> None:
    shop = shop_in(tmp_path / "shop", f"{servers[0]}/down", "127.0.0.1:9")
    ran = push(shop, engine)
    assert ran.code == 13, ran
    assert "127.0.0.1:9" in ran.stderr
    assert "Build and push" not in ran.stderr
    assert registry_view.tags(servers[0], "down/web") == set()


def refuse_final_tag(question: Question) -> Reply | None:
    last = question.path.rpartition("/")[2]
    return DENIED if question.method == "PUT" and last.startswith("main-") else None


def test_a_second_registry_that_refuses_the_tag_takes_the_first_ones_back(
    tmp_path: Path, servers: tuple[str, str], engine: Mapping[str, str]
) -> None:
    first, second = servers
    with front(second) as proxy:
        shop = shop_in(tmp_path / "shop", f"{first}/refused", proxy.host)
        proxy.instead, before = refuse_final_tag, finals(second, "team/api")
        ran = push(shop, engine)
        assert ran.code == 14, ran
        assert "no tag was published" in ran.stderr
        assert (finals(first, "refused/web"), finals(second, "team/api")) == (set(), before)
        proxy.instead = lambda _: None
        again = push(shop, engine)
        assert again.code == 0, again
        assert finals(first, "refused/web") == {again.document["tag"]}
        assert again.document["tag"] in finals(second, "team/api")


def test_what_cannot_be_taken_back_is_named(
    tmp_path: Path, registry_server: Registries, engine: Mapping[str, str]
) -> None:
    """The first registry deletes nothing: the tag there stays, and the message says so."""
    stays = registry_server({"storage": {"delete": {"enabled": False}}})
    other = registry_server()
    with front(other.address) as proxy:
        shop = shop_in(tmp_path / "shop", stays.address, proxy.host)
        proxy.instead = refuse_final_tag
        ran = push(shop, engine)
        assert ran.code == 14, ran
        (tag,) = finals(stays.address, "web")
        assert f"may be published all the same, delete it: {stays.address}/web:{tag}" in ran.stderr
        proxy.instead = lambda _: None
        again = push(shop, engine)
        assert again.code == 0, again
        assert (finals(stays.address, "web"), finals(other.address, "team/api")) == ({tag}, {tag})


# --- logins


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry that wants a password."""
    program = debian_registry()
    need(program, "no docker-registry program: make test installs it")
    folder = tmp_path_factory.mktemp("closed")
    with distribution(str(program), folder, auth=htpasswd(folder)) as served:
        yield served.host


def store_login(host: str, user: str, password: str) -> None:
    file = Path(os.environ["DOCKER_CONFIG"], "config.json")
    token = basic(user, password).removeprefix("Basic ")
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"auths": {**document.get("auths", {}), host: {"auth": token}}}))


DEFAULT_LOGIN = {"BUILDTOOL_REGISTRY_USERNAME": USER, "BUILDTOOL_REGISTRY_PASSWORD": PASSWORD}


def test_the_login_of_the_default_registry_goes_to_no_other(
    tmp_path: Path, servers: tuple[str, str], closed: str, engine: Mapping[str, str]
) -> None:
    """Neither from our own client nor from the builder, although the other one asks for a login too."""
    with front(closed) as first, front(closed) as second:
        shop = shop_in(tmp_path / "shop", first.host, second.host)
        ran = push(shop, engine, **DEFAULT_LOGIN)
        assert ran.code == 14, ran
        assert f"docker login {second.host}" in ran.stderr
        assert second.seen
        assert second.logins == set(), "the password of the first registry was sent to the second"
        assert first.logins <= {basic(USER, PASSWORD)}
        assert PASSWORD not in ran.stdout + ran.stderr


@pytest.mark.parametrize("way", ["docker login", "variables"])
def test_each_registry_gets_its_own_login(
    tmp_path: Path, servers: tuple[str, str], closed: str, engine: Mapping[str, str], way: str
) -> None:
    """The first one is open, and is shown no password that was given for it in vain, nor the second's."""
    project = way.replace(" ", "-")
    with front(servers[0]) as first, front(closed) as second:
        top, env = "", dict(zip(DEFAULT_LOGIN, GIVEN, strict=True))
        if way == "variables":
            top = f'[registries."{second.host}"]\nusername_env = "TEAM_USER"\npassword_env = "TEAM_PASSWORD"\n'
            env |= {"TEAM_USER": USER, "TEAM_PASSWORD": PASSWORD}
        else:
            store_login(second.host, USER, PASSWORD)
        shop = shop_in(tmp_path / "shop", f"{first.host}/{project}", second.host, top)
        ran = push(shop, engine, "-v", **env)
        assert ran.code == 0, ran
        assert second.logins == {basic(USER, PASSWORD)}
        assert basic(USER, PASSWORD) not in first.logins
        for secret in (PASSWORD, GIVEN[1], basic(USER, PASSWORD).removeprefix("Basic ")):
            assert secret not in ran.stdout + ran.stderr


def test_doctor_looks_at_each(tmp_path: Path, servers: tuple[str, str], closed: str) -> None:
    shop = shop_in(tmp_path / "shop", servers[0], closed)
    ran = buildtool("doctor", "--json", cwd=shop.folder, env=dict(zip(DEFAULT_LOGIN, GIVEN, strict=True)))
    facts = {(one["subject"], one["name"]): one for one in ran.document["facts"]}
    assert facts["registry", "push"]["state"] == "ok"
    assert facts["registry", "push"]["evidence"].endswith("for web")
    other = f"registry {closed}"
    assert (facts[other, "answers"]["state"], facts[other, "login"]["state"]) == ("ok", "failed")
    assert facts[other, "login"]["fix"] == f"docker login {closed}"


def test_a_registry_of_another_protocol_is_named_with_its_own_table(tmp_path: Path, servers: tuple[str, str]) -> None:
    """`insecure` at the top is about another host: nothing is sent in the clear to a host that it does not name."""
    port = servers[1].rpartition(":")[2]
    shop = shop_in(tmp_path / "shop", servers[0], f"localhost:{port}")
    ran = buildtool("verify", cwd=shop.folder)
    assert ran.code == 13, ran
    assert f'set insecure = true under [registries."localhost:{port}"] in buildtool.toml' in ran.stderr
    shop.configure(
        api=f'registry = "localhost:{port}/team"\n', top=f'[registries."localhost:{port}"]\ninsecure = true\n'
    )
    assert "registry-scheme" not in buildtool("verify", cwd=shop.folder).stderr
