# mypy: disable-error-code="arg-type"
"""Control sequences, workflow commands and markup from every outside source: they come out as printable text.

A real build prints them, a real registry's answers carry them, and so do names in git, manifests, the configuration,
docker's login and the environment. Each command runs on a pipe and on a terminal, for a person and for a runner.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool
from tests.support.hostile import COMMANDS, LINE, MARKUP, TEXT, obeyed, on_a_terminal, outputs
from tests.support.httpserver import Reply, forward, serve
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.httpserver import Handler, Question
    from tests.support.parts import Registries

pytestmark = pytest.mark.engine

DOCKERFILE = f"""\
FROM busybox:1.37
COPY index.txt hostile.txt /
LABEL org.opencontainers.image.description="{LINE}" "{LINE}"="{LINE}"
RUN : "{LINE} ##[group]planted ::add-mask::planted"; cat hostile.txt; cat hostile.txt >&2
ENTRYPOINT ["/bin/busybox"]
"""
# Names that git takes: no blank, no colon, none of ASCII's control characters.
BRANCH = "feat/\u202e\x9b2J`|<img>##vso]\x85x"
PLANTED_TAGS = [LINE, *COMMANDS, MARKUP, "main-abc1234-1700000000\n::error::planted"]
BODY = json.dumps({"errors": [{"code": LINE, "message": TEXT, "detail": TEXT}]}).encode()
IN_A_HEADER = LINE.encode().decode("latin-1")
HEADERS = dict.fromkeys(
    ("Docker-Distribution-Api-Version", "Docker-Content-Digest", "Retry-After", "Server", "Warning", "Link"),
    IN_A_HEADER,
)
MANIFESTS = f"""\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {{name: {json.dumps(LINE)}, namespace: flux-system}}
spec:
  imageRepositoryRef: {{name: {json.dumps("a" + TEXT)}}}
  filterTags: {{pattern: {json.dumps("(" + TEXT)}, extract: {json.dumps(TEXT)}}}
  policy: {{{json.dumps(TEXT)}: 1, semver: {{range: {json.dumps(TEXT)}}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: {json.dumps(TEXT)}}}
stringData: {{{json.dumps("password" + LINE)}: {json.dumps(TEXT + "0123")}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {json.dumps(LINE)}}}
spec: {{template: {{spec: {{containers: [{{name: {json.dumps(TEXT)}, image: {json.dumps(TEXT + ":latest")}}}]}}}}}}
"""
BROKEN = [f"a: [{LINE}", f"a: 1\n{LINE}: :\n  - {MARKUP}", f'"{LINE}', f"? {LINE}\n: &a *b", f"!<{LINE}> x: {{"]


@dataclass
class Registry:
    """In front of a real one: it knows more tags than there are, and answers `refuses` in words that want more."""

    upstream: str
    refuses: str = ""
    status: int = 403
    body: bytes = BODY

    def answer(self, handler: Handler, question: Question) -> None:
        request = f"{question.method} {question.target}"
        if self.refuses and self.refuses in request:
            challenge = {"WWW-Authenticate": f'Bearer realm="{IN_A_HEADER}",service="{IN_A_HEADER}"'}
            handler.reply(Reply(self.status, HEADERS | (challenge if self.status == 401 else {}), self.body))
            return
        reply = forward(self.upstream, question)
        if "/tags/list" in request and reply.status == 200:
            listed = json.loads(reply.body)
            listed["tags"] = [*(listed["tags"] or ()), *PLANTED_TAGS]
            reply = Reply(200, reply.headers, json.dumps(listed).encode())
        handler.reply(reply)


@dataclass
class World:
    shop: Shop
    registry: Registry
    environment: dict[str, str]

    def run(self, *arguments: str, terminal: bool = False, codes: range = range(2, 19), **env: str) -> Ran:
        """Run, and hold what came out to what may come out; a success is always right."""
        variables = {**self.environment, **env}
        if terminal:
            ran = on_a_terminal(["--color", "always", *arguments], self.shop.folder, variables)
        else:
            ran = buildtool(*arguments, cwd=self.shop.folder, env=variables)
        assert ran.code == 0 or ran.code in codes, ran
        for text in (ran.stdout, ran.stderr):
            assert obeyed(text, colors=terminal, cursor=terminal) == []
        assert "Traceback" not in ran.stdout + ran.stderr
        assert "bug in buildtool" not in ran.stdout + ran.stderr, (env, ran.stdout + ran.stderr)
        return ran


def runner(folder: Path, revision: str = "") -> dict[str, str]:
    """The variables of a runner, the free ones of them hostile; its two files in a folder."""
    free = ("GITHUB_WORKFLOW", "GITHUB_JOB", "GITHUB_ACTOR", "GITHUB_RUN_ID", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY")
    files = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    found = {"CI": "true", "GITHUB_ACTIONS": "true", **files, **dict.fromkeys(free, TEXT)}
    return found | ({"GITHUB_SHA": revision} if revision else {})


@pytest.fixture(scope="module")
def registry(registry_server: Registries) -> Iterator[tuple[Registry, str]]:
    server = registry_server()
    made = Registry(server.address)
    with serve(made.answer) as host:
        yield made, host
    server.stop()


def repository(folder: Path, host: str, base_contexts: Mapping[str, str]) -> Shop:
    shop = Shop(folder / "shop", f"{host}/{folder.name.lower().replace('_', '-')}", base_contexts, tiny=True)
    shop.write("web/Dockerfile", DOCKERFILE)
    shop.write("web/hostile.txt", TEXT)
    shop.commit(f"{LINE} ::add-mask::planted ##[group]{MARKUP}")
    return shop


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory,
    registry: tuple[Registry, str],
    base_contexts: Mapping[str, str],
    engine: Mapping[str, str],
) -> World:
    """Where a push has ended well, and an older one before it."""
    folder = tmp_path_factory.mktemp("published")
    world = World(repository(folder, registry[1], base_contexts), registry[0], dict(engine))
    world.run("push", codes=range(0))
    world.shop.write("api/index.txt", "newer")
    world.shop.commit(f"again {LINE}")
    world.run("push", "--progress", "plain", codes=range(0))
    return world


@pytest.fixture
def world(
    tmp_path: Path, registry: tuple[Registry, str], base_contexts: Mapping[str, str], engine: Mapping[str, str]
) -> World:
    """One that a test may change."""
    registry[0].refuses = ""
    return World(repository(tmp_path, registry[1], base_contexts), registry[0], dict(engine))


READING = [
    "tag -v",
    "verify -v",
    "verify --json",
    "policy explain web -v",
    "policy explain web --json",
    "status",
    "doctor -v",
    "doctor --json",
    "rollback web --dry-run",
    "push --dry-run -v",
    "push --force --progress json --json",
    "push --force --progress plain -v",
]


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("command", READING)
def test_what_a_registry_and_a_build_say(published: World, command: str, *, terminal: bool) -> None:
    published.registry.refuses = ""
    ran = published.run(*command.split(), terminal=terminal)
    assert ran.stdout + ran.stderr, "the run got as far as its answer"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 429, 500])
@pytest.mark.parametrize("refuses", ["GET /v2/", "POST /v2/", "PUT /v2/"])
def test_what_a_registry_answers_when_it_refuses(published: World, tmp_path: Path, refuses: str, status: int) -> None:
    published.registry.refuses, published.registry.status = refuses, status
    bodies = (BODY, TEXT.encode(), b"<html>" + TEXT.encode()) if status == 403 else (BODY,)
    for published.registry.body in bodies:
        ran = published.run("push", "--dry-run", "-v", **runner(tmp_path))
        assert ran.code == 0 or refuses != "PUT /v2/" or ran.stderr.strip()
        if published.registry.body == BODY and status != 429:  # which is waited for
            published.run("verify", "-v")
            if refuses != "PUT /v2/" or status == 403:  # the engine tries each upload again, for half a minute
                published.run("push", "--force", **runner(tmp_path))


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_a_build_that_fails(world: World, tmp_path: Path, *, terminal: bool) -> None:
    world.shop.write("web/Dockerfile", DOCKERFILE + f'RUN : "{LINE}"; cat hostile.txt >&2; false\n')
    world.shop.commit("broken")
    for progress in ("auto", "plain", "json"):
        world.run("push", "--progress", progress, terminal=terminal, codes=range(12, 13), **runner(tmp_path))
    summary = (tmp_path / "summary.md").read_text()
    assert not re.search(r"(?m)^(?:#+ planted|```mermaid)", summary)


def test_files_and_outputs_of_a_runner(world: World, tmp_path: Path) -> None:
    """A branch, a subject and a registry that want to set outputs, and to write into the summary."""
    world.shop.git("checkout", "--quiet", "-b", BRANCH)
    variables = runner(tmp_path, world.shop.git("rev-parse", "HEAD"))
    ran = world.run("push", "--no-deploy", "--json", codes=range(0), **variables, GITHUB_REF_NAME=BRANCH)
    assert ran.document["branch"] == BRANCH
    found = outputs((tmp_path / "output").read_text())
    names = {f"{key}-{image}" for key in ("tag", "reference", "digest", "status") for image in ("web", "api")}
    assert found.keys() - names <= {"tag", "tags", "digests", "references", "statuses", "json"}
    assert json.loads(found["json"])["branch"] == BRANCH
    summary = (tmp_path / "summary.md").read_text()
    assert obeyed(summary) == []
    assert summary.count("```") == 2
    assert "<img" not in re.sub(r"`[^`\n]*`", "", summary)


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_manifests_and_file_names(world: World, tmp_path: Path, form: str, *, terminal: bool) -> None:
    world.shop.write("deploy/hostile.yaml", MANIFESTS)
    for number, text in enumerate([*BROKEN, TEXT]):
        world.shop.write(f"deploy/broken-{number}.yaml", text)
    name = f"{COMMANDS[0]}{LINE}\n{COMMANDS[2]}.yaml"
    world.shop.write(f"deploy/{name.replace('/', '-')}", MANIFESTS)
    world.shop.write(".github/workflows/ci.yml", f"on: push\njobs: {{{json.dumps(TEXT)}: {{steps: {BROKEN[0]}")
    world.shop.commit("hostile")
    checked = world.run("check", "--format", form, terminal=terminal, codes=range(3, 4), **runner(tmp_path))
    assert checked.code == 3
    world.run("check", "--explain", terminal=terminal, codes=range(3, 4))
    world.run("policy", "explain", f"flux-system:{LINE}", terminal=terminal)
    world.run("verify", terminal=terminal)


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_a_tree_that_is_dirty(world: World, tmp_path: Path, *, terminal: bool) -> None:
    for name in (LINE, f"\n{COMMANDS[0]}", MARKUP):
        world.shop.write(f"web/{name.replace('/', '-')}", "x")
    refused = world.run("push", terminal=terminal, codes=range(3, 4), **runner(tmp_path))
    assert refused.code == 3, "files that are not committed are refused"
    world.run("push", "--allow-dirty", "--dry-run", "-v", terminal=terminal, **runner(tmp_path))
    world.run("doctor", "-v", terminal=terminal, **runner(tmp_path))


SETTER = 'image: REGISTRY/web:main-0000000-1700000000 # {"$imagepolicy": "flux-system:web"}'


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("form", ["", "--json", "--full"])
def test_a_diff_in_a_runners_log(world: World, tmp_path: Path, form: str, *, terminal: bool) -> None:
    """Lines of a manifest beside the one that changes, and the marker's own."""
    around = "\n".join(["x: |", *(f"  {line}" for line in (*COMMANDS, "\u202e ::error::planted"))])
    world.shop.write(
        "deploy/cm.yaml", f"{around}\n{SETTER}\n::error::planted: 1\n".replace("REGISTRY", world.shop.registry)
    )
    world.shop.commit("commands around a setter")
    image = f"flux-system:web={world.shop.registry}/web:main-abc1234-1800000000"
    arguments = ["setters", "preview", "--image", image, *form.split()]
    ran = world.run(*arguments, terminal=terminal, **runner(tmp_path))
    assert "main-abc1234-1800000000" in ran.stdout


CONFIGURATIONS = [
    f"{json.dumps(LINE)} = 1\n",
    f"registry = {json.dumps(TEXT)}\n",
    f'registry = "127.0.0.1:9/x"\n[images.{json.dumps(LINE)}]\ndockerfile = {json.dumps(TEXT)}\n',
    f'registry = "127.0.0.1:9/x"\n[images.web]\nplatforms = [{json.dumps(TEXT)}]\npolicy = {json.dumps(TEXT)}\n',
    f'registry = "127.0.0.1:9/x"\n[images.web]\nsecrets = [{json.dumps(TEXT)}]\n',
    f'registry = "127.0.0.1:9/x"\n[images.web]\nargs = {{{json.dumps(LINE)} = "{{x}}"}}\n',
    f'registry = "127.0.0.1:9/x"\n[tag]\nbranch = {json.dumps(TEXT)}\n[images.web]\n',
    f"registry = '{LINE}\n",
    TEXT,
]


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_configurations(world: World, tmp_path: Path, configuration: str) -> None:
    world.shop.write("buildtool.toml", configuration)
    world.shop.commit("hostile")
    for command in ("push --dry-run", "check --format github", "doctor -v", "tag"):
        for terminal in (False, True):
            ran = world.run(*command.split(), terminal=terminal, **runner(tmp_path))
            assert ran.code in (2, 3) or command.startswith("check"), "a configuration that holds a mistake"


def test_the_environment(world: World, tmp_path: Path) -> None:
    """Variables that are read for a branch, a login, a proxy or a setting."""
    names = ["GITHUB_REF_NAME", "GITHUB_HEAD_REF", "GITHUB_SHA", "GITHUB_EVENT_PATH", "GITHUB_REF", "GITHUB_OUTPUT"]
    names += ["BUILDTOOL_REGISTRY", "BUILDTOOL_BRANCH", "BUILDTOOL_REGISTRY_PASSWORD_FILE", "BUILDTOOL_PLANTED"]
    names += ["HTTP_PROXY", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "SOURCE_DATE_EPOCH", "KUBECONFIG"]
    for name in names:
        for command in ("push --dry-run", "doctor -v", "tag -v"):
            variables = runner(tmp_path) | {name: TEXT}
            if name.startswith("BUILDTOOL_REGISTRY_"):
                variables["BUILDTOOL_REGISTRY_USERNAME"] = TEXT
            ran = world.run(*command.split(), **variables)
            assert ran.stdout + ran.stderr, f"{name}: {command} says nothing"


def test_words_of_docker_and_of_its_helpers(world: World, tmp_path: Path) -> None:
    """A login that cannot be read, and a helper that talks."""
    programs = tmp_path / "bin"
    programs.mkdir()
    helper = programs / "docker-credential-hostile"
    (programs / "words").write_text(TEXT)
    helper.write_text(f"#!/bin/sh\ncat {programs}/words; cat {programs}/words >&2; exit 1\n")
    helper.chmod(0o755)
    host = world.shop.registry.partition("/")[0]
    for login in ({"credHelpers": {host: "hostile"}}, {"credHelpers": {host: LINE}}, {"auths": {host: {"auth": TEXT}}}):
        folder = tmp_path / "docker"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps(login))
        path = f"{programs}:{os.environ['PATH']}"
        for command in ("verify", "doctor -v", "push --dry-run"):
            ran = world.run(*command.split(), DOCKER_CONFIG=str(folder), PATH=path, **runner(tmp_path))
            assert ran.stdout + ran.stderr, command


@pytest.mark.parametrize("arguments", [["tag", TEXT], [TEXT], ["push", TEXT], ["explain", TEXT], ["-C", LINE, "tag"]])
def test_arguments(world: World, arguments: list[str]) -> None:
    for terminal in (False, True):
        ran = world.run(*arguments, terminal=terminal)
        assert ran.code == 2, "an argument that is none, or a folder that is not there"


def test_programs_that_print_it(world: World, tmp_path: Path) -> None:
    """Git and docker themselves, with every exit code that means something."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "words").write_text(TEXT)
    for code in (0, 1, 128):
        for name in ("git", "docker"):
            script = programs / name
            script.write_text(f"#!/bin/sh\ncat {programs}/words; cat {programs}/words >&2; exit {code}\n")
            script.chmod(0o755)
        for command in ("tag", "push --dry-run", "doctor -v", "check", "verify"):
            ran = world.run(*command.split(), PATH=f"{programs}:/usr/bin:/bin", **runner(tmp_path))
            if command != "check":  # which reads the folder's files where git names none
                assert ran.code != 0, "nothing that they say is a fact"
