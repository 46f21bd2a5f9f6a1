"""The Job's scripts are plain POSIX sh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters import process
from tests.support import kube
from tests.support.tools import tool

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = sorted((kube.ROOT / "apps" / "post-deploy").glob("*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_has_nothing_to_say(script: Path) -> None:
    argv = [tool("shellcheck"), "--shell=sh", "--severity=style", str(script)]
    assert not process.run(argv).stdout
