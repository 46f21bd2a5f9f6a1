from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config.endpoints import endpoint_problem, scheme_of


@pytest.mark.parametrize(
    "endpoint",
    [
        "default",
        "pi",
        "my-context_2.0",
        "ssh://pi@192.168.0.41",
        "ssh://pi@pi.lan:2222",
        "ssh://pi.lan",
        "ssh://pi@pi.lan/run/user/1000/docker.sock",
        "tcp://192.168.0.41:1234",
        "tcp://[::1]:1234",
        "unix:///run/buildkit/buildkitd.sock",
        "docker-container://buildkitd",
        "kube-pod://buildkitd-0",
        "kube-pod://buildkitd-0?namespace=ci&context=home",
    ],
)
def test_endpoints_that_buildx_takes(endpoint: str) -> None:
    assert endpoint_problem(endpoint) is None


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("-rm", "no docker context and no address"),
        ("--driver=remote", "no docker context and no address"),
        ("pi lan", "no docker context and no address"),
        ("192.168.0.41:1234", "no docker context and no address"),
        ("http://pi:1", "of a scheme that buildx does not know"),
        ("ssh://", "is not a host"),
        ("ssh://-oProxyCommand=reboot", "is not a host"),
        ("ssh://-oProxyCommand=reboot@pi", "has a user that ssh could take for an option"),
        ("ssh://pi@-oProxyCommand=reboot", "is not a host"),
        ("ssh://pi:secret@pi.lan", "holds a password"),
        ("ssh://pi@pi.lan/run/docker.sock;reboot", "signs that a shell would read"),
        ("ssh://pi@pi.lan/$(reboot)", "signs that a shell would read"),
        ("ssh://pi@pi.lan/../x y", "signs that a shell would read"),
        ("tcp://pi", "has no port"),
        ("tcp://pi:99999", "port 99999"),
        ("tcp://user@pi:1", "is not tcp://HOST:PORT"),
        ("tcp://pi:1/path", "is not tcp://HOST:PORT"),
        ("unix://run/x.sock", "is not unix:// and an absolute path"),
        ("unix:///", "is not unix:// and an absolute path"),
        ("docker-container://-x", "the name of a container"),
        ("docker-container://a/b", "the name of a container"),
        ("kube-pod://-x", "the name of a pod"),
        ("kube-pod://x?namespace=$(reboot)", "the name of a pod"),
    ],
)
def test_endpoints_that_are_refused(endpoint: str, words: str) -> None:
    assert words in str(endpoint_problem(endpoint))


def test_a_password_is_not_repeated() -> None:
    for endpoint in ("ssh://pi:hunter2@pi.lan", "tcp://pi:hunter2@pi.lan:1", "hunter2@pi:x"):
        assert "hunter2" not in str(endpoint_problem(endpoint))


@given(
    st.text(), st.sampled_from(["", "ssh://", "ssh://pi@", "tcp://", "unix://", "docker-container://", "kube-pod://"])
)
def test_what_is_taken_is_one_word_that_no_program_takes_for_an_option(text: str, scheme: str) -> None:
    endpoint = scheme + text
    if endpoint_problem(endpoint) is None:
        assert not endpoint.startswith("-")
        assert not any(sign in endpoint for sign in " \t\n;|$`'\"\\<>(){}*!#")
        assert all(not part.startswith("-") for part in endpoint.removeprefix(scheme).split("@"))


@pytest.mark.parametrize(("endpoint", "scheme"), [("ssh://pi", "ssh"), ("pi", ""), ("unix:///x", "unix")])
def test_schemes(endpoint: str, scheme: str) -> None:
    assert scheme_of(endpoint) == scheme
