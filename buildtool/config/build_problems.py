"""A text -> what is wrong with it as a setting of the build (ssh, extra host, size, ulimit, stage), or None."""

from __future__ import annotations

import ipaddress
import re

_SSH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*")
_GATEWAY = "host-gateway"  # docker's own word for the machine that the engine runs on
_SIZE = re.compile(r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,6})?) ?(?:[kmgtp]i?b?|b)?", re.IGNORECASE)
_STAGE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*|[0-9]{1,4}")
_LIMIT = re.compile(r"-1|[0-9]{1,18}")
# setrlimit(2), by the names that docker takes
_LIMITS = frozenset(
    (
        "core",
        "cpu",
        "data",
        "fsize",
        "locks",
        "memlock",
        "msgqueue",
        "nice",
        "nofile",
        "nproc",
        "rss",
        "rtprio",
        "rttime",
        "sigpending",
        "stack",
    )
)
_UNLIMITED = -1


def ssh_problem(value: str) -> str | None:
    """As buildx writes it: `default`, `ID`, `ID=SOCKET` or `ID=KEY[,KEY]`."""
    name, equals, paths = value.partition("=")
    if not _SSH_ID.fullmatch(name):
        return "begins with no id: write default, or ID=PATH of an agent's socket or a key"
    if equals and not all(path.strip() for path in paths.split(",")):
        return "names an empty path: write ID=PATH of an agent's socket or a key"
    if not equals and name != "default":
        return f'says not where "{name}" is: write {name}=PATH of an agent\'s socket or a key'
    return None


def extra_host_problem(value: str) -> str | None:
    """The name of a host that is added."""
    return None if _HOST.fullmatch(value) else "is not the name of a host: letters, digits, . and -"


def addresses_problem(value: str) -> str | None:
    """The addresses of an added host, with commas between them, or `host-gateway`."""
    for one in value.split(","):
        if one != _GATEWAY and not _is_address(one):
            return f'"{one}" is not an IP address, nor {_GATEWAY}'
    return None


def size_problem(value: str) -> str | None:
    """A number of bytes, as docker writes sizes: `128m`, `1g`, `67108864`."""
    match = _SIZE.fullmatch(value)
    if not match:
        return f'"{value}" is not a size: write a number and b, k, m or g, for example 128m'
    return None if float(match["number"]) > 0 else "is no room at all: write a size above 0, for example 128m"


def ulimit_problem(value: str) -> str | None:
    """`NAME=SOFT[:HARD]`, where -1 is no limit."""
    name, equals, limits = value.partition("=")
    soft, colon, hard = limits.partition(":")
    if not equals or not _LIMIT.fullmatch(soft) or (colon and not _LIMIT.fullmatch(hard)):
        return f'"{value}" is not NAME=SOFT:HARD, for example nofile=1024:4096 (-1: no limit)'
    if name not in _LIMITS:
        return f'"{value}": no limit is called "{name}" ({", ".join(sorted(_LIMITS))})'
    if colon and int(hard) != _UNLIMITED and not 0 <= int(soft) <= int(hard):
        return f'"{value}": the soft limit is above the hard one'
    return None


def stage_problem(value: str) -> str | None:
    return None if _STAGE.fullmatch(value) else f'"{value}" is not the name of a stage: letters, digits, _ . and -'


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True
