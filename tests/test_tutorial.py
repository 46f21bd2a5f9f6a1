"""docs/tutorial.md is true: typed line by line, it leads where it says."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.typed import ROOT, commands, typed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.parts import Registries

PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
REGISTRY = "127.0.0.1:5000"
FILES = re.findall(r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.engine
def test_line_by_line(tmp_path: Path, registry_server: Registries, engine: Mapping[str, str]) -> None:
    """With the stand-in of a registry in the place of the container that the page starts and removes."""
    host = registry_server().address
    lines = commands(PAGE.replace(REGISTRY, host))
    assert [line for line in lines if line.startswith("docker ")] == [lines[0], lines[-1]]
    assert lines[0].endswith(f"--publish {host}:5000 registry:3")
    first, *rest = lines[1:-1]
    assert typed(first, tmp_path, ours=True).returncode == 0
    folder = tmp_path / "shop"
    for name, text in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text.replace(REGISTRY, host), encoding="utf-8")
    codes, published = [], []
    for line in rest:
        ran = typed(line, folder, ours=True, env=engine)
        codes.append(ran.returncode)
        assert ran.returncode in {0, 3}, f"{line}: {ran.stdout}{ran.stderr}"
        if line == "buildtool push" and ran.returncode == 0:
            published.append(re.findall(r"main-[0-9a-f]{7}-[0-9]{10}", ran.stdout)[0])
    assert codes == [0] * (len(rest) - 1) + [3], "the last push is refused"
    assert "rolled back" in ran.stderr
    one, two, again = published
    assert two == again != one
    tags = registry_view.tags(host, "web")
    assert f"rolled-back-{two}" in tags
    [selected] = [row for row in explained(folder, engine) if row.startswith("winner")]
    assert one.rpartition("-")[0] in selected


def explained(folder: Path, engine: Mapping[str, str]) -> list[str]:
    return buildtool(*shlex.split("policy explain web"), cwd=folder, env=engine).stdout.splitlines()
