"""Build arguments: texts to the byte, and values of variables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import ConfigError, load
from buildtool.config.args_table import ARGS
from buildtool.config.settings import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.config import ImageConfig

HEAD = 'registry = "127.0.0.1:5000"\n[images.web]\nplatforms = ["linux/arm64"]\n'


def image(folder: Path, lines: str, environment: Mapping[str, str] | None = None) -> ImageConfig:
    (folder / "Dockerfile").touch()
    (folder / "buildtool.toml").write_text(HEAD + lines, encoding="utf-8")
    return load(folder / "buildtool.toml", environment or {}).images["web"]


def mistake(folder: Path, lines: str, environment: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as raised:
        image(folder, lines, environment)
    return raised.value.message


@pytest.mark.parametrize(
    ("environment", "value"),
    [
        ({"KIND": "deploy"}, "deploy"),
        ({"KIND": ""}, ""),
        ({"KIND": "{tag}\n $x"}, "{tag}\n $x"),
        ({}, None),
    ],
)
def test_the_value_of_a_variable_as_it_is(tmp_path: Path, environment: Mapping[str, str], value: str | None) -> None:
    found = image(tmp_path, 'args = { TOKEN_KIND = { env = "KIND" }, V = "{tag}" }', environment)
    assert found.environment_args == {"TOKEN_KIND": FromEnvironment("KIND", value)}
    assert found.args == {"V": "{tag}"}


def test_a_default_counts_only_where_the_variable_is_not_set(tmp_path: Path) -> None:
    lines = 'args = { A = { env = "X", default = "one\\ntwo" } }'
    assert image(tmp_path, lines).environment_args["A"].value == "one\ntwo"
    assert image(tmp_path, lines, {"X": ""}).environment_args["A"].value == ""


def test_a_single_argument_from_outside_keeps_the_others(tmp_path: Path) -> None:
    lines = 'args = { A = "1", B = { env = "X" }, C = "3" }'
    found = image(tmp_path, lines, {"X": "x", "BUILDTOOL_IMAGES_WEB_ARGS": "C=4,D=a=b"})
    assert found.args == {"A": "1", "C": "4", "D": "a=b"}
    assert found.environment_args == {"B": FromEnvironment("X", "x")}


def test_an_argument_from_outside_takes_the_place_of_a_variable(tmp_path: Path) -> None:
    lines = 'args = { A = "1", B = { env = "X" } }'
    given_ = {"BUILDTOOL_IMAGES_WEB_ARGS": json.dumps({"A": {"env": "Y"}, "B": "two\nlines"}), "Y": "y"}
    found = image(tmp_path, lines, given_)
    assert (found.args, found.environment_args) == ({"B": "two\nlines"}, {"A": FromEnvironment("Y", "y")})


def test_several_lines_in_arguments_and_labels(tmp_path: Path) -> None:
    found = image(
        tmp_path, '[images.web.args]\nA = """\n one\n\ttwo\n"""\nB = " "\n[images.web.labels]\nL = "a\\nb\\r\\n"'
    )
    assert found.args == {"A": " one\n\ttwo\n", "B": " "}
    assert found.labels == {"L": "a\nb\r\n"}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("args = 1", "expected a table of build arguments"),
        ("args = { A = 1 }", 'images.web.args.A: expected text in quotes, found a whole number: write "1"'),
        ("args = { A = { env = 1 } }", "images.web.args.A.env: expected a variable in quotes"),
        ('args = { A = { env = "A-B" } }', 'images.web.args.A.env: "A-B" is not the name of a variable'),
        ('args = { A = { evn = "B" } }', "images.web.args.A.evn: unknown key; did you mean env?"),
        ("args = { A = {} }", 'images.web.args.A: names no variable, for example { env = "NAME" }'),
        ('args = { A = { env = "B", default = 1 } }', "images.web.args.A.default: expected text"),
        ('args = { "A-B" = "1" }', "is not the name of a build argument"),
        ('args = { A = "\\u0000" }', "images.web.args.A: holds a zero byte"),
        ('labels = { A = "\\u0000" }', "images.web.labels.A: holds a zero byte"),
    ],
)
def test_mistakes(tmp_path: Path, lines: str, words: str) -> None:
    assert words in mistake(tmp_path, lines)


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    )
)
def test_every_text_is_kept_to_the_character(args: dict[str, str]) -> None:
    wrong: list[str] = []
    assert ARGS.check(args, lambda text, *_: wrong.append(text)) == args
    assert not wrong


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('network = "bridge"', '"bridge" is none of default, none, host'),
        ('shm_size = "much"', 'images.web.shm_size: "much" is not a size'),
        ('ulimits = ["nofile=2:1"]', 'images.web.ulimits[0]: "nofile=2:1": the soft limit is above the hard one'),
        ('ssh = ["git"]', "images.web.ssh[0]: says not where"),
        ('extra_hosts = { db = "nowhere" }', 'images.web.extra_hosts.db: "nowhere" is not an IP address'),
        ('extra_hosts = { "d b" = "1.2.3.4" }', "is not the name of a host"),
        ('no_cache_filter = ["a b"]', "images.web.no_cache_filter[0]"),
        ("[push]\nsbom = 1", "push.sbom: expected true or false"),
    ],
)
def test_mistakes_in_the_settings_of_the_build(tmp_path: Path, lines: str, words: str) -> None:
    assert words in mistake(tmp_path, lines)


def test_the_settings_of_the_build(tmp_path: Path) -> None:
    found = image(
        tmp_path,
        'ssh = ["default"]\nnetwork = "none"\nextra_hosts = { db = "10.0.0.2,::1" }\nshm_size = "128m"\n'
        'ulimits = ["nofile=1024:4096"]\nno_cache_filter = ["fetch"]\n',
    )
    assert (found.ssh, found.network, found.extra_hosts) == (("default",), "none", {"db": "10.0.0.2,::1"})
    assert (found.shm_size, found.ulimits, found.no_cache_filter) == ("128m", ("nofile=1024:4096",), ("fetch",))
