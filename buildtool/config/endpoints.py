"""Endpoints of builder nodes: which a driver takes, and what is wrong with one as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.config.value_problems import host_problem

if TYPE_CHECKING:
    from collections.abc import Callable

# Every name goes into an argument list, and that of ssh into one on another machine: no "-" in front, no shell signs.
_CONTEXT = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.+-]*")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_PATH = re.compile(r"(?:/[a-zA-Z0-9_.+@-]+)+")
_POD = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*(?:\?[a-z]+=[a-zA-Z0-9_./-]+(?:&[a-z]+=[a-zA-Z0-9_./-]+)*)?")

ADDRESSES = ("ssh", "tcp", "unix")
REMOTE_ONLY = ("docker-container", "kube-pod")


def scheme_of(endpoint: str) -> str:
    """`ssh` of `ssh://pi@host`; "" for the name of a docker context."""
    return endpoint.partition("://")[0] if "://" in endpoint else ""


def endpoint_problem(value: str) -> str | None:
    """What is wrong with an endpoint; one that may hold a password is not repeated."""
    if "://" not in value:
        good = "write ssh://USER@HOST, tcp://HOST:PORT, unix:///PATH or the name of a docker context"
        return None if _CONTEXT.fullmatch(value) else f"is no docker context and no address: {good}"
    scheme, rest = scheme_of(value), value.partition("://")[2]
    problem = _PROBLEMS.get(scheme)
    if problem is None:
        return f"is of a scheme that buildx does not know: {', '.join((*ADDRESSES, *REMOTE_ONLY))}"
    return problem(rest)


def _ssh(rest: str) -> str | None:
    place, slash, path = rest.partition("/")
    user, at, host = place.rpartition("@")
    if ":" in user:
        return "holds a password: ssh takes a key, from its agent or from ~/.ssh"
    if at and not _NAME.fullmatch(user):
        return "has a user that ssh could take for an option, or for more than one word"
    if slash and not _PATH.fullmatch(f"/{path}"):
        return "has a path with signs that a shell would read"
    return host_problem(host)


def _tcp(rest: str) -> str | None:
    if "@" in rest or "/" in rest:
        return "is not tcp://HOST:PORT: certificates go into cacert, cert and key"
    return host_problem(rest) or (None if re.search(r":[0-9]+$", rest) else "has no port: write tcp://HOST:PORT")


def _unix(rest: str) -> str | None:
    return (
        None if _PATH.fullmatch(rest) else "is not unix:// and an absolute path, as unix:///run/buildkit/buildkitd.sock"
    )


def _container(rest: str) -> str | None:
    return None if _NAME.fullmatch(rest) else "is not docker-container:// and the name of a container"


def _pod(rest: str) -> str | None:
    return (
        None
        if _POD.fullmatch(rest)
        else "is not kube-pod:// and the name of a pod, as kube-pod://buildkitd-0?namespace=ci"
    )


_PROBLEMS: dict[str, Callable[[str], str | None]] = {
    "ssh": _ssh,
    "tcp": _tcp,
    "unix": _unix,
    "docker-container": _container,
    "kube-pod": _pod,
}
