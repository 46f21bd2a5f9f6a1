from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from buildtool.adapters.registry import RegistryClient
from buildtool.cli.main import main
from tests.support.buildtool import buildtool

ROOT = Path(__file__).parents[2]
REFUSED = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: web
  namespace: flux-system
spec:
  imageRepositoryRef: {name: web}
  filter: {pattern: x}
  policy: {numerical: {}}
"""
TAGS = "main-abc1234-1700000001\r\nmaster-abc1234-1700000009\n\nlatest\n"


def _piped(*arguments: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, "-m", "buildtool", "policy", *arguments]
    return subprocess.run(argv, cwd=ROOT, input=stdin, capture_output=True, timeout=60, check=False)


@pytest.fixture
def tags(tmp_path: Path) -> Path:
    file = tmp_path / "tags"
    file.write_text(TAGS, encoding="utf-8")
    return file


def test_eval_answers_each_line() -> None:
    done = _piped("eval", stdin=b'{"id":"a","policy":{"numerical":{}},"tags":["1","2"]}\n')
    assert (done.returncode, json.loads(done.stdout)) == (0, {"id": "a", "latest": "2", "error": None})
    assert done.stderr == b""


def test_eval_with_a_bad_line_goes_on_and_ends_with_2() -> None:
    done = _piped("eval", stdin=b'\x00\n{"id":2,"policy":{},"tags":[]}\n')
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert [answer["id"] for answer in answers] == [None, 2]
    assert answers[0]["line"] == 1


def test_eval_without_input() -> None:
    done = _piped("eval", stdin=b"")
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("command", ["eval", "explain --numerical --tags -"])
def test_a_closed_stdin(command: str) -> None:
    script = f'"$0" -m buildtool policy {command} <&-'
    done = subprocess.run(["sh", "-c", script, sys.executable], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "stdin is closed" in done.stderr


def test_eval_answers_while_the_pipe_is_open() -> None:
    argv = [sys.executable, "-m", "buildtool", "policy", "eval"]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for number in range(3):
            running.stdin.write(json.dumps({"id": number, "policy": {"numerical": {}}, "tags": ["1"]}).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == number
        running.stdin.close()
        assert running.wait(30) == 0


def test_eval_whose_reader_went_away_is_no_crash() -> None:
    lines = b'{"id":1,"policy":{"numerical":{}},"tags":["1"]}\n' * 20_000
    argv = [sys.executable, "-m", "buildtool", "policy", "eval"]
    with subprocess.Popen(
        argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(lines[:48])
        running.stdin.flush()
        running.stdout.readline()
        running.stdout.close()
        try:
            running.stdin.write(lines)
            running.stdin.close()
        except BrokenPipeError:
            pass
        assert b"Traceback" not in running.stderr.read()


def test_explain_a_committed_policy(tags: Path) -> None:
    ran = buildtool("policy", "explain", "flux-system:frontend", "--tags", str(tags), cwd=ROOT)
    assert ran.code == 0, ran
    assert "winner    master-abc1234-1700000009" in ran.stdout
    assert "matched   2 of 3 tags" in ran.stdout
    assert "2. main-abc1234-1700000001" in ran.stdout
    assert "where the pattern wants 'main' or 'master'" in ran.stdout


def test_explain_the_policy_of_an_image(tags: Path) -> None:
    ran = buildtool("policy", "explain", "backend", "--json", "--tags", str(tags), cwd=ROOT)
    assert ran.code == 0, ran
    assert ran.document["policy"] == "flux-system:backend"
    assert ran.document["latest"] == "master-abc1234-1700000009"


def test_explain_a_policy_that_options_describe() -> None:
    options = ["--pattern", r"-(\d+)$", "--extract", "$1", "--numerical"]
    done = _piped("explain", *options, "--tags", "-", stdin=TAGS.encode())
    assert b"winner    master-abc1234-1700000009" in done.stdout
    done = _piped("explain", "--semver", ">=1", "--json", "--tags", "-", stdin=b"1.0.0\n\xff\n2.0.0\n")
    assert json.loads(done.stdout)["latest"] == "2.0.0"


def test_explain_of_no_tags_says_so() -> None:
    done = _piped("explain", "--numerical", "desc", "--tags", "-", stdin=b"")
    assert done.returncode == 0
    assert b"no tags in database" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["explain"], 2, "no policy was named"),
        (["explain", "nobody:here", "--tags", "TAGS"], 2, "there is no ImagePolicy nobody:here"),
        (["explain", "frontent", "--tags", "TAGS"], 2, "did you mean frontend?"),
        (["explain", "a:b", "--numerical", "asc", "--tags", "TAGS"], 2, "give one of them"),
        (["explain", "--numerical", "asc"], 2, "--tags"),
        (["explain", "flux-system:frontend", "--tags", "missing-file"], 2, "No such file"),
        (["explain", "flux-system:frontend", "--tags", "FOLDER"], 2, "irectory"),
        (["evla"], 2, "No such command"),
    ],
)
def test_mistakes(arguments: list[str], code: int, words: str, tags: Path) -> None:
    places = {"TAGS": str(tags), "FOLDER": str(tags.parent)}
    ran = buildtool("policy", *(places.get(word, word) for word in arguments), cwd=ROOT)
    assert ran.code == code, ran
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_vectors_scored_by_their_own_program() -> None:
    vectors = ROOT.parent / "shared" / "conformance" / "policy-vectors.jsonl"
    if not vectors.exists():
        pytest.skip("the conformance vectors are not beside the project")
    argv = [sys.executable, str(vectors.with_name("score.py")), str(vectors), "--", sys.executable, "-m", "buildtool"]
    done = subprocess.run([*argv, "policy", "eval"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    passed, total = done.stdout.split()[-1].split("/")
    assert passed == total == str(len(vectors.read_text(encoding="utf-8").splitlines()))


def test_explain_with_the_tags_of_a_registry(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Flux does not store, by the exclusionList, is not shown either."""
    tags = [*TAGS.split(), "sha256-abc.sig"]
    monkeypatch.setattr(
        RegistryClient, "tags", lambda _self, repository: iter(tags if repository.path == "frontend" else [])
    )
    with pytest.raises(SystemExit) as ended:
        main(["-C", str(ROOT), "policy", "explain", "flux-system:frontend", "--json"])
    assert ended.value.code == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["tags"], document["latest"]) == (3, "master-abc1234-1700000009")


def test_start_up_loads_neither_re2_nor_a_client() -> None:
    script = (
        "import sys, io; sys.argv = ['buildtool', 'policy', 'eval']\n"
        "from buildtool.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'re2', 'semver', 'httpx', 'docker', 'git', 'rich', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    case = {"pattern": "^m-([0-9]+)$", "extract": "$1", "policy": {"numerical": {}}, "tags": ["m-1"]}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, input=json.dumps(case).encode(), capture_output=True, check=True
    )
    assert json.loads(done.stdout)["latest"] == "m-1"
    assert done.stderr.strip() == b"[]"


@pytest.mark.parametrize("order", ["ASC", "up", ""])
def test_explain_says_that_the_api_server_refuses_an_order(order: str, tags: Path) -> None:
    done = buildtool("policy", "explain", f"--numerical={order}", "--tags", str(tags), cwd=ROOT)
    assert done.code == 3
    assert f'spec.policy.numerical.order: Unsupported value: "{order}": supported values: "asc", "desc"' in done.stderr


def test_explain_says_that_the_api_server_refuses_a_committed_policy(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "a.yaml").write_text(REFUSED, encoding="utf-8")
    done = buildtool("policy", "explain", "flux-system:web", "--tags", "-", cwd=tmp_path)
    assert done.code == 3
    assert "a.yaml:8:3" in done.stderr
    assert "ImagePolicy flux-system/web: spec.filter: field not declared in schema" in done.stderr
    assert "write filterTags" in done.stderr


LISTED = b'{"name": "web", "tags": ["main-abc1234-1700000001", "latest"]}\n{"name": "web", "tags": null}\n'


@pytest.mark.parametrize("stdin", [LISTED, b'  ["main-abc1234-1700000001", "latest"]', b"\xef\xbb\xbf" + LISTED])
def test_explain_takes_what_a_registry_answers(stdin: bytes) -> None:
    done = _piped("explain", "flux-system:frontend", "--json", "--tags", "-", stdin=stdin)
    document = json.loads(done.stdout)
    assert (document["tags"], document["latest"]) == (2, "main-abc1234-1700000001")


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (b'{"tags"', b"begins like JSON and is not"),
        (b'{"tags": [1]}', b"without a list of texts"),
        (b"[" * 9999, b"JSON"),
    ],
)
def test_explain_of_what_is_no_list_of_tags(stdin: bytes, words: bytes) -> None:
    done = _piped("explain", "--semver", "*", "--tags", "-", stdin=stdin)
    assert done.returncode == 2
    assert words in done.stderr


REPOSITORY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: %s}
spec: {image: r.io/web, interval: 1m, exclusionList: ['-rc']}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: %s}
spec: {imageRepositoryRef: {name: web}, policy: {alphabetical: {order: %s}}}
"""


def flux_only(folder: Path, **policies: tuple[str, str]) -> Path:
    """A repository without buildtool.toml; file name -> namespace and order of its policy `web`."""
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    for name, (namespace, order) in policies.items():
        (folder / f"{name}.yaml").write_text(REPOSITORY % (namespace, namespace, order), encoding="utf-8")
    return folder


def test_explain_leaves_out_what_the_exclusion_list_names(tmp_path: Path) -> None:
    (tmp_path / "tags").write_text("a\nb-rc1\nb-rc2\nc.sig\n", encoding="utf-8")
    folder = flux_only(tmp_path, one=("a", "asc"))
    ran = buildtool("policy", "explain", "web", "--tags", "tags", cwd=folder)
    assert "matched   2 of 2 tags" in ran.stdout, ran
    assert "excluded  2 by the exclusionList: b-rc1, b-rc2" in ran.stdout
    described = buildtool("policy", "explain", "--alphabetical", "--json", "--tags", "tags", cwd=folder).document
    assert described["excluded"] == ["c.sig"]


def test_explain_lists_policies_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "tags").write_text("a\nb\n", encoding="utf-8")
    folder = flux_only(tmp_path, one=("a", "asc"), two=("b", "asc"), three=("b", "desc"))
    by_name = buildtool("policy", "explain", "web", "--tags", "tags", cwd=folder)
    assert by_name.code == 2
    assert (
        "web is the name of 3 policies: a:web (one.yaml:8:18), b:web (three.yaml:8:18), b:web (two.yaml"
        in by_name.stderr
    )
    by_key = buildtool("policy", "explain", "b:web", "--tags", "tags", cwd=folder)
    assert "b:web is the name of 2 policies" in by_key.stderr
    chosen = buildtool("policy", "explain", "b:web", "--file", "two.yaml", "--json", "--tags", "tags", cwd=folder)
    assert chosen.document["latest"] == "b"


def test_explain_says_how_many_more_there_are(tmp_path: Path) -> None:
    (tmp_path / "tags").write_text("\n".join([*map(str, range(20)), *(f"x{n}" for n in range(9))]), encoding="utf-8")
    ran = buildtool("policy", "explain", "--pattern=^[0-9]+$", "--numerical", "--tags", "tags", cwd=tmp_path)
    assert ran.stdout.count("  and 14 more\n") == 1, ran
    assert ran.stdout.count("  and 4 more\n") == 1


def test_eval_answers_with_the_bytes_it_was_given() -> None:
    """Masking is for messages: an id or a tag that looks like a secret, or is one, stays what it is."""
    case = {"id": "Authorization: Bearer abcdefghijk", "policy": {"numerical": {}}, "tags": ["1"]}
    argv = [sys.executable, "-m", "buildtool", "policy", "eval"]
    environment = {**os.environ, "MY_PASSWORD": "Authorization", "MY_TOKEN": "Authorization: Bearer"}
    stdin = json.dumps(case).encode() + b"\n"
    answers = {
        subprocess.run(argv, cwd=ROOT, input=stdin, env=env, capture_output=True, check=True).stdout
        for env in (environment, dict(os.environ))
    }
    assert [json.loads(answer)["id"] for answer in answers] == [case["id"]]
