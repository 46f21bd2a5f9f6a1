"""What plain values mean to Flux's parser, and to Kubernetes' older one."""

from __future__ import annotations

import pytest

from buildtool.core.flux.setters.scalar_types import implicit_tag, is_not_a_string_in_1_1

TAGS = {
    "!!null": ["", "~", "null", "Null", "NULL"],
    "!!bool": ["true", "True", "FALSE"],
    "!!int": ["0", "1", "-1", "+1", "1_000", "0x1F", "0o7", "0777", "0b11", "-0b11", "18446744073709551615"],
    "!!float": ["1.0", "1.", ".5", "1e3", "08", "-.inf", ".NaN", "+.Inf", "1.5e-3", "18446744073709551616"],
    "!!timestamp": ["2024-01-01", "2024-1-2", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00.5"],
    "!!str": [
        "x",
        "y",
        "yes",
        "on",
        "NaN",
        "inf",
        "0x",
        "1.2.3",
        "1-rc",
        "_1",
        "1e400",
        "2024-13-01",
        "0o8",
        "é",
        "<",
        "-",
        ".",
    ],
}


@pytest.mark.parametrize(("value", "tag"), [(value, tag) for tag, values in TAGS.items() for value in values])
def test_the_tag_of_a_plain_value(value: str, tag: str) -> None:
    assert implicit_tag(value) == tag


@pytest.mark.parametrize(
    "value", ["1.10", "1700000000", "true", "yes", "no", "on", "y", "N", "null", "~", "-", "0o7", ".5"]
)
def test_values_that_must_be_quoted(value: str) -> None:
    assert is_not_a_string_in_1_1(value)


@pytest.mark.parametrize("value", ["", "v1", "1.2.3", "main-abc1234-1700000000", "2024-01-01", "NaN", "r.io/a:1", "_1"])
def test_values_that_stay_plain(value: str) -> None:
    assert not is_not_a_string_in_1_1(value)
