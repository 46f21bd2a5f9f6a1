"""What only a registry that is a service does, on the stand-ins for five of them."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential, RegistryClient, find_credentials
from buildtool.adapters.registry.inspection import RegistryInspection
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import RemovalWay, ServerKind, TagRemoval
from buildtool.core.text.secrets import Secrets
from buildtool.errors import (
    REGISTRY_AUTH,
    REGISTRY_DENIED,
    REGISTRY_IMMUTABLE,
    REGISTRY_LIMIT,
    REGISTRY_NOT_FOUND,
    REGISTRY_REALM,
    BuildtoolError,
)
from tests.support.clock import PatientClock
from tests.support.httpserver import Reply
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.images import image, upload
from tests.support.registries.service import service
from tests.support.registries.service_facts import ECR, EXPIRED, GITHUB, GITLAB, HUB, QUAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.registries.service import Service
    from tests.support.registries.service_facts import Facts

    Start = Callable[[Facts], Service]

LIMITED = {
    "Content-Type": "application/json",
    "ratelimit-limit": "100;w=21600",
    "ratelimit-remaining": "0;w=21600",
    "docker-ratelimit-source": "203.0.113.7",
}
TOO_MANY = json.dumps(
    {"errors": [{"code": "TOOMANYREQUESTS", "message": "You have reached your unauthenticated pull rate limit."}]}
).encode()


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    with distribution(str(program), tmp_path_factory.mktemp("behind")) as served:
        yield served.host


@pytest.fixture
def start(behind: str, tmp_path: Path) -> Iterator[Start]:
    with contextlib.ExitStack() as stack:
        yield lambda facts: stack.enter_context(service(facts, behind, tmp_path / facts.name))


def client_of(made: Service, name: str = "", **settings: object) -> RegistryClient:
    credential = Credential(made.facts.user, made.facts.password)
    options = {
        "insecure": False,
        "clock": PatientClock(),
        "secrets": Secrets(),
        "credentials": lambda: credential,
        "ca_files": [made.ca],
        "environment": made.places.environment(),
    }
    return RegistryClient(name or made.facts.name, **{**options, **settings})  # type: ignore[arg-type]


def refused(ask: Callable[[], object]) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        ask()
    return caught.value


@pytest.mark.parametrize("name", ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"])
def test_docker_hub_is_asked_where_it_answers(start: Start, name: str) -> None:
    made = start(HUB)
    with client_of(made, name) as client:
        assert client.probe().url == "https://registry-1.docker.io"
        repository = Repository(name, f"team/{name}")
        one = upload(client, repository, image(), "main-abc1234-1707300000")
        assert client.manifest(repository, "main-abc1234-1707300000") == one.manifest
    assert {line.split()[0] for line in made.lines()} == {"registry-1.docker.io", "auth.docker.io"}


@pytest.mark.parametrize("facts", [HUB, GITHUB, QUAY, GITLAB, ECR], ids=lambda facts: facts.name)
def test_a_service_is_not_asked_whether_it_is_a_harbor(start: Start, facts: Facts) -> None:
    made = start(facts)
    with client_of(made) as client:
        assert client.probe().kind is ServerKind.UNKNOWN
        assert RegistryInspection(client, {}).harbor_findings([], 0) is None
    assert [line for line in made.lines() if "/v2/" not in line] == []


def test_an_official_image_is_read_without_a_login(start: Start, behind: str) -> None:
    with RegistryClient(behind, insecure=True, clock=PatientClock(), secrets=Secrets()) as there:
        one = upload(there, Repository(behind, "library/nginx"), image("nginx"), "1.27")
    made = start(HUB)
    with client_of(made, credentials=lambda: None) as client:
        nginx = Repository("docker.io", "nginx")
        assert list(client.tags(nginx)) == ["1.27"]
        assert client.digest(nginx, "1.27") == one.manifest.digest
        assert client.manifest(nginx, "1.27") == one.manifest
        assert client.blob(nginx, one.manifest.document()["config"]["digest"]) == one.config
        with client.open_blob(nginx, one.manifest.document()["layers"][0]["digest"]) as file:
            assert file.read() == one.layer
    assert not [question for _, question in made.seen if "basic" in question.headers.get("authorization", "").lower()]


def test_an_official_image_cannot_be_pushed(start: Start) -> None:
    with client_of(start(HUB)) as client:
        error = refused(lambda: client.check_push(Repository("docker.io", "frontend")))
    assert error.kind is REGISTRY_AUTH
    assert error.fix == (
        'frontend alone is an official image of Docker Hub: write registry = "docker.io/NAMESPACE" in buildtool.toml'
    )


@pytest.mark.parametrize("facts", [HUB, GITHUB, QUAY, GITLAB], ids=lambda facts: facts.name)
def test_the_login_goes_to_the_services_own_token_server_alone(start: Start, facts: Facts) -> None:
    made, secrets = start(facts), Secrets()
    said: list[str] = []
    with client_of(made, on_note=said.append, secrets=secrets) as client:
        client.check_push(Repository(facts.name, f"{facts.namespace}app"))
    told = {host for host, question in made.seen if question.headers.get("authorization", "").startswith("Basic ")}
    assert told == {facts.tokens}
    assert bool(said) is (facts.tokens != facts.api)
    bearers = [
        question.headers["authorization"]
        for host, question in made.seen
        if host == facts.api and question.headers.get("authorization")
    ]
    assert bearers
    assert all(secrets.clean(header) != header for header in bearers), "a token is a secret too"


def test_a_token_whose_life_is_not_told_is_kept_for_a_while(start: Start) -> None:
    made = start(GITHUB)
    with client_of(made) as client:
        repository = Repository("ghcr.io", "team/kept")
        upload(client, repository, image(), "a", "b")
        assert sorted(client.tags(repository)) == ["a", "b"]
    asked = [line for line in made.lines() if " /token?" in line]
    assert asked == [
        f"ghcr.io GET /token?service=ghcr.io&scope=repository%3Ateam%2Fkept%3A{what}"
        for what in ("pull%2Cpush", "pull")
    ]


@pytest.mark.parametrize("facts", [HUB, GITHUB, GITLAB], ids=lambda facts: facts.name)
def test_the_first_push_to_a_repository_that_is_not_there(start: Start, facts: Facts) -> None:
    """Docker Hub shows what does not exist in the words of what somebody else owns: pushing there tells them apart."""
    with client_of(start(facts)) as client:
        repository = Repository(facts.name, f"{facts.namespace}first-{facts.service}".replace("_", "-"))
        assert list(client.tags(repository)) == []
        assert client.digest(repository, "main") is None
        assert refused(lambda: client.manifest(repository, "main")).kind is REGISTRY_NOT_FOUND
        assert client.remove_tag(repository, "main") is TagRemoval.ABSENT
        upload(client, repository, image(), "main")
        assert list(client.tags(repository)) == ["main"]


def test_what_belongs_to_somebody_else_is_not_taken_for_missing(start: Start) -> None:
    with client_of(start(HUB)) as client:
        theirs = Repository("docker.io", "others/app")
        for ask in (
            lambda: list(client.tags(theirs)),
            lambda: client.digest(theirs, "a"),
            lambda: client.check_push(theirs),
        ):
            error = refused(ask)
            assert error.kind is REGISTRY_AUTH
            assert (
                error.fix == "docker login docker.io as an account, or with a token, that may read and write others/app"
            )


def test_quay_is_not_asked_to_push_by_a_read(start: Start) -> None:
    """It makes a repository as soon as a token to push to it is asked for."""
    made = start(QUAY)
    with client_of(made) as client:
        theirs = Repository("quay.io", "others/app")
        error = refused(lambda: list(client.tags(theirs)))
    assert error.kind is REGISTRY_AUTH
    assert "(others+NAME) Write" in error.fix
    assert not [line for line in made.lines() if "push" in line or " POST " in line]


def test_a_wrong_password_in_docker_hubs_words(start: Start) -> None:
    wrong = Credential(HUB.user, "wr0ng-passw0rd")
    with client_of(start(HUB), credentials=lambda: wrong) as client:
        error = refused(lambda: client.check_push(Repository("docker.io", "team/app")))
    assert error.kind is REGISTRY_AUTH
    assert "incorrect username or password" in error.message
    assert error.place == "https://auth.docker.io/token"


@pytest.mark.parametrize("body", [TOO_MANY, b"Too Many Requests"], ids=["json", "plain"])
def test_the_pull_limit_ends_at_once_where_no_time_is_told(start: Start, body: bytes) -> None:
    made, clock, said = start(HUB), PatientClock(), list[str]()
    made.limits = [Reply(429, LIMITED, body)] * 20
    with client_of(made, clock=clock, on_retry=said.append) as client:
        error = refused(lambda: client.manifest(Repository("docker.io", "team/app"), "main"))
    assert error.kind is REGISTRY_LIMIT
    assert "100 requests in 6 h for 203.0.113.7, 0 left; it does not say when to try again" in error.message
    assert "docker login docker.io" in error.fix
    assert (clock.slept, said, len(made.limits)) == ([], [], 19)


def test_the_pull_limit_names_the_time_and_does_not_wait_for_hours(start: Start) -> None:
    made, clock = start(HUB), PatientClock()
    source = {"docker-ratelimit-source": "4711-account", "Retry-After": "5400"}
    made.limits = [Reply(429, LIMITED | source, TOO_MANY.replace(b"unauthenticated ", b""))] * 20
    with client_of(made, clock=clock) as client:
        error = refused(lambda: client.manifest(Repository("docker.io", "team/app"), "main"))
    assert error.kind is REGISTRY_LIMIT
    assert "again in 1 h 30 min, from 2024-02-07 " in error.message
    assert error.fix.startswith("run the same command again: again in 1 h 30 min")
    assert clock.slept == []


def test_a_limit_that_is_over_soon_is_waited_for(start: Start) -> None:
    made, clock, said = start(HUB), PatientClock(), list[str]()
    with client_of(made, clock=clock, on_retry=said.append) as client:
        repository = Repository("docker.io", "team/limited")
        one = upload(client, repository, image(), "main")
        made.limits = [Reply(429, LIMITED | {"Retry-After": "3"}, TOO_MANY)] * 2
        assert client.digest(repository, "main") == one.manifest.digest
    assert clock.slept == [3.0, 3.0]
    assert len(said) == 2
    assert "0 left; again in 3 s" in said[0]


def test_the_token_service_has_a_limit_of_its_own(start: Start) -> None:
    made, clock = start(HUB), PatientClock()
    made.token_limits = [Reply(429, {"Retry-After": "86400"}, b"")] * 20
    with client_of(made, clock=clock) as client:
        error = refused(lambda: list(client.tags(Repository("docker.io", "team/app"))))
    assert error.kind.exit is REGISTRY_LIMIT.exit
    assert "86400 s" in error.message or "again in 1 d" in error.message
    assert (error.place or "").startswith("GET https://auth.docker.io/token")
    assert (clock.slept, len(made.token_limits)) == ([], 19)


@pytest.mark.parametrize("facts", [HUB, GITHUB, ECR], ids=lambda facts: facts.name)
def test_what_deletes_nothing_says_so_before_and_after(start: Start, facts: Facts) -> None:
    made = start(facts)
    with client_of(made) as client:
        repository = Repository(facts.name, f"{facts.namespace}stays")
        made.made.add(repository.path)
        one = upload(client, repository, image(), "main")
        assert RegistryInspection(client, {}).removal_way(repository) is RemovalWay.NONE
        assert client.remove_tag(repository, "main") is TagRemoval.UNSUPPORTED
        assert client.manifest(repository, "main") == one.manifest


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize("code", ["UNSUPPORTED", ""])
def test_whatever_a_refused_deletion_looks_like_no_tag_is_changed(start: Start, status: int, code: str) -> None:
    made = start(replace(HUB, delete=(status, code, "")))
    with client_of(made) as client:
        repository = Repository("docker.io", f"team/kept-{status}-{code.lower() or 'x'}")
        one = upload(client, repository, image(), "main")
        assert client.remove_tag(repository, "main") is TagRemoval.UNSUPPORTED
        assert client.manifest(repository, "main") == one.manifest


def test_a_deletion_that_only_knows_no_manifest_leaves_the_tag_as_it_was(start: Start) -> None:
    """A registry that says of everything that it has none: the tag gets a digest of its own, and its old one back."""
    made = start(replace(HUB, delete=(404, "MANIFEST_UNKNOWN", "manifest unknown")))
    with client_of(made) as client:
        repository = Repository("docker.io", "team/put-back")
        one = upload(client, repository, image(), "main")
        assert client.remove_tag(repository, "main") is TagRemoval.UNSUPPORTED
        assert client.manifest(repository, "main") == one.manifest


def test_github_says_what_to_give_to_a_workflow(start: Start) -> None:
    with client_of(start(GITHUB)) as client:
        error = refused(lambda: client.check_push(Repository("ghcr.io", "others/app")))
    assert error.kind is REGISTRY_DENIED
    assert "permission_denied: write_package" in error.message
    assert "packages: write" in error.fix
    assert "others/app" in error.fix


def test_a_gitlab_of_ones_own_needs_its_host_written_down(start: Start) -> None:
    own = replace(GITLAB, name="registry.git.example", api="registry.git.example", tokens="git.example")
    made = start(own)
    repository = Repository(own.name, "group/project/app")
    with client_of(made) as client:
        error = refused(lambda: client.check_push(repository))
        assert error.kind is REGISTRY_REALM
        assert 'write token_hosts = ["git.example"] under [push] in buildtool.toml' in error.fix
    assert not [question for _, question in made.seen if question.headers.get("authorization")]
    with client_of(made, token_hosts=["git.example"]) as client:
        client.check_push(repository)
        assert list(client.tags(repository)) == []


def test_ecr_wants_a_new_password_every_twelve_hours(start: Start) -> None:
    made = start(ECR)
    made.expired = True
    with client_of(made) as client:
        for ask in (
            lambda: client.check_push(Repository(ECR.name, "team/app")),
            lambda: list(client.tags(Repository(ECR.name, "team/app"))),
        ):
            error = refused(ask)
            assert error.kind is REGISTRY_AUTH
            assert EXPIRED[2] in error.message
            assert error.fix == (
                "aws ecr get-login-password --region eu-central-1 | docker login --username AWS --password-stdin "
                + ECR.name
            )


def test_ecr_without_a_login(start: Start) -> None:
    with client_of(start(ECR), credentials=lambda: None) as client:
        error = refused(lambda: client.check_push(Repository(ECR.name, "team/app")))
    assert error.kind is REGISTRY_AUTH
    assert error.fix.startswith("aws ecr get-login-password")


def test_ecr_does_not_make_repositories(start: Start) -> None:
    made = start(ECR)
    with client_of(made) as client:
        repository = Repository(ECR.name, "team/absent")
        assert list(client.tags(repository)) == []
        error = refused(lambda: client.check_push(repository))
    assert error.kind is REGISTRY_NOT_FOUND
    assert error.fix == "aws ecr create-repository --region eu-central-1 --repository-name team/absent"


def test_ecr_with_immutable_tags(start: Start) -> None:
    """The tag that holds this very image is what was wanted; another image is refused."""
    made = start(ECR)
    repository = Repository(ECR.name, "team/fixed")
    made.made.add(repository.path)
    with client_of(made) as client:
        one = upload(client, repository, image("one"), "main-abc1234-1707300000")
        made.immutable = True
        client.put_manifest(repository, "main-abc1234-1707300000", one.manifest)
        error = refused(lambda: upload(client, repository, image("two"), "main-abc1234-1707300000"))
        assert client.manifest(repository, "main-abc1234-1707300000") == one.manifest
    assert error.kind is REGISTRY_IMMUTABLE
    assert "put-image-tag-mutability" in error.fix


@pytest.mark.parametrize("name", ["docker.io", "index.docker.io", "registry-1.docker.io"])
def test_the_login_that_docker_stored(start: Start, tmp_path: Path, name: str) -> None:
    made, secrets = start(HUB), Secrets()
    entry = {"auth": base64.b64encode(f"{HUB.user}:{HUB.password}".encode()).decode()}
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"https://index.docker.io/v1/": entry}}))
    environment = {"DOCKER_CONFIG": str(tmp_path)}
    with client_of(made, name, credentials=lambda: find_credentials(name, environment, secrets)) as client:
        client.check_push(Repository(name, "team/app"))
        assert RegistryInspection(client, {}).username() == HUB.user
