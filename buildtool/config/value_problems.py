"""A text -> what is wrong with it as a value (registry, path, platform, policy, tag, …), or None."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag
from buildtool.core.image.names import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping

Rule = Callable[[str], str | None]  # a value -> what is wrong with it, or None

_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]+))?")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_DNS = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_IMAGE_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}")
_BUILDER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*")
_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OPERATING_SYSTEMS = {"linux", "windows", "freebsd", "darwin", "wasip1"}
_ARCHITECTURES = {
    "amd64",
    "arm64",
    "arm",
    "386",
    "ppc64le",
    "s390x",
    "riscv64",
    "mips64le",
    "mips64",
    "loong64",
    "wasm",
}
_PORTS = 65535


def registry_problem(value: str) -> str | None:
    """`host[:port][/project]`; the value is not repeated where it may hold a password."""
    if "@" in value:
        return "holds a user or a digest; credentials go to docker login or BUILDTOOL_REGISTRY_USERNAME and _PASSWORD"
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*)://", value)
    if scheme:
        says = {"http": "insecure = true", "https": "insecure = false"}.get(scheme[1].lower())
        return f'drop "{scheme[0]}": write only host[:port]' + (f", and set {says}" if says else "")
    host, _, project = value.partition("/")
    if value.endswith("/"):
        return 'drop the "/" at the end'
    return _host_problem(host) or (path_problem(project) if project else None)


def host_problem(value: str) -> str | None:
    """`host[:port]` of any service; what holds a user or a path is not repeated: it may be a password."""
    if "@" in value or "/" in value:
        return "is not a host or host:port: write it without user, scheme and path"
    match = _HOST.fullmatch(value)
    if not match:
        return f'"{value}" is not a host or host:port'
    if match["port"] and not 0 < int(match["port"][:9]) <= _PORTS:
        return f"port {match['port'][:9]} is not between 1 and {_PORTS}"
    return None


def url_problem(value: str) -> str | None:
    """An http or https address that is asked without credentials; what may hold a password is not repeated."""
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in {"http", "https"}:
        return "is not a URL: write http://host[:port]/path or https://host[:port]/path"
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in host:
        return "holds a user: this URL is asked without credentials"
    if not value.isascii() or " " in value:
        return "holds a character that no URL has: write it as %XX"
    return host_problem(host)


def url_path_problem(value: str) -> str | None:
    """What stands before the paths of an API on the registry's own host."""
    if "://" in value:
        return "is a whole URL: write only the path, for example /harbor; the host is the registry's"
    if not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)+", value):
        return f'"{value}" is not a path: write it with a "/" at its beginning and none at its end, for example /harbor'
    return None


def _host_problem(host: str) -> str | None:
    problem = host_problem(host)
    if problem is None and not any(c in host for c in ".:[") and host != "localhost":
        return f'docker reads "{host}" as a name on Docker Hub: write the port too ({host}:80), or the full name'
    return problem


def path_problem(value: str) -> str | None:
    """The path of a repository below the host."""
    if ":" in value or "@" in value:
        return f'"{value}" holds a tag or digest: buildtool makes the tag'
    if value != value.lower():
        return f'"{value}" has capital letters, which no registry takes: write "{value.lower()}"'
    if not all(_COMPONENT.fullmatch(part) for part in value.split("/")):
        return f'"{value}" is not a repository path: lower-case letters and digits, joined by . _ - and /'
    return None


def image_name_problem(value: str) -> str | None:
    if _IMAGE_NAME.fullmatch(value):
        return None
    return "an image's name has letters, digits, - and _ only; a longer path goes into its key `repository`"


def platform_problem(value: str) -> str | None:
    try:
        platform = Platform.parse(value)
    except ValueError:
        guess = value.strip("/").rpartition("/")[2].lower()
        alone = Platform("linux", guess).normalized()
        hint = f': write "{alone}"' if alone.architecture in _ARCHITECTURES else ", for example linux/arm64"
        return f'"{value}" is not os/architecture{hint}'
    if platform.os not in _OPERATING_SYSTEMS:
        return f'"{value}": no operating system is called "{platform.os}"; did you mean linux?'
    if platform.architecture not in _ARCHITECTURES:
        return f'"{value}": no architecture is called "{platform.architecture}" ({", ".join(sorted(_ARCHITECTURES))})'
    if platform.variant and not re.fullmatch(r"v[0-9]+", platform.variant):
        return f'"{value}": a variant looks like v7'
    return None


def policy_problem(value: str) -> str | None:
    return _object_problem(value, "an ImagePolicy")


def kustomization_problem(value: str) -> str | None:
    return _object_problem(value, "a Kustomization")


def _object_problem(value: str, kind: str) -> str | None:
    """An object of Flux, as `namespace:name`."""
    namespace, colon, name = value.partition(":")
    if "/" in value and not colon:
        return f'write namespace:name, with a colon: "{value.replace("/", ":", 1)}"'
    if not colon or not _DNS.fullmatch(namespace) or not _DNS.fullmatch(name):
        return f'"{value}" is not namespace:name of {kind}, for example flux-system:frontend'
    return None


def tag_problem(value: str) -> str | None:
    """A fixed tag beside the deploy tags: legal, and never one that a policy could take for a build."""
    if not _TAG.fullmatch(value):
        return f'"{value}" is not a tag: letters, digits, . _ - and at most 128 of them'
    if parse_tag(value) or re.search(r"[0-9]{6}", value) or re.fullmatch(r"v?[0-9]+(?:\.[0-9]+)*", value):
        return f'"{value}" looks like a build\'s tag, so that a policy could select it: take a plain word'
    return None


def secret_problem(value: str) -> str | None:
    """As buildx writes it: `id=…[,src=…|,env=…][,type=file|env]`."""
    pairs = [part.partition("=") for part in value.split(",")]
    if not all(equals and key and word for key, equals, word in pairs):
        return "write id=NAME,src=FILE or id=NAME,env=VARIABLE; the secret itself never stands here"
    keys = {key: word for key, _, word in pairs}
    if "id" not in keys:
        return "has no id=: the name that the Dockerfile's --mount=type=secret,id=… asks for"
    twice = len(keys) < len(pairs) or {"src", "source"} <= set(keys)
    return "says the same thing twice, of which buildx takes the last: keep one" if twice else _secret_keys(keys)


def _secret_keys(keys: Mapping[str, str]) -> str | None:
    unknown = sorted(set(keys) - {"id", "src", "source", "env", "type"})
    if unknown:
        return f'buildx knows no "{unknown[0]}" here: id, src, env, type'
    if {"src", "source"} & set(keys) and "env" in keys:
        return "names both a file and a variable: keep one"
    if keys.get("type", "file") not in {"file", "env"}:
        return f'type is "{keys["type"]}"; buildx knows file and env'
    return None


def variable_problem(value: str) -> str | None:
    return None if _VARIABLE.fullmatch(value) else "is not the name of a build argument: letters, digits and _"


def environment_problem(value: str) -> str | None:
    return None if _VARIABLE.fullmatch(value) else f'"{value}" is not the name of a variable: letters, digits and _'


def builder_problem(value: str) -> str | None:
    return None if _BUILDER.fullmatch(value) else f'"{value}" is not a builder\'s name: letters, digits, . _ -'


def glob_problem(value: str) -> str | None:
    if value.startswith("/") or ".." in value.split("/"):
        return f'"{value}" leaves the repository: write it relative to buildtool.toml'
    return None


def branch_problem(value: str) -> str | None:
    if value.startswith("refs/"):
        return f'write the branch\'s short name: "{value.removeprefix("refs/heads/")}"'
    return None
