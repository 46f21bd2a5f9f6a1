"""The frontend's build step, run as the Dockerfile runs it."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "site" / "frontend"


def build(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, SITE / "build.py", *arguments]
    return subprocess.run(argv, env={**os.environ, **env}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def www(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("site") / "www"
    assert build("pages", SITE / "src", output).returncode == 0
    return output


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_page_is_whole_and_every_local_address_leads_somewhere(www: Path) -> None:
    pages = sorted(www.glob("*.html"))
    assert [page.name for page in pages] == ["404.html", "index.html", "projects.html"]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>")
        assert "$" not in text
        for address in re.findall(r'(?:href|src)="(/[^"]*)"', text):
            if not address.startswith("/api/"):
                targets = [www / address[1:], www / f"{address[1:]}.html", www / address[1:] / "index.html"]
                assert any(target.is_file() for target in targets), f"{page.name}: {address}"


def test_assets_carry_their_hash_in_the_name(www: Path) -> None:
    names = [path.name for path in (www / "assets").iterdir() if path.suffix != ".gz"]
    assert len(names) == 3
    assert all(re.fullmatch(r"[a-z]+\.[0-9a-f]{8}\.(css|js|svg)", name) for name in names)


def test_everything_is_there_compressed_too(www: Path) -> None:
    plain = [path for path in www.rglob("*") if path.is_file() and path.suffix != ".gz"]
    assert len(plain) == 6
    for path in plain:
        assert gzip.decompress(path.with_name(path.name + ".gz").read_bytes()) == path.read_bytes()


def test_the_same_source_gives_the_same_bytes(www: Path, tmp_path: Path) -> None:
    assert build("pages", SITE / "src", tmp_path / "again").returncode == 0
    assert tree(tmp_path / "again") == tree(www)


@pytest.mark.parametrize(
    ("env", "version"),
    [
        ({"VERSION": "master-abc1234-1700000000", "REVISION": "abc"}, ("master-abc1234-1700000000", "abc")),
        ({}, ("dev", "unknown")),
    ],
)
def test_the_stamp_says_what_was_built(tmp_path: Path, env: dict[str, str], version: tuple[str, str]) -> None:
    assert build("stamp", tmp_path, **env).returncode == 0
    read = json.loads((tmp_path / "version.json").read_text(encoding="utf-8"))
    assert (read["version"], read["revision"]) == version


def test_a_page_without_a_title_stops_the_build_and_is_named(tmp_path: Path) -> None:
    for folder in ("pages", "assets"):
        (tmp_path / folder).mkdir()
    (tmp_path / "layout.html").write_text("$title $body")
    (tmp_path / "pages" / "bare.html").write_text("<h1>hello</h1>")
    done = build("pages", tmp_path, tmp_path / "www")
    assert done.returncode == 1
    assert "bare.html: the first line must be <!-- title: … -->" in done.stderr


def test_wrong_arguments_show_how_it_is_used() -> None:
    done = build("page")
    assert done.returncode == 1
    assert "build.py pages SOURCE OUTPUT" in done.stderr
