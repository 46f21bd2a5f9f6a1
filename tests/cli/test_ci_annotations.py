"""Failures in the interface of GitHub Actions: an annotation at file and line, what went wrong and what to type."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from buildtool.cli.ci_annotations import annotate_error, annotate_facts
from buildtool.cli.output import Output
from buildtool.cli.wiring import Wiring
from buildtool.core.facts import Fact, State
from buildtool.core.text.secrets import Secrets
from buildtool.errors import BUILD_FAILED, POLICY_MISMATCH, REGISTRY_UNREACHABLE, BuildtoolError
from tests.support.buildtool import buildtool
from tests.support.gitrepos import commit, repository
from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = 'registry = "127.0.0.1:1"\ninsecure = true\n[images.web]\nplatforms = ["linux/amd64"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a configuration in a folder of its own; this runs in its root."""
    folder = repository(tmp_path / "repo")
    monkeypatch.chdir(folder)
    files = {"svc/buildtool.toml": CONFIG, "svc/Dockerfile": "FROM scratch\n", "deploy/web.yaml": "a: 1\n"}
    commit(folder, **files)
    return folder


def wiring(folder: Path, **variables: str) -> Wiring:
    environment = {"GITHUB_ACTIONS": "true", **variables}
    return Wiring(folder / "svc", None, Output(Secrets(), color=False), environment)


def shown_in(text: str) -> list[tuple[dict[str, str], str]]:
    """Properties and message of every annotation, as GitHub reads them."""
    found = re.findall(r"^::error (.*?)::(.*)$", text, re.MULTILINE)
    return [
        ({key: unquote(value) for key, _, value in (part.partition("=") for part in given.split(","))}, unquote(said))
        for given, said in found
    ]


@pytest.mark.parametrize(
    ("place", "file", "line"),
    [
        ("deploy/web.yaml:1", "deploy/web.yaml", "1"),
        ("deploy/web.yaml:1:4", "deploy/web.yaml", "1"),
        ("Dockerfile:7", "svc/Dockerfile", "7"),
        ("buildtool.toml:3", "svc/buildtool.toml", "3"),
        ("deploy/web.yaml", "deploy/web.yaml", None),
        ("deploy/none.yaml:1", None, None),
        ("http://127.0.0.1:1/v2/", None, None),
        ("environment BUILDTOOL_REGISTRY", None, None),
        ("r.example:5000", None, None),
        ("x\n::error::y:1", None, None),
        ("a" * 5000, None, None),
        (None, None, None),
    ],
)
def test_the_place(
    folder: Path, capsys: pytest.CaptureFixture[str], place: str | None, file: str | None, line: str | None
) -> None:
    error = BuildtoolError(POLICY_MISMATCH, "it is so:\n100%", place=place, fix="type, this")
    annotate_error(wiring(folder), "push", error)
    captured = capsys.readouterr()
    [(properties, message)] = shown_in(captured.err)
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert (properties.get("file"), properties.get("line")) == (file, line)
    assert properties["title"] == f"buildtool: {POLICY_MISMATCH.title}"
    shown = "" if file or place is None else f"{ascii(place)[1:-1]}: "
    assert message.replace("\n", "\\n").startswith(f"{shown}it is so:\\n100%\\nwhy: ")
    assert message.endswith("\nfix: type, this")


def test_the_checkout_may_be_below_the_workspace(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = BuildtoolError(BUILD_FAILED, "it failed", place="Dockerfile:1")
    annotate_error(wiring(folder, GITHUB_WORKSPACE=str(folder.parent)), "push", error)
    assert shown_in(capsys.readouterr().err)[0][0]["file"] == "repo/svc/Dockerfile"


@pytest.mark.parametrize("environment", [{}, {"GITHUB_ACTIONS": "false"}, {"CI": "true"}])
def test_outside_of_a_runner_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], environment: dict[str, str]
) -> None:
    parts = Wiring(folder, None, Output(Secrets()), environment)
    annotate_error(parts, "push", BuildtoolError(REGISTRY_UNREACHABLE, "no"))
    annotate_facts(parts, "verify", [Fact("web", "tag", State.FAILED, "gone")])
    assert capsys.readouterr() == ("", "")


def test_commands_that_answer_questions_annotate_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    annotate_error(wiring(folder), "policy", BuildtoolError(REGISTRY_UNREACHABLE, "no"))
    assert capsys.readouterr() == ("", "")


def test_facts_that_do_not_hold(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = [Fact("web", "tag", State.FAILED, f"gone {n}", "push it") for n in range(12)]
    annotate_facts(wiring(folder), "verify", [Fact("api", "tag", State.OK, "there"), *facts])
    found = shown_in(capsys.readouterr().err)
    assert len(found) == 10
    assert found[0] == ({"title": "buildtool verify: web tag"}, "gone 0\nfix: push it")


def test_every_mistake_of_a_configuration_at_its_line(folder: Path) -> None:
    (folder / "svc/buildtool.toml").write_text(CONFIG + 'polcy = "a:b"\ntarget = 5\n', encoding="utf-8")
    ran = buildtool("push", cwd=folder / "svc", env={"GITHUB_ACTIONS": "true"})
    assert ran.code == 2, ran
    found = shown_in(ran.stderr)
    assert [(one["file"], one["line"]) for one, _ in found] == [
        ("svc/buildtool.toml", "5"),
        ("svc/buildtool.toml", "6"),
    ]
    assert found[0][1].startswith("images.web.polcy: unknown key")


def test_a_push_that_fails(folder: Path, tmp_path: Path) -> None:
    """The summary says the same; stdout stays free for the document."""
    summary, output = tmp_path / "summary", tmp_path / "output"
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output)}
    with serve(lambda handler, _: handler.reply(Reply(404, {"Content-Type": "text/html"}, b"a web server"))) as host:
        commit(folder, **{"svc/buildtool.toml": CONFIG.replace("127.0.0.1:1", host)})
        ran = buildtool("push", "--json", "--branch", "main", cwd=folder / "svc", env=environment)
    assert (ran.code, ran.stdout) == (13, ""), ran
    [(properties, message)] = shown_in(ran.stderr)
    assert message.endswith(f"curl -i http://{host}/v2/")
    text = summary.read_text(encoding="utf-8")
    assert text.startswith(f"## {properties['title']}\n")
    assert host in text
    assert "HOST:PORT" not in text + ran.stderr
    assert output.read_text(encoding="utf-8") == ""


def test_a_doctor_that_finds_something(folder: Path) -> None:
    ran = buildtool("doctor", "--json", cwd=folder / "svc", env={"GITHUB_ACTIONS": "true"})
    assert ran.code == 3, ran
    failed = [fact for fact in json.loads(ran.stdout)["facts"] if fact["state"] == "failed"]
    titles = [properties["title"] for properties, _ in shown_in(ran.stderr)]
    assert titles == [f"buildtool doctor: {fact['subject']} {fact['name']}" for fact in failed][:10]
    assert "HOST:PORT" not in ran.stdout
