"""`buildtool verify` against what a real push left in a real registry, and what others did to it since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.buildtool import buildtool
from tests.support.registry_view import retag
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.usefixtures("arm64")]


@pytest.fixture(scope="module")
def pushed(
    tmp_path_factory: pytest.TempPathFactory,
    engine: Mapping[str, str],
    registry_server: Registries,
    base_contexts: Mapping[str, str],
) -> tuple[Shop, str]:
    """A repository after one push, and the tag."""
    shop = Shop(tmp_path_factory.mktemp("verify") / "shop", registry_server().address, base_contexts)
    ran = buildtool("push", "--json", cwd=shop.folder, env=engine)
    assert ran.code == 0, ran
    return shop, ran.document["tag"]


def facts(document: dict[str, Any], image: str) -> dict[str, tuple[str, str]]:
    [found] = [entry for entry in document["images"] if entry["image"] == image]
    return {fact["name"]: (fact["state"], fact["evidence"]) for fact in found["facts"]}


def test_what_was_pushed_is_proven(pushed: tuple[Shop, str]) -> None:
    shop, tag = pushed
    ran = buildtool("verify", "--json", cwd=shop.folder)
    assert ran.code == 0, ran
    assert ran.document["ok"] is True
    web = facts(ran.document, "web")
    assert {name: state for name, (state, _) in web.items()} == dict.fromkeys(
        ["tag", "digest", "platform", "revision", "selection"], "ok"
    )
    assert tag in web["tag"][1]
    assert shop.git("rev-parse", "HEAD") in web["revision"][1]


def test_people_get_one_line_a_fact(pushed: tuple[Shop, str]) -> None:
    ran = buildtool("verify", "api", cwd=pushed[0].folder)
    assert [line.split()[:3] for line in ran.stdout.splitlines()] == [
        ["ok", "api", name] for name in ("tag", "digest", "platform", "revision", "selection")
    ]


def test_a_tag_that_is_not_there(pushed: tuple[Shop, str]) -> None:
    ran = buildtool("verify", "api", "--tag", "main-1234567-1700000000", "--json", cwd=pushed[0].folder)
    assert ran.code == 3
    assert facts(ran.document, "api")["tag"][0] == "failed"


def test_a_tag_moved_to_another_image(pushed: tuple[Shop, str]) -> None:
    """The same bytes under a newer tag of another commit: Flux would take it; its label tells."""
    shop, tag = pushed
    retag(shop.registry, "api", tag, "main-7654321-1999999999")
    ran = buildtool("verify", "api", "--json", cwd=shop.folder)
    assert ran.code == 3
    found = facts(ran.document, "api")
    assert found["revision"][0] == "failed"
    assert "7654321" in found["revision"][1]
    assert found["selection"][0] == "ok"


def test_a_tag_flux_does_not_select(pushed: tuple[Shop, str]) -> None:
    shop, tag = pushed
    ran = buildtool("verify", "web", "--tag", tag, "--json", cwd=shop.folder)
    assert facts(ran.document, "web")["selection"][0] == "ok"
    retag(shop.registry, "web", tag, "other-1234567-1700000000")
    ran = buildtool("verify", "web", "--tag", "other-1234567-1700000000", "--json", cwd=shop.folder)
    assert ran.code == 3
    assert tag in facts(ran.document, "web")["selection"][1]


def test_an_empty_repository(tmp_path: Path, registry_server: Registries) -> None:
    shop = Shop(tmp_path / "shop", registry_server().address, {})
    ran = buildtool("verify", "--json", cwd=shop.folder)
    assert ran.code == 3
    assert facts(ran.document, "web")["tag"][0] == "failed"


def test_a_registry_that_is_down(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", "127.0.0.1:9", {})
    ran = buildtool("verify", cwd=shop.folder, timeout=30)
    assert ran.code == 13
    assert json.dumps(ran.stdout) == '""'
