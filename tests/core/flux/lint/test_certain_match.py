"""What the fast way says, the full way says too."""

from __future__ import annotations

import random

import pytest

from buildtool.core.flux.lint.certain_match import surely_takes
from buildtool.core.flux.policy import ImagePolicy, select
from buildtool.core.yaml.parser import parse

PIECES = [
    *("main", "-", "(?:main|master)", "(?P<ts>[0-9]{10})", "(?P<ts>[0-9]+)", "[a-f0-9]{7,40}", "(a|b)", "|", "(", ")"),
    *("[a-z]+", "[0-9]{0}", "v", r"\.", ".", "x*", "(?i)", "[^a]", "$", "^", r"\d", "[z-a]", "(?P<ts>a)"),
]
TAGS = [
    *("main-abc1234-1700000000", "master-abc1234-1700000000", "main-abc1234-dirty-1700000000", "a", "main-1", "b1"),
    *("v1.2", "main-abc1234-17000000000", "1700000000", "main", "", "main-abc1234-1700000000\n", "\u0664", "a" * 128),
]


def spec(pattern: str, extract: str, order: str = "numerical:\n    order: asc") -> str:
    quoted = pattern.replace("'", "''")
    return f"filterTags:\n  pattern: '{quoted}'\n  extract: '{extract}'\npolicy:\n  {order}\n"


@pytest.mark.parametrize("seed", range(5))
def test_a_sure_yes_is_the_engines_yes(seed: int) -> None:
    chosen = random.Random(seed)
    sure = 0
    for _ in range(400):
        middle = "".join(chosen.choices(PIECES, k=chosen.randint(1, 5)))
        text = spec(f"^{middle}$", chosen.choice(["$ts", "${ts}", "$t", "x$ts", "1"]))
        root = parse(text).documents[0].root
        assert root is not None
        policy = ImagePolicy.from_spec(root.plain())
        for tag in TAGS:
            if surely_takes(root, tag):
                sure += 1
                assert select(policy, [tag]).winner == tag, (text, tag)
    assert sure


def test_the_policies_of_our_own_are_plain_enough() -> None:
    root = parse(spec("^(?:main|master)-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$", "$ts")).documents[0].root
    assert surely_takes(root, "master-abc1234-1700000000")
    assert not surely_takes(root, "feature-abc1234-1700000000")
