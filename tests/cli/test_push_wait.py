"""`push --wait`: how it is typed, and what it refuses before anything is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool
from tests.support.shop import Shop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A registry that nobody answers for: what is refused is refused before it is asked."""
    return Shop(tmp_path / "shop", "127.0.0.1:1", {}, tiny=True)


@pytest.mark.parametrize("flag", ["--no-deploy", "--allow-dirty", "--dry-run"])
def test_what_is_not_deployed_is_not_waited_for(shop: Shop, flag: str) -> None:
    ran = buildtool("push", "--wait", flag, cwd=shop.folder)
    assert ran.code == 2, ran
    assert f"--wait with {flag}" in ran.stderr


def test_an_image_without_a_policy(shop: Shop) -> None:
    text = (shop.folder / "buildtool.toml").read_text(encoding="utf-8")
    shop.write("buildtool.toml", text.replace('policy = "flux-system:api"\n', ""))
    shop.commit("no policy")
    ran = buildtool("push", "--wait=1m", cwd=shop.folder)
    assert ran.code == 2, ran
    assert "--wait: api has no policy" in ran.stderr
    assert buildtool("push", "--wait", "web", cwd=shop.folder).code == 13, "the registry does not answer"


@pytest.mark.parametrize("value", ["", "soon", "0", "25h", "-1m"])
def test_a_time_that_is_none(shop: Shop, value: str) -> None:
    ran = buildtool("push", f"--wait={value}", cwd=shop.folder)
    assert ran.code == 2, ran
    assert "write a duration" in ran.stderr


def test_the_word_after_it_is_an_image(shop: Shop) -> None:
    ran = buildtool("push", "--wait", "nobody", cwd=shop.folder)
    assert ran.code == 2, ran
    assert 'no image is called "nobody"' in ran.stderr
