from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.errors import EXIT_MEANING, Exit
from buildtool.errors.catalogue import by_code
from tests.support.buildtool import buildtool

if TYPE_CHECKING:
    from pathlib import Path


def test_every_code_is_listed_once(tmp_path: Path) -> None:
    listed = buildtool("explain", cwd=tmp_path)
    assert listed.code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == list(by_code())


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("dirty-tree", "exit code 3"),
        ("marker-malformed", "error"),
        ("policy-not-anchored", "warning"),
        ("harbor-quota", "warning"),
        ("no_match", "answer of Flux"),
        ("config-invalid", "exit code 2, error"),
    ],
)
def test_a_page_says_what_it_means_why_it_matters_and_what_to_do(code: str, outcome: str, tmp_path: Path) -> None:
    page = by_code()[code][0]
    lines = buildtool("explain", code, cwd=tmp_path).stdout.splitlines()
    assert lines[0] == f"{code} ({outcome})"
    assert [line.split(maxsplit=1) for line in lines[1:]] == [
        ["what", page.title],
        ["means", page.meaning],
        ["why", page.reason],
        ["fix", page.fix],
    ]


def test_an_exit_code_has_a_page_too(tmp_path: Path) -> None:
    page = buildtool("explain", "13", cwd=tmp_path).stdout
    assert EXIT_MEANING[Exit.UNREACHABLE] in page
    assert "registry-unreachable" in page


def test_an_exit_code_without_errors_of_its_own(tmp_path: Path) -> None:
    assert buildtool("explain", "0", cwd=tmp_path).stdout == f"exit code 0: {EXIT_MEANING[Exit.OK]}\n"


@pytest.mark.parametrize(
    ("code", "meant"),
    [("dirty-tre", "dirty-tree"), ("Marker-Malformd", "marker-malformed"), ("no-match", "no_match")],
)
def test_an_unknown_code_and_the_nearest_known_one(code: str, meant: str, tmp_path: Path) -> None:
    ran = buildtool("explain", code, cwd=tmp_path)
    assert ran.code == 2
    assert f"there is no code '{code}'; did you mean {meant}?" in ran.stderr


@pytest.mark.parametrize("code", ["99", "²", "٣", "zzzzzzzzzzzz", "", "9" * 5000])
def test_what_is_no_code_at_all(code: str, tmp_path: Path) -> None:
    ran = buildtool("explain", code, cwd=tmp_path)
    assert ran.code == 2
    assert "there is no code" in ran.stderr
