from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool import errors
from buildtool.errors import EXIT_MEANING, Exit, Kind, catalogue
from tests.support.buildtool import buildtool

if TYPE_CHECKING:
    from pathlib import Path


def test_every_kind_has_a_page(tmp_path: Path) -> None:
    listed = buildtool("explain", cwd=tmp_path)
    assert listed.code == 0
    assert {line.split()[0] for line in listed.stdout.splitlines()[1:]} == set(catalogue())


def test_a_page_says_what_why_and_what_to_do(tmp_path: Path) -> None:
    kind = catalogue()["dirty-tree"]
    page = buildtool("explain", "dirty-tree", cwd=tmp_path).stdout
    for words in (kind.title, kind.cause, kind.fix, "exit code 3"):
        assert words in page


def test_an_exit_code_has_a_page_too(tmp_path: Path) -> None:
    page = buildtool("explain", "13", cwd=tmp_path).stdout
    assert EXIT_MEANING[Exit.UNREACHABLE] in page
    assert "registry-unreachable" in page


def test_an_unknown_code(tmp_path: Path) -> None:
    ran = buildtool("explain", "dirty-tre", cwd=tmp_path)
    assert ran.code == 2
    assert "did you mean dirty-tree?" in ran.stderr


@pytest.mark.parametrize("kind", catalogue().values(), ids=lambda kind: kind.code)
def test_the_catalogue_is_fit_for_people(kind: Kind) -> None:
    assert kind.code == kind.code.lower().replace("_", "-")
    assert all(text.strip() and not text.endswith(".") for text in (kind.title, kind.fix))
    assert kind.cause.endswith(".")


def test_codes_are_unique_and_exits_known() -> None:
    kinds = [value for value in vars(errors).values() if isinstance(value, Kind)]
    assert len(kinds) == len(catalogue())
    assert set(EXIT_MEANING) == set(Exit)
