"""Go's own parser refuses exactly what ours refuses, where there is a Go toolchain."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.gotemplate.functions import names
from buildtool.core.flux.gotemplate.lexer import SyntaxFailure
from buildtool.core.flux.gotemplate.parser import TooDeepError, parse

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """\
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"text/template/parse"
)

func main() {
	names := map[string]any{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	lines.Scan()
	json.Unmarshal(lines.Bytes(), &names)
	for lines.Scan() {
		var text string
		json.Unmarshal(lines.Bytes(), &text)
		_, err := parse.Parse("t", text, "", "", names)
		fmt.Println(err == nil)
	}
}
"""
ATOMS = [
    ".Changed.Changes",
    ".Values.a",
    "$",
    "$x",
    "$x.Name",
    ".",
    "nil",
    "true",
    '"s"',
    "`r`",
    "'c'",
    "1",
    "-1.5e3",
    "0x1F",
    "1i",
    "1+2i",
    "089",
    r'"\\q"',
    "upper",
    "printf",
    "nope",
    "(len .)",
    "(.Values).a",
    '"s".a',
    "1_0",
    "1__0",
    "''",
]
WORDS = ["if", "with", "range", 'block "b"', 'define "d"']


def pipeline(pick: random.Random) -> str:
    commands = [" ".join(pick.choices(ATOMS, k=pick.randint(1, 3))) for _ in range(pick.randint(1, 2))]
    return pick.choice(["", "", "$x := ", "$i, $x := ", "$x = "]) + " | ".join(commands)


def template(pick: random.Random, depth: int = 0) -> str:
    if depth > 2 or pick.random() < 0.4:
        inside = pick.choice([pipeline(pick), pipeline(pick), "break", "/* c */", 'template "d" .', "else", "end", ""])
        return pick.choice(["text", "\\n", "{{" + inside + "}}", "{{- " + inside + " -}}"])
    word = pick.choice(WORDS)
    opening = word if word.startswith("define") else f"{word} {pipeline(pick)}"
    inner = "".join(template(pick, depth + 1) for _ in range(pick.randint(0, 2)))
    return f"{{{{{opening}}}}}{inner}{pick.choice(['', '', '{{else}}x', '{{else if 1}}'])}{{{{end}}}}"


def damaged(pick: random.Random, text: str) -> str:
    at = pick.randrange(len(text) + 1)
    return text[:at] + pick.choice(["{{", "}}", '"', "(", ")", "|", "-", ".", "$", "", "'", "=", ":="]) + text[at + 1 :]


def is_parsed(text: str) -> bool:
    try:
        parse(text, names())
    except SyntaxFailure:
        return False
    except TooDeepError:  # pragma: no cover -- none of these is
        pytest.fail(text)
    return True


def test_go_parses_what_we_parse(tmp_path: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip("no Go toolchain")
    pick = random.Random(20260101)
    whole = ["".join(template(pick) for _ in range(pick.randint(1, 2))) for _ in range(3_000)]
    texts = whole + [damaged(pick, text) for text in whole]
    (tmp_path / "main.go").write_text(PROGRAM, encoding="utf-8")
    lines = [json.dumps(dict.fromkeys(names(), 1)), *map(json.dumps, texts)]
    done = subprocess.run(
        [go, "run", "main.go"], cwd=tmp_path, input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = [line == "true" for line in done.stdout.split()]
    assert len(answers) == len(texts)
    assert 500 < sum(answers) < len(texts) - 500
    differ = [text for text, answer in zip(texts, answers, strict=True) if is_parsed(text) is not answer]
    assert differ == []
