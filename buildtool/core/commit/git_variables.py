"""Our environment -> the environment for a git process: without the variables of a hook, and without secrets.

git sets GIT_DIR, GIT_INDEX_FILE and more for its hooks; a process that inherits them reads another repository than the
one it runs in. Only variables about certificates, proxies, ssh and trusted directories are passed on.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

from buildtool.core.text.secret_names import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Mapping

# What says which repository is meant: `git rev-parse --local-env-vars`, without the variables that hold settings.
REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_GRAFT_FILE",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
)
TOKEN = "BUILDTOOL_GIT_TOKEN"  # noqa: S105 -- the name of a variable
_SERVER, _REPOSITORY = "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"  # GitHub's runners set them, Gitea's and Forgejo's too
_URL, _PATH, _PRINTABLE = re.compile(r"https?://[\w.:\[\]/-]+"), re.compile(r"[\w.-]+/[\w.-]+"), re.compile(r"[!-~]+")
_TRUST = {
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_COUNT",  # with its KEY_n and VALUE_n: how CI says safe.directory
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
}
_TRUST_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
_REACH = {
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_HTTP_PROXY_AUTHMETHOD",
    "GIT_PROTOCOL_FROM_USER",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_CERT",
    "GIT_SSL_KEY",
    "GIT_SSL_NO_VERIFY",
}
_OURS = {
    "LC_ALL": "C",  # messages are told apart by their words
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",  # reading must not disturb a git that works beside us
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PAGER": "cat",
}
# A clone that lacks objects would fetch them while it is read, with the programs its own settings name. No protocol is
# called `none`; git asks GIT_NO_LAZY_FETCH from 2.44 on.
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
# A repository's own settings must not make us run its programs, or hide what changed. Given before the command.
SETTINGS = (
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.alternateRefsCommand=",
    "-c", "core.quotePath=false",
    "-c", "core.trustctime=true",
    "-c", "core.checkStat=default",
    "-c", "diff.orderFile=/dev/null",
    "-c", "log.showRoot=true",
    "-c", "log.showSignature=false",
    "-c", "protocol.ext.allow=never",
)  # fmt: skip


def for_reading(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for git commands that read this computer only: no secrets, and no network protocol is allowed."""
    kept = {name: value for name, value in environ.items() if _stays(name, reach=False) and not is_secret_name(name)}
    return kept | _OURS | _OFFLINE


def for_remotes(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for git commands that contact a remote: credential helpers work, our own secrets are left out.

    ssh fails rather than asks, as git does. BUILDTOOL_GIT_TOKEN becomes a header for the runner's own repository.
    """
    kept = {name: value for name, value in environ.items() if _stays(name, reach=True)}
    return kept | _header(environ) | _OURS | {"SSH_ASKPASS_REQUIRE": "never"}


def _header(environ: Mapping[str, str]) -> dict[str, str]:
    """Settings that log in to the repository of a runner's job alone; none where one of the facts is missing.

    An empty value comes first: it takes away a header that actions/checkout has left in the clone's own settings, for
    GitHub refuses a request with two.
    """
    token, server, repository = (environ.get(name, "") for name in (TOKEN, _SERVER, _REPOSITORY))
    count = environ.get("GIT_CONFIG_COUNT", "") or "0"
    good = _PRINTABLE.fullmatch(token) and _URL.fullmatch(server) and _PATH.fullmatch(repository)
    if not good or not (count.isascii() and count.isdigit()):
        return {}
    login = b64encode(f"x-access-token:{token}".encode()).decode()
    address = f"{server.rstrip('/')}/{repository}"
    pairs = [
        (f"http.{url}.extraHeader", value)
        for url in (address, f"{address}.git")
        for value in ("", f"Authorization: Basic {login}")
    ]
    found = {"GIT_CONFIG_COUNT": str(int(count) + len(pairs))}
    for number, (key, value) in enumerate(pairs, int(count)):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _stays(name: str, *, reach: bool) -> bool:
    if not name.startswith("GIT_"):
        return not name.startswith("BUILDTOOL_") and name != "DOCKER_AUTH_CONFIG"
    return name in _TRUST or name.startswith(_TRUST_PREFIXES) or (reach and name in _REACH)
