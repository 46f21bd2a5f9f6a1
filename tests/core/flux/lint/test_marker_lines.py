"""The fast reading says what the exact one says, on every file it accepts."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from buildtool.core.flux.lint import marker_lines
from buildtool.core.flux.setters import is_flux_form, markers

ROOT = Path(__file__).parents[4]
VECTORS = ROOT.parent / "shared" / "conformance" / "setters-vectors.jsonl"
COMMITTED = ["apps/frontend/deployment.yaml", "apps/post-deploy/job.yaml", "docker-compose.backend.yml"]
NEW_LINES = [
    *("- a", "- k: v", "k: v", "z:", "q: yes", "r: 12", 's: "x y"', "t: 1.5", "---", "- - a", "u: a b # c", "w: 010"),
    *("# note", "metadata:", "metadata: x", "annotations:", "- metadata: x", "? a", "a: |", "a: &b c", "d: *b", "n: ~"),
    *('i: r/i:1 # {"$imagepolicy": "a:b"}', '- r/i:1 # {"$imagepolicy": "a:b:tag"}', 'm: # {"$imagepolicy": "a:b"}'),
]


def agrees(text: str) -> bool:
    """False where the fast reading is not sure; fails where it is sure and wrong."""
    by_line = marker_lines.read(text)
    if by_line is None:
        return False
    exact = markers(text, "a.yaml")
    assert all(marker.seen for marker in exact), text
    assert by_line == [
        (f"{m.namespace}:{m.name}", m.suffix, m.value, m.value_line, m.value_column, m.problem == "typed-value")
        for m in exact
    ], text
    assert is_flux_form(text) == [], text
    return True


@pytest.mark.parametrize("path", COMMITTED)
def test_our_own_files_are_read_fast(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert agrees(text)
    assert marker_lines.read(text)


@pytest.mark.parametrize("seed", range(8))
def test_files_with_changed_lines(seed: int) -> None:
    chosen = random.Random(seed)
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in COMMITTED]
    accepted = 0
    for _ in range(250):
        lines = chosen.choice(texts).split("\n")[chosen.choice([0, 0, 3]) : chosen.choice([12, 30, 300])]
        for _ in range(chosen.randint(1, 3)):
            at = chosen.randrange(len(lines))
            new = " " * chosen.choice([0, 1, 2, 4, 6, 8]) + chosen.choice(NEW_LINES)
            match chosen.randrange(5):
                case 0:
                    lines.insert(at, new)
                case 1:
                    lines[at] = new
                case 2:
                    lines[at] = lines[at][2:]
                case 3:
                    lines[at] = "  " + lines[at]
                case _:
                    lines[at] += " # a comment"
        accepted += agrees("\n".join(lines).rstrip("\n") + "\n")
    assert accepted


@pytest.mark.skipif(not VECTORS.exists(), reason="the conformance vectors are not beside this checkout")
def test_every_file_of_the_conformance_vectors() -> None:
    accepted = 0
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        for text in [*case["input"]["files"].values(), *case["expected"]["files"].values()]:
            accepted += agrees(text)
    assert accepted > 300
