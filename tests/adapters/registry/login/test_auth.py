from __future__ import annotations

import base64
import contextlib
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from buildtool.adapters.registry import Credential
from buildtool.adapters.registry.login.session import Request as SessionRequest
from buildtool.core.image.names import Repository
from buildtool.errors import (
    REGISTRY_ANSWER,
    REGISTRY_AUTH,
    REGISTRY_DENIED,
    REGISTRY_FAILED,
    REGISTRY_REALM,
    BuildtoolError,
)
from buildtool.usecases.side_by_side import side_by_side
from tests.support.httpserver import Reply, serve
from tests.support.registries.process import free_port
from tests.support.registries.tls import private_ca, server_context

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.errors import (
        Kind,
    )
    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.httpserver import Question

ROBOT = Credential("robot$website+ci", "p4ss:w0rd with $ and \u00fc")
PING = "/api/v2.0/ping"  # whether it is a Harbor, whose refusals have another meaning
TAGS = "/v2/website/frontend/tags/list"
LISTED = Reply(200, {}, b'{"tags":["a"]}')


def tags(clients: Clients, script: Script, *, credential: Credential | None = ROBOT, **settings: Any) -> list[str]:
    client = clients(script.host, credentials=lambda: credential, **settings)
    return list(client.tags(Repository(script.host, "website/frontend")))


def failure(clients: Clients, script: Script, **settings: Any) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        tags(clients, script, **settings)
    return caught.value


def guarded(script: Script, realm: str, *, service: str = "any", tokens: tuple[str, ...] = ("t0ken-one",)) -> None:
    """The list of tags for whoever brings one of these tokens, in turn."""
    challenge = {"WWW-Authenticate": f'Bearer realm="{realm}",service="{service}",scope="ignored"'}

    def rule(question: Question) -> Reply | None:
        if question.path != TAGS:
            return None
        good = question.headers.get("authorization") in {f"Bearer {token}" for token in tokens}
        return LISTED if good else Reply(401, challenge)

    script.rules.append(rule)


def token(value: str = "t0ken-one", **more: Any) -> Reply:
    return Reply(200, {}, json.dumps({"token": value, "expires_in": 300, **more}).encode())


def sent_basic(question: Question) -> str:
    return base64.b64decode(question.headers["authorization"].removeprefix("Basic ")).decode()


def test_basic(clients: Clients, script: Script) -> None:
    wanted = base64.b64encode(f"{ROBOT.username}:{ROBOT.password}".encode()).decode()

    def rule(question: Question) -> Reply | None:
        known = question.headers.get("authorization") == f"Basic {wanted}"
        return LISTED if known else Reply(401, {"WWW-Authenticate": 'Basic realm="r"'})

    script.rules.append(rule)
    assert tags(clients, script) == ["a"]
    assert len(script.asked) == 2
    for secret in (ROBOT.password, wanted):
        assert secret not in clients.secrets.clean(f"line with {secret}")


def test_wrong_basic_is_sent_once(clients: Clients, script: Script) -> None:
    script.on("GET", TAGS, Reply(401, {"WWW-Authenticate": 'Basic realm="r"'}))
    assert failure(clients, script).kind is REGISTRY_AUTH
    assert [question.path for question in script.asked] == [TAGS, TAGS, PING]
    assert "authorization" not in script.asked[-1].headers


def test_a_token_is_asked_for_by_scope_and_used_again(clients: Clients, script: Script, other: Script) -> None:
    guarded(script, f"http://{other.host}/token?fixed=1", service="a service")
    other.on("GET", "/token", token())
    client = clients(script.host, credentials=lambda: ROBOT)
    for _ in range(3):
        assert list(client.tags(Repository(script.host, "website/frontend"))) == ["a"]
    assert len(other.asked) == 1
    assert parse_qs(urlsplit(other.asked[0].target).query) == {
        "fixed": ["1"],
        "service": ["a service"],
        "scope": ["repository:website/frontend:pull"],
    }
    assert sent_basic(other.asked[0]) == f"{ROBOT.username}:{ROBOT.password}"
    assert all("Basic" not in question.headers.get("authorization", "") for question in script.asked)
    assert "t0ken-one" not in clients.secrets.clean("line with t0ken-one")


def test_a_token_is_renewed_before_it_expires(clients: Clients, script: Script, other: Script) -> None:
    guarded(script, f"http://{other.host}/token", tokens=("t0ken-one", "t0ken-two"))
    other.on("GET", "/token", token("t0ken-one", expires_in=60), token("t0ken-two"))
    client = clients(script.host, credentials=lambda: ROBOT)
    repository = Repository(script.host, "website/frontend")
    list(client.tags(repository))
    clients.clock.sleep(49)
    list(client.tags(repository))
    assert len(other.asked) == 1
    clients.clock.sleep(2)
    list(client.tags(repository))
    assert len(other.asked) == 2
    assert script.asked[-1].headers["authorization"] == "Bearer t0ken-two"


def test_a_token_refused_early_is_replaced_once(clients: Clients, script: Script, other: Script) -> None:
    guarded(script, f"http://{other.host}/token", tokens=("t0ken-two",))
    other.on("GET", "/token", token("t0ken-one"))
    assert failure(clients, script).kind is REGISTRY_AUTH
    assert [question.path for question in script.asked] == [TAGS, TAGS, PING]
    other.rules.clear()
    other.on("GET", "/token", token("t0ken-one"), token("t0ken-two"))
    client = clients(script.host, credentials=lambda: ROBOT)
    repository = Repository(script.host, "website/frontend")
    with pytest.raises(BuildtoolError):
        list(client.tags(repository))
    assert list(client.tags(repository)) == ["a"]


def test_threads_that_need_the_same_token_get_one(clients: Clients, script: Script, other: Script) -> None:
    guarded(script, f"http://{other.host}/token")

    def slowly(question: Question) -> Reply | None:
        time.sleep(0.2)
        return token()

    other.rules.append(slowly)
    searched: list[Credential] = []

    def find() -> Credential:
        searched.append(ROBOT)
        return ROBOT

    client = clients(script.host, credentials=find)
    repository = Repository(script.host, "website/frontend")
    found = side_by_side([lambda: list(client.tags(repository)) for _ in range(8)])
    assert found == [["a"]] * 8
    assert len(other.asked) == 1
    assert searched == [ROBOT]


def test_anonymous(clients: Clients, script: Script, other: Script) -> None:
    guarded(script, f"http://{other.host}/token")
    other.on("GET", "/token", token())
    assert tags(clients, script, credential=None) == ["a"]
    assert "authorization" not in other.asked[0].headers


def test_an_identity_token_is_exchanged(clients: Clients, script: Script, other: Script) -> None:
    guarded(script, f"http://{other.host}/token")
    other.on("POST", "/token", Reply(200, {}, b'{"access_token":"t0ken-one"}'))
    assert tags(clients, script, credential=Credential("", "", "1dentity")) == ["a"]
    form = parse_qs(other.asked[0].body.decode())
    assert form["grant_type"] == ["refresh_token"]
    assert form["refresh_token"] == ["1dentity"]
    assert "1dentity" not in clients.secrets.clean("line with 1dentity")


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (
            Reply(401, {}, b'{"errors":[{"code":"UNAUTHORIZED","message":"bad password"}]}'),
            REGISTRY_AUTH,
            "bad password",
        ),
        (Reply(403), REGISTRY_AUTH, "robot$website+ci"),
        (Reply(404), REGISTRY_ANSWER, "404"),
        (Reply(500), REGISTRY_FAILED, "500"),
        (Reply(503), REGISTRY_FAILED, "503"),
        (Reply(200, {}, b"<html>"), REGISTRY_ANSWER, "no token"),
        (Reply(200, {}, b"[]"), REGISTRY_ANSWER, "no token"),
        (Reply(200, {}, b'{"token": 7}'), REGISTRY_ANSWER, "no token"),
        (Reply(200, {}, b'{"token": ""}'), REGISTRY_ANSWER, "no token"),
        (Reply(200, {}, b'{"token": "a\\r\\nX-Evil: 1"}'), REGISTRY_ANSWER, "no token"),
        (Reply(200, {}, b" " * (2 << 20)), REGISTRY_ANSWER, "longer than"),
    ],
)
def test_token_services_that_fail(
    clients: Clients, script: Script, other: Script, reply: Reply, kind: Kind, words: str
) -> None:
    guarded(script, f"http://{other.host}/token")
    other.on("GET", "/token", reply)
    error = failure(clients, script)
    assert error.kind is kind
    assert words in error.message
    assert ROBOT.password not in str(vars(error))


@pytest.mark.parametrize("life", [0, -5, "soon", None, 1, 2**70])
def test_a_life_that_makes_no_sense_is_not_believed(clients: Clients, script: Script, other: Script, life: Any) -> None:
    guarded(script, f"http://{other.host}/token")
    other.on("GET", "/token", token(expires_in=life))
    assert tags(clients, script) == ["a"]


def test_a_realm_that_is_not_https_gets_no_password(clients: Clients, other: Script, tmp_path: Path) -> None:
    """The registry is reached over HTTPS and asks for the password in the clear."""
    tls = private_ca(tmp_path)
    guarded = Reply(401, {"WWW-Authenticate": f'Bearer realm="http://{other.host}/token",service="s"'})
    with serve(lambda handler, _: handler.reply(guarded), server_context(tls)) as host:
        client = clients(host, insecure=False, ca_files=[tls.ca], credentials=lambda: ROBOT)
        with pytest.raises(BuildtoolError) as caught:
            client.check_push(Repository(host, "website/frontend"))
        client.close()
    assert caught.value.kind is REGISTRY_REALM
    assert other.asked == []


@pytest.mark.parametrize(
    "realm", ["http://[", "https://", "http://[::1", "", "file:///etc/passwd", "ftp://h/token", "token", "//h/token"]
)
def test_a_realm_that_is_no_address(clients: Clients, script: Script, realm: str) -> None:
    guarded(script, realm)
    error = failure(clients, script)
    assert error.kind is REGISTRY_ANSWER
    assert "token service" in error.message


def test_a_realm_of_the_other_scheme_names_external_url(clients: Clients, script: Script) -> None:
    """Harbor with external_url: https://… behind plain HTTP: `/v2/` answers, and nobody can log in."""
    guarded(script, f"https://{script.host}/service/token", service="harbor-registry")
    error = failure(clients, script)
    assert error.kind is REGISTRY_REALM
    assert f"https://{script.host}/service/token" in error.message
    assert "external_url" in error.fix


def test_a_token_service_that_is_down(clients: Clients, script: Script) -> None:
    guarded(script, f"http://127.0.0.1:{free_port()}/token")
    error = failure(clients, script)
    assert error.kind.code == "registry-unreachable"
    assert "/token" in str(error.place)
    assert len(clients.said) == 5


def test_no_credentials_are_looked_for_where_none_are_wanted(clients: Clients, script: Script) -> None:
    script.on("GET", TAGS, LISTED)
    client = clients(script.host, credentials=lambda: pytest.fail("looked for credentials"))
    assert list(client.tags(Repository(script.host, "website/frontend"))) == ["a"]


def test_a_refusal_with_a_good_token_is_told_in_the_registrys_words(
    clients: Clients, script: Script, other: Script
) -> None:
    words = Reply(403, {}, b'{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}')
    challenge = Reply(401, {"WWW-Authenticate": f'Bearer realm="http://{other.host}/token",service="s"'})
    script.on("GET", TAGS, challenge, words)
    other.on("GET", "/token", token())
    error = failure(clients, script)
    assert error.kind is REGISTRY_DENIED
    assert "requested access to the resource is denied" in error.message


FOREIGN = "localhost"  # another name than 127.0.0.1, and so another host


def elsewhere(other: Script) -> str:
    return f"{FOREIGN}:{other.host.rpartition(':')[2]}"


def test_a_token_service_on_another_host_is_not_told_the_password(
    clients: Clients, script: Script, other: Script
) -> None:
    guarded(script, f"http://{elsewhere(other)}/token")
    other.on("GET", "/token", token())
    error = failure(clients, script)
    assert error.kind is REGISTRY_REALM
    assert f"the login was given for {script.host} alone" in error.message
    assert f'token_hosts = ["{elsewhere(other)}"]' in error.fix
    assert other.asked == []


@pytest.mark.parametrize("identity", [False, True])
@pytest.mark.parametrize("port", [False, True])
def test_a_configured_token_service_is_told_and_named_once(
    clients: Clients, script: Script, other: Script, *, port: bool, identity: bool
) -> None:
    guarded(script, f"http://{elsewhere(other)}/token")
    other.on("GET", "/token", token())
    other.on("POST", "/token", token())
    said: list[str] = []
    hosts = [elsewhere(other) if port else FOREIGN]
    credential = Credential("", "", "1dentity") if identity else ROBOT
    client = clients(script.host, credentials=lambda: credential, token_hosts=hosts, on_note=said.append)
    for name in ("frontend", "frontend", "backend"):
        with contextlib.suppress(BuildtoolError):
            list(client.tags(Repository(script.host, f"website/{name}")))
    assert said == [f"{script.host} lets {elsewhere(other)} hand out its tokens: the login goes there"]


def test_nobody_is_asked_to_keep_a_secret_there_is_not(clients: Clients, script: Script, other: Script) -> None:
    """Public images of a registry whose token service is elsewhere are read without a login."""
    guarded(script, f"http://{elsewhere(other)}/token")
    other.on("GET", "/token", token())
    assert tags(clients, script, credential=None) == ["a"]
    assert "authorization" not in other.asked[0].headers


def test_the_token_service_itself_sends_nobody_on(clients: Clients, script: Script, other: Script) -> None:
    guarded(script, f"http://{script.host}/token")
    script.on("GET", "/token", Reply(307, {"Location": f"http://{other.host}/token"}))
    assert failure(clients, script).kind is REGISTRY_ANSWER
    assert other.asked == []


def test_a_challenge_of_another_host_teaches_nothing(clients: Clients, script: Script, other: Script) -> None:
    """Where a redirect leads, a 401 could name any token service, or ask for the password itself."""
    for challenge in ('Basic realm="r"', f'Bearer realm="http://{other.host}/token",service="s"'):
        script.rules.clear()
        other.rules.clear()
        script.on("GET", TAGS, Reply(307, {"Location": f"http://{other.host}/moved"}))
        other.on("GET", "/moved", Reply(401, {"WWW-Authenticate": challenge}))
        assert failure(clients, script).kind is REGISTRY_AUTH
    assert {question.path for question in other.asked} == {"/moved"}
    assert all("authorization" not in question.headers for question in [*script.asked, *other.asked])


def test_a_way_through_another_host_stays_anonymous(clients: Clients, script: Script, other: Script) -> None:
    basic = Reply(401, {"WWW-Authenticate": 'Basic realm="r"'})
    script.on("GET", TAGS, basic, Reply(307, {"Location": f"http://{other.host}/round"}))
    other.on("GET", "/round", Reply(307, {"Location": f"http://{script.host}/v2/secret"}))
    script.on("GET", "/v2/secret", LISTED)
    assert tags(clients, script) == ["a"]
    assert "authorization" in script.asked[1].headers
    assert "authorization" not in other.asked[0].headers
    assert "authorization" not in script.asked[-1].headers


def test_the_registrys_own_name_of_a_repository(clients: Clients, script: Script, other: Script) -> None:
    """Behind a proxy that takes a path away: the token is for what the challenge names, as containerd has it too."""
    challenge = f'Bearer realm="http://{other.host}/token",service="s",scope="repository:frontend:pull"'

    def rule(question: Question) -> Reply | None:
        known = question.headers.get("authorization") == "Bearer t0ken-one"
        return LISTED if known else Reply(401, {"WWW-Authenticate": challenge})

    script.rules.append(rule)
    other.on("GET", "/token", token())
    assert tags(clients, script) == ["a"]
    assert parse_qs(urlsplit(other.asked[0].target).query)["scope"] == [
        "repository:website/frontend:pull",
        "repository:frontend:pull",
    ]
    other.rules.clear()
    other.on("POST", "/token", token())
    assert tags(clients, script, credential=Credential("", "", "identity-t0ken")) == ["a"]
    assert parse_qs(other.asked[-1].body.decode())["scope"] == [
        "repository:website/frontend:pull repository:frontend:pull"
    ]


def test_a_token_for_two_repositories(clients: Clients, script: Script, other: Script) -> None:
    """To mount a blob of another repository."""
    scope = "repository:website/frontend:pull,push repository:website/base:pull"
    guarded(script, f"http://{other.host}/token")
    other.on("GET", "/token", token())
    with clients(script.host, credentials=lambda: ROBOT) as client:
        assert client.session.ask(SessionRequest("GET", TAGS, scope)).ok
    assert parse_qs(urlsplit(other.asked[0].target).query)["scope"] == scope.split()


@pytest.mark.parametrize("status", [401, 403])
def test_what_is_refused_is_not_taken_for_missing(clients: Clients, script: Script, other: Script, status: int) -> None:
    """An account may push here and not read: without the tags that are there nobody knows which is the newest."""
    narrow = f'Bearer realm="http://{other.host}/token",service="s",error="insufficient_scope"'
    script.rules.append(
        lambda question: Reply(401, {"WWW-Authenticate": narrow}) if "authorization" not in question.headers else None
    )
    script.on("GET", TAGS, Reply(status, {"WWW-Authenticate": narrow}, b'{"errors":[{"code":"DENIED"}]}'))
    other.on("GET", "/token", token())
    assert failure(clients, script).kind in (REGISTRY_AUTH, REGISTRY_DENIED)
    assert failure(clients, script, credential=None).kind is REGISTRY_AUTH
    assert not [line for line in script.lines() if line.startswith("POST")], "and no upload is begun to find out"
