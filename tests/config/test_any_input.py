"""Whatever a file or the environment holds: settings, or a list of mistakes; never another exception."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import ConfigError, load
from buildtool.config.environment import OTHERS, keys, variable
from buildtool.config.schema import IMAGE, IMAGES, TABLES, TOP
from tests.config.test_key_lines import VALUES, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.config import ImageConfig
    from buildtool.config.mistakes import Mistake

FOLDER = Path(tempfile.mkdtemp(prefix="any-input-"))
ODD = ["", " ", "\x00", "a/b", "x" * 300, "id=a", "/", "..", "-", "é", "{", "[", '{"a":1}', "1", "\udcff"]
WORDS = st.sampled_from(["linux/arm64", "localhost:1", *ODD])
VALUE = VALUES | WORDS | st.lists(WORDS | VALUES, max_size=3) | st.integers() | st.floats() | st.just(16**5000)
NAMES = [key.name for table in (TOP, IMAGE, *TABLES) for key in table.keys]
TABLE = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), VALUE, max_size=6)
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        IMAGES: st.dictionaries(st.sampled_from(["web", "Web", "my-app", "my_app", "a.b"]), TABLE | VALUE, max_size=3)
        | VALUE,
        **{table.name: TABLE | VALUE for table in TABLES},
        **dict.fromkeys(TOP.names(), VALUE),
    },
)


def assert_answered(text: str, environ: dict[str, str]) -> None:
    """Settings with an image at least, or mistakes that name the file or a variable."""
    file = FOLDER / "buildtool.toml"
    file.write_text(text, encoding="utf-8", errors="replace")
    mistakes: tuple[Mistake, ...] = ()
    images: Mapping[str, ImageConfig] = {}
    try:
        images = load(file, environ).images
    except ConfigError as error:
        mistakes = error.mistakes
    assert bool(images) != bool(mistakes)
    for mistake in mistakes:
        assert "buildtool.toml" in str(mistake) or "BUILDTOOL_" in str(mistake), mistake


def as_toml(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**15:
        return hex(abs(value))
    if isinstance(value, float):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{written(key)} = {as_toml(one)}" for key, one in value.items()) + " }"
    return written(value)


@given(DOCUMENT)
def test_any_document(document: dict[str, object]) -> None:
    assert_answered("".join(f"{written(key)} = {as_toml(value)}\n" for key, value in document.items()), {})


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    assert_answered(text, {})


@given(
    st.dictionaries(st.sampled_from(sorted({*map(variable, keys(["web"])), *OTHERS, "BUILDTOOL_X"})), WORDS | st.text())
)
def test_any_environment(environ: dict[str, str]) -> None:
    assert_answered("registry = 'localhost:1'\nimages.web.platforms = ['linux/arm64']\n", environ)
