"""docs/json.md against what the commands really print."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool
from tests.support.json_keys import keys
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.usefixtures("arm64")]
PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## [^\n]*: (buildtool\.\S+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
PREVIEW = "flux-system:web={registry}/web:main-abc1234-1800000000"


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory,
    engine: Mapping[str, str],
    registry_server: Registries,
    base_contexts: Mapping[str, str],
) -> Shop:
    """Published once, with one tag of another branch, one manifest that `check` finds fault with, and a warning.

    A secret lies outside of the repository, both images have a mirror and a further tag, and which base image was
    published is not known.
    """
    shop = Shop(tmp_path_factory.mktemp("json") / "shop", registry_server().address, base_contexts)
    (shop.folder.parent / "note").write_text("a note\n", encoding="utf-8")
    more = f'tags = ["stable"]\nmirrors = ["{shop.registry}/copies"]'
    shop.configure(web=f'secrets = ["id=note,src=../note"]\n{more}', api=more)
    shop.commit("a secret outside, and a mirror")
    for arguments in (["--progress=quiet"], ["--force"], ["--branch=other", "--no-deploy", "--force"]):
        ran = buildtool("push", *arguments, cwd=shop.folder, env=engine)
        assert ran.code == 0, ran
    marker = '{"$imagepolicy": "flux-system:wbe"}'
    shop.write("deploy/other.yaml", f"kind: X\napiVersion: x/v1\nimage: h/web:1 # {marker}\n")
    shop.configure(web=f'secrets = ["id=note,src=../note"]\n{more}', api=more, top="[push]\npull = true\n")
    shop.commit("a marker that is wrong, and bases to look up")
    return shop


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["tag", "web"], 0),
        (["push", "--dry-run"], 0),
        (["build"], 0),
        (["rollback", "web", "--dry-run"], 0),
        (["status"], 0),
        (["verify"], 0),
        (["policy", "explain", "web"], 0),
        (["setters", "preview", "--image", PREVIEW], 0),
        (["check"], 3),
        (["doctor"], 0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_the_page_names_every_key_and_no_other(
    shop: Shop, engine: Mapping[str, str], command: list[str], code: int
) -> None:
    arguments = [argument.format(registry=shop.registry) for argument in command]
    ran = buildtool(*arguments, "--json", cwd=shop.folder, env=engine)
    assert ran.code == code, ran
    told = set(re.findall(r"^\| `([^`]+)` \|", SECTIONS[ran.document["schema"]], re.MULTILINE))
    assert set(keys(ran.document, {"images", "files", "choice"})) == told
