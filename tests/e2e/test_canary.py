"""A secret planted wherever one can be comes out nowhere: no command, no verbosity, no file, no process list.

The registry wants tokens, and answers with the caller's own credentials where a test tells it to.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool
from tests.support.canary import Echo, ProcessWatch, canary, leaks, stored
from tests.support.httpserver import Reply, serve
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.tokens import token_server
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from tests.support.buildtool import Ran
    from tests.support.httpserver import Handler, Question
    from tests.support.registries.tokens import TokenServer

pytestmark = pytest.mark.engine

# The steps print what they are trusted with: whole, in base64, and one line of a key.
DOCKERFILE = """\
FROM busybox:1.37
COPY index.txt /index.txt
RUN --mount=type=secret,id=token --mount=type=secret,id=key \\
    cat /run/secrets/token /run/secrets/key; base64 -w0 /run/secrets/token; echo; cat index.txt
ENTRYPOINT ["/bin/busybox"]
"""
HELPER = """\
#!/bin/sh
case "$1" in
get) cat >/dev/null; cat {answer}; echo {words} >&2; exit {code} ;;
*) echo '{{}}' ;;
esac
"""


@dataclass
class Nest:
    """Where the canaries sit. `users` are the registry's users by how they log in."""

    folder: Path
    registry: Echo
    host: str
    service: Echo
    tokens: TokenServer
    environment: dict[str, str]
    contexts: Mapping[str, str]
    users: dict[str, str] = field(
        default_factory=lambda: {
            name: canary(name) for name in ("robot$environment", "robot$file", "robot$login", "robot$helper")
        }
    )
    secrets: dict[str, str] = field(
        default_factory=lambda: {
            "wrong": canary("wrong"),
            "token": canary("token"),
            "key": "-----BEGIN KEY-----\n"
            + "\n".join(canary(f"key-line{n}", odd=False) for n in range(3))
            + "\n-----END",
            "remote": canary("remote", odd=False),
            "proxy": canary("proxy", odd=False),
            "github": canary("github", odd=False),
            "config": canary("config", odd=False),
            "helper": canary("helper-words", odd=False),
        }
    )

    @contextlib.contextmanager
    def refusing(self, requests: str) -> Iterator[None]:
        """Meanwhile registry and token service answer these requests with the caller's credentials."""
        self.registry.refuses = self.service.refuses = (requests,)
        try:
            yield
        finally:
            self.registry.refuses = self.service.refuses = ()

    def known(self) -> list[str]:
        """Every canary, the tokens of the run, and what Basic authentication makes of a password."""
        passwords = {name: {password, self.secrets["wrong"]} for name, password in self.users.items()}
        pairs = [f"{name}:{password}" for name, found in passwords.items() for password in found]
        return [*self.users.values(), *self.secrets.values(), *pairs, *self.tokens.minted]


@pytest.fixture(scope="module")
def nest(
    tmp_path_factory: pytest.TempPathFactory, engine: Mapping[str, str], base_contexts: Mapping[str, str]
) -> Iterator[Nest]:
    program = debian_registry()
    need(program, "no docker-registry program: make test installs it")
    need(Path("/proc/self/cmdline").exists(), "no /proc to read process lists from")
    folder = tmp_path_factory.mktemp("nest")
    with contextlib.ExitStack() as stack:
        tokens = stack.enter_context(token_server(folder / "tokens"))
        service = Echo(tokens.address)
        tokens.address = stack.enter_context(serve(service.answer))
        served = stack.enter_context(distribution(str(program), folder / "registry", auth=tokens.configuration()))
        registry = Echo(served.host)
        host = stack.enter_context(serve(registry.answer))
        made = Nest(folder, registry, host, service, tokens, dict(engine), base_contexts)
        tokens.users = dict(made.users)
        yield made


def repository(folder: Path, nest: Nest) -> Shop:
    """A repository whose remote has a password, with builds that are trusted with secrets."""
    shop = Shop(folder / "shop", f"{nest.host}/{folder.name.replace('_', '-')}", nest.contexts, tiny=True)
    shop.write("web/Dockerfile", DOCKERFILE)
    shop.write("../key.pem", nest.secrets["key"])
    shop.configure(web='secrets = ["id=token,env=SHOP_TOKEN", "id=key,src=../key.pem"]')
    shop.commit("secrets")
    shop.git("remote", "add", "origin", f"https://me:{nest.secrets['remote']}@git.example.invalid/team/shop.git")
    return shop


@pytest.fixture
def shop(tmp_path: Path, nest: Nest) -> Shop:
    """One that a test may change."""
    return repository(tmp_path, nest)


@dataclass
class Runner:
    """Runs commands and holds everything that came out of them against the canaries."""

    nest: Nest
    shop: Shop
    folder: Path

    def __call__(self, *arguments: str, login: str = "environment", codes: Container[int] = (0,), **env: str) -> Ran:
        files = {name: self.folder / name for name in ("summary.md", "output.txt", "metadata.json")}
        if arguments[0] == "push":
            arguments += ("--metadata-file", str(files["metadata.json"]))
        private = {name: self.folder / name for name in ("tmp", "runtime")}
        for place in private.values():
            place.mkdir(mode=0o700, exist_ok=True)
        variables = {
            **self.nest.environment,
            "TMPDIR": str(private["tmp"]),
            "XDG_RUNTIME_DIR": str(private["runtime"]),
            **self._login(login),
            "SHOP_TOKEN": self.nest.secrets["token"],
            "GITHUB_TOKEN": self.nest.secrets["github"],
            "HTTPS_PROXY": f"http://me:{self.nest.secrets['proxy']}@127.0.0.1:9",
            "GITHUB_STEP_SUMMARY": str(files["summary.md"]),
            "GITHUB_OUTPUT": str(files["output.txt"]),
            **env,
        }
        with ProcessWatch() as watch:
            ran = buildtool(*arguments, cwd=self.shop.folder, env=variables)
        assert ran.code in codes, ran
        texts = {"stdout": ran.stdout, "stderr": ran.stderr, "process list": "\n".join(watch.seen)}
        texts |= {name: file.read_text() for name, file in files.items() if file.exists()}
        texts |= {str(file): text for place in private.values() for file, text in stored(place)}
        registry = [*self.nest.users.values(), self.nest.secrets["wrong"]]
        for environment in watch.git:
            assert not leaks(environment, registry), "git knows the registry's password"
        for name, text in texts.items():
            assert not leaks(text, self.nest.known()), f"{shlex.join(arguments)}: {name}: {text}"
        return ran

    def _login(self, how: str) -> dict[str, str]:
        """One of the four ways credentials come in, or the environment with a wrong password."""
        name, secrets = f"robot${how}", self.nest.users
        if how == "none":
            return {}
        if how == "wrong":
            return _variables("robot$environment", self.nest.secrets["wrong"])
        if how == "environment":
            return _variables(name, secrets[name])
        if how == "file":
            file = self.folder / "password"
            file.write_text(secrets[name] + "\n")
            return {"BUILDTOOL_REGISTRY_USERNAME": name, "BUILDTOOL_REGISTRY_PASSWORD_FILE": str(file)}
        if how == "login":
            auth = base64.b64encode(f"{name}:{secrets[name]}".encode()).decode()
            return self._docker({"auths": {self.nest.host: {"auth": auth}}})
        answer = json.dumps({"ServerURL": self.nest.host, "Username": name, "Secret": secrets.get(name, "")})
        return self.helper(answer, code=0)

    def helper(self, answer: str, *, code: int) -> dict[str, str]:
        """A credential helper, with words of its own on stderr."""
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        (programs / "answer").write_text(answer)
        script = programs / "docker-credential-nest"
        words = shlex.quote(self.nest.secrets["helper"])
        script.write_text(HELPER.format(answer=shlex.quote(str(programs / "answer")), words=words, code=code))
        script.chmod(0o755)
        return self._docker({"credHelpers": {self.nest.host: "nest"}}) | {
            "PATH": f"{programs}:{os.environ['PATH']}",
        }

    def _docker(self, login: dict[str, object]) -> dict[str, str]:
        own = Path(os.environ["DOCKER_CONFIG"], "config.json")
        folder = self.folder / "docker"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps(json.loads(own.read_text()) | login))
        return {"DOCKER_CONFIG": str(folder)}


def _variables(name: str, password: str) -> dict[str, str]:
    return {"BUILDTOOL_REGISTRY_USERNAME": name, "BUILDTOOL_REGISTRY_PASSWORD": password}


@pytest.fixture
def run(tmp_path: Path, nest: Nest, shop: Shop) -> Runner:
    return Runner(nest, shop, tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, nest: Nest) -> Runner:
    """In a repository whose images are published."""
    folder = tmp_path_factory.mktemp("published")
    runner = Runner(nest, repository(folder, nest), folder)
    ran = runner("push", "-v", "--progress", "plain")
    assert ran.stderr.count("***") >= 5, "the step printed them, masked"
    return runner


def test_nothing_reaches_the_registrys_disk(published: Runner, nest: Nest) -> None:
    """Labels, annotations, history and layers."""
    files = list(stored(nest.folder / "registry"))
    assert any("org.opencontainers.image.revision" in text for _, text in files)
    for file, text in files:
        assert not leaks(text, nest.known()), file


@pytest.mark.parametrize(("login", "progress"), [("file", "json"), ("login", "auto"), ("helper", "quiet")])
def test_each_other_kind_of_login(published: Runner, login: str, progress: str) -> None:
    ran = published("push", "--force", "-v", "--json", "--progress", progress, login=login)
    assert {image["image"] for image in ran.document["images"]} == {"web", "api"}


COMMANDS = [
    "tag -v",
    "tag --json",
    "verify -v",
    "verify --json",
    "check -v",
    "check --format json",
    "policy explain web -v",
    "policy explain web --json",
    "setters preview --image flux-system:web={host}/web:main-abc1234-1800000000",
    "doctor -v",
    "doctor --json",
    "explain registry-auth",
    "push --dry-run --json -v",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command(published: Runner, nest: Nest, command: str) -> None:
    ran = published(*command.format(host=nest.host).split(), codes=[0, 3])
    assert ran.stdout.strip() or "nothing found" in ran.stderr, "the run got as far as its answer"


# No: the registry refuses, or buildtool does. Never a bug.
REFUSED = (2, 3, 13, 14)


REFUSALS = [
    ("push", "POST /v2/"),
    ("push", "GET /v2/"),
    ("push", "PUT /v2/"),
    ("push", "/token"),
    ("verify", "GET /v2/"),
    ("verify", "/token"),
    ("policy explain web", "GET /v2/"),
    ("doctor", "/v2/"),
    ("doctor", "/token"),
]


@pytest.mark.parametrize("login", ["environment", "wrong"])
@pytest.mark.parametrize(("command", "refuses"), REFUSALS)
def test_a_registry_that_answers_with_what_it_was_sent(
    published: Runner, nest: Nest, command: str, refuses: str, login: str
) -> None:
    arguments = [*command.split(), "-v", *(["--force"] if command == "push" else [])]
    before = nest.registry.echoed + nest.service.echoed
    with nest.refusing(refuses):
        published(*arguments, login=login, codes=REFUSED)
    assert login == "wrong" or nest.registry.echoed + nest.service.echoed > before


def test_a_build_that_fails_after_it_printed_its_secrets(run: Runner, shop: Shop) -> None:
    shop.write("web/Dockerfile", DOCKERFILE.replace("cat index.txt", "false"))
    shop.commit("broken")
    ran = run("push", "--progress", "plain", codes=[12])
    assert "***" in ran.stderr


@pytest.mark.parametrize("code", [0, 1])
def test_a_credential_helper_that_talks(run: Runner, nest: Nest, code: int) -> None:
    variables = run.helper(f"the password is {nest.secrets['helper']}", code=code)
    ran = run("push", "-v", login="none", codes=[14], **variables)
    assert "docker-credential-nest" in ran.stderr


@dataclass
class Stranger:
    """Another host: it wants to be told everything, and keeps what it is told."""

    port: str = ""
    told: list[str] = field(default_factory=list)
    challenge: str = ""

    def answer(self, handler: Handler, question: Question) -> None:
        self.told.append(f"{question.target} {dict(question.headers)} {question.body!r}")
        wanted = {"WWW-Authenticate": self.challenge} if self.challenge else {}
        handler.reply(Reply(401 if wanted else 200, wanted, b'{"token": "t", "tags": []}'))

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    made = Stranger()
    with serve(made.answer) as host:
        made.port = host.rpartition(":")[2]
        yield made


def test_a_realm_on_another_host_is_told_nothing(run: Runner, nest: Nest, shop: Shop, stranger: Stranger) -> None:
    challenge = f'Bearer realm="http://{stranger.host}/token",service="s"'
    with serve(lambda handler, _: handler.reply(Reply(401, {"WWW-Authenticate": challenge}))) as host:
        shop.configure(registry=host)
        shop.commit("a registry with a token service elsewhere")
        for login in ("environment", "file"):
            ran = run("push", "-v", login=login, codes=[14])
            assert f'token_hosts = ["{stranger.host}"]' in ran.stderr
    assert stranger.told == []


@pytest.mark.parametrize("wants", ["basic", "bearer"])
def test_a_redirect_to_another_host_carries_nothing(
    run: Runner, nest: Nest, shop: Shop, stranger: Stranger, wants: str
) -> None:
    """The password is wanted by the registry, then by the host it redirects to."""
    realm = f'Bearer realm="http://{stranger.host}/token",service="s"'
    stranger.challenge = realm if wants == "bearer" else 'Basic realm="r"'

    def registry(handler: Handler, question: Question) -> None:
        known = "authorization" in question.headers
        away = Reply(307, {"Location": f"http://{stranger.host}{question.target}"})
        handler.reply(away if known else Reply(401, {"WWW-Authenticate": 'Basic realm="r"'}))

    with serve(registry) as host:
        shop.configure(registry=host)
        shop.commit("a registry that sends its clients on")
        run("push", "-v", codes=[14])
        run("policy", "explain", "web", "-v", codes=[14])
    assert stranger.told, "it was asked"
    assert not leaks("\n".join(stranger.told), nest.known())
    assert not any("authorization" in told for told in stranger.told)


def test_a_killed_run_leaves_no_credentials_behind(run: Runner, nest: Nest, shop: Shop) -> None:
    """It cannot take its own away; the next run does."""
    runtime = run.folder / "runtime"
    runtime.mkdir(mode=0o700)
    login = _variables("robot$environment", nest.users["robot$environment"])
    variables = {**os.environ, **nest.environment, **login, "SHOP_TOKEN": nest.secrets["token"]}
    shop.write("web/Dockerfile", DOCKERFILE + "RUN sleep 60\n")
    shop.commit("a long build")
    argv = [sys.executable, "-m", "buildtool", "push"]
    child = subprocess.Popen(
        argv, cwd=shop.folder, env={**variables, "XDG_RUNTIME_DIR": str(runtime)}, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            if any(runtime.rglob("config.json")):
                break
            time.sleep(0.1)
        else:
            raise AssertionError("no build began")
    finally:
        child.kill()
        child.wait()
    assert any(runtime.rglob("config.json")), "what a killed run leaves"
    shop.write("web/Dockerfile", DOCKERFILE)
    shop.commit("a short build")
    run("push")
    assert not any(runtime.rglob("config.json"))


def test_a_proxy_that_does_not_answer(run: Runner, nest: Nest, shop: Shop) -> None:
    shop.configure(registry="registry.example.invalid:5000")
    shop.commit("far away")
    ran = run("push", "-v", codes=[13], HTTP_PROXY=f"http://me:{nest.secrets['proxy']}@127.0.0.1:9")
    assert "registry.example.invalid" in ran.stderr


MISTAKES = [
    'registry = "me:{}@127.0.0.1:9/x"',
    'registry = "http://me:{}@127.0.0.1:9"',
    'registry = "127.0.0.1:9/x"\n[images.web]\nplatforms = ["linux/amd64"]\nsecrets = ["id=token,value={}"]',
    'registry = "127.0.0.1:9/x"\n[images.web]\nplatforms = ["linux/amd64"]\nsecrets = ["{}"]',
    'registry = "127.0.0.1:9/x"\npassword = "{}"',
    'registry = "127.0.0.1:9/x" {}',
    'registry = "127.0.0.1:9/x"\n[images.web]\nplatforms = "https://me:{}@x"',
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_configuration_with_a_secret_in_the_wrong_place(run: Runner, nest: Nest, shop: Shop, mistake: str) -> None:
    shop.write("buildtool.toml", mistake.format(nest.secrets["config"]))
    for command, codes in (("push -v", [2]), ("check", [2, 3]), ("doctor -v", [2, 3])):
        ran = run(*command.split(), codes=codes)
        assert "buildtool.toml" in ran.stdout + ran.stderr, "the mistake is reported, without its value"


def test_a_secret_committed_to_the_manifests(run: Runner, nest: Nest, shop: Shop) -> None:
    manifest = (
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n  password: {nest.secrets['config']}\n"
    )
    shop.write("deploy/secret.yaml", manifest)
    shop.commit("a plain Secret")
    for form in ("text", "json", "github", "sarif"):
        ran = run("check", "--format", form, codes=[3])
        assert "deploy/secret.yaml" in ran.stdout


BUG = """import buildtool.cli.push_wiring as wiring
from buildtool.cli.main import main

def push(preparation, *_):
    readiness = preparation._readiness
    readiness._registry.check_push(readiness._config.repository("web"))
    auth = readiness._registry.at(readiness._config.host).session.auth
    raise RuntimeError(f"{auth.credential.password} {auth.basic()} {dict(__import__('os').environ)}")

wiring.push = push
main(["push"])
"""


def test_a_bug(run: Runner, nest: Nest, shop: Shop) -> None:
    """The report is to be pasted in public."""
    name, password = "robot$environment", nest.users["robot$environment"]
    variables = {**nest.environment, **_variables(name, password), "SHOP_TOKEN": nest.secrets["token"]}
    argv = [sys.executable, "-c", BUG]
    ran = subprocess.run(
        argv, cwd=shop.folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1, ran
    assert "RuntimeError: *** {'Authorization': 'Basic ***'}" in ran.stderr
    assert not leaks(ran.stdout + ran.stderr, nest.known())
