"""The docker engine behind the `docker` driver: does it answer, and how does it treat a registry.

A Unix socket is asked with httpx, which a push has loaded already; docker-py, which takes 200 ms to import, reads
docker's contexts and reaches every other address.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from buildtool import errors
from buildtool.adapters import process
from buildtool.core.build.builder import EngineLimits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docker.context import Context

_UNIX = "unix://"
_DEFAULT = f"{_UNIX}/var/run/docker.sock"
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """`insecure` are the hosts and networks that the engine reaches over HTTP, as daemon.json and its defaults say.

    `root_folder` is where it keeps images, on its own machine.
    """

    version: str
    containerd_store: bool
    insecure: tuple[str, ...]
    root_folder: str = ""

    def is_insecure(self, host: str) -> bool:
        """Whether the engine would speak HTTP to `host[:port]` (127.0.0.0/8 is so without configuration)."""
        if host in self.insecure:
            return True
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        try:
            address = ipaddress.ip_address("127.0.0.1" if name == "localhost" else name.strip("[]"))
        except ValueError:
            return False
        return any(address in ipaddress.ip_network(entry) for entry in self.insecure if "/" in entry)


def engine_facts(environment: Mapping[str, str], *, timeout: float = 10.0) -> EngineFacts:
    """Ask the engine that `DOCKER_HOST` or the current docker context names; raises docker-unreachable."""
    address = _DEFAULT if _is_default(environment) else endpoint(environment)
    if address is not None and address.startswith(_UNIX):
        return _over_socket(address, timeout)
    with _translated("the docker engine does not answer"):
        # docker-py needs one more package for ssh, the docker program does not
        over_ssh = address is not None and address.startswith("ssh://")
        return _facts(_told(environment, timeout) if over_ssh else _asked(address, timeout))


def engine_limits(environment: Mapping[str, str], http: Mapping[str, str]) -> EngineLimits:
    """What the engine cannot do for the docker driver; raises docker-unreachable.

    `http` has for each registry of HTTP (`host[:port]`) an image there: `host[:port]/path:tag`, which need not exist.
    With the containerd image store BuildKit pushes and does as the build says. Without it the engine pushes, as it
    reads.
    """
    facts = engine_facts(environment)
    store = facts.containerd_store
    # one without the store always pushes by itself, and one with it does with an older buildx
    asked = {host: image for host, image in http.items() if not store or not facts.is_insecure(host)}
    reached = {host: reaches(environment, image) for host, image in asked.items()}
    itself = frozenset(host for host, answer in reached.items() if store and answer is False)
    return EngineLimits({} if store else reached, several_platforms=store, itself_over_https=itself)


def _is_default(environment: Mapping[str, str]) -> bool:
    """Whether nothing names an engine: neither a variable nor a context that was selected."""
    if environment.get("DOCKER_HOST") or environment.get("DOCKER_CONTEXT"):
        return False
    folder = environment.get("DOCKER_CONFIG") or Path(environment.get("HOME") or Path.home()) / ".docker"
    try:
        document = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and not document.get("currentContext")


def _over_socket(address: str, timeout: float) -> EngineFacts:
    """`GET /info` of the Docker Engine API."""
    import httpx  # noqa: PLC0415 -- 100 ms, where nothing has loaded it

    try:
        with (
            httpx.HTTPTransport(uds=address.removeprefix(_UNIX)) as transport,
            httpx.Client(transport=transport, trust_env=False, timeout=timeout) as client,
            client.stream("GET", "http://docker/info") as answer,
        ):
            answer.raise_for_status()
            body = next(answer.iter_bytes(_MOST_BYTES), b"")  # what is longer is no JSON up to there
        return _facts(json.loads(body))
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        httpx.StreamError,
        httpx.CookieConflict,
        OSError,
        ValueError,
        TypeError,  # an answer of another shape
        AttributeError,
        KeyError,
        RecursionError,
    ) as error:
        message = f"the docker engine does not answer: {error}"
        raise errors.BuildtoolError(errors.DOCKER_UNREACHABLE, message, place=address) from error


def _asked(address: str | None, timeout: float) -> Any:
    import docker  # noqa: PLC0415

    client = docker.DockerClient(base_url=address, timeout=int(timeout))
    try:
        return client.info()
    finally:
        client.close()


# What the engine says when the registry answered it, whatever it answered; and when it spoke HTTPS to one of HTTP.
_ANSWERED = re.compile(
    r"manifest unknown|not found|unauthorized|denied|authentication required|no basic auth", re.IGNORECASE
)
_SPOKE_HTTPS = re.compile(r"server gave HTTP response to HTTPS client", re.IGNORECASE)
_REFUSALS = {401, 403, 404}


def reaches(environment: Mapping[str, str], reference: str, *, timeout: float = 10.0) -> bool | None:
    """Whether the engine reaches the registry of an image (`host[:port]/path:tag`, which need not exist).

    The engine asks it for the manifest, without any credentials. False where it would speak HTTPS to a registry of
    HTTP; None where that cannot be told: no engine, or one that reaches no registry there at all.
    """
    import docker.errors  # noqa: PLC0415 -- as above

    try:
        with _translated("the docker engine does not answer"):
            _look_up(endpoint(environment), reference, timeout)
    except errors.BuildtoolError as error:
        refused = error.__cause__
        if not isinstance(refused, docker.errors.APIError):
            return None
        words = str(refused.explanation or refused)
        if _SPOKE_HTTPS.search(words):
            return False
        answered = refused.status_code in _REFUSALS or _ANSWERED.search(words)
        return True if answered else None
    return True


def _look_up(address: str | None, reference: str, timeout: float) -> None:
    import docker  # noqa: PLC0415

    client = docker.DockerClient(base_url=address, timeout=int(timeout))
    try:
        cast("Any", client.api).inspect_distribution(
            reference, auth_config={}
        )  # {}: none, rather than those of docker login
    finally:
        client.close()


def _told(environment: Mapping[str, str], timeout: float) -> Any:
    argv = ["docker", "info", "--format", "{{json .}}"]
    return json.loads(process.run(argv, env=environment, timeout=timeout).stdout)


@contextlib.contextmanager
def _translated(words: str) -> Iterator[None]:
    """Every exception of docker-py, and of what it stands on, as docker-unreachable."""
    import http.client  # noqa: PLC0415

    import docker.errors  # noqa: PLC0415 -- 200 ms, and only some commands need it
    import urllib3.exceptions  # noqa: PLC0415

    try:
        yield
    except (
        docker.errors.DockerException,
        docker.errors.StreamParseError,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        process.ProgramError,
        OSError,  # requests' own exceptions are of this class
        ValueError,
        TypeError,  # an answer of another shape
        AttributeError,
        KeyError,
        RecursionError,
    ) as error:
        raise errors.BuildtoolError(errors.DOCKER_UNREACHABLE, f"{words}: {error}") from error


def endpoint(environment: Mapping[str, str]) -> str | None:
    """The engine's address by `DOCKER_HOST`, else by the docker context; None means docker's own default."""
    if environment.get("DOCKER_HOST"):
        return environment["DOCKER_HOST"]
    from docker.context import ContextAPI  # noqa: PLC0415

    name = environment.get("DOCKER_CONTEXT") or None
    with _translated("the docker context cannot be read"):
        context = cast("Context | None", ContextAPI.get_context(name))  # its published types forget None
    if context is None:
        message = f"there is no docker context {name or 'of the name docker has selected'}"
        raise errors.BuildtoolError(
            errors.DOCKER_UNREACHABLE, message, fix="docker context ls, then docker context use"
        )
    return str(context.Host) if context.Host else None


def _facts(info: Mapping[str, Any]) -> EngineFacts:
    registries = info.get("RegistryConfig") or {}
    hosts = [host for host, entry in (registries.get("IndexConfigs") or {}).items() if not entry.get("Secure", True)]
    networks = [str(ipaddress.ip_network(entry)) for entry in registries.get("InsecureRegistryCIDRs") or []]
    snapshotter = any(
        pair[:2] == ["driver-type", "io.containerd.snapshotter.v1"] for pair in info.get("DriverStatus") or []
    )
    return EngineFacts(
        str(info.get("ServerVersion", "")), snapshotter, tuple(hosts + networks), str(info.get("DockerRootDir") or "")
    )
