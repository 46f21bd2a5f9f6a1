"""A docker configuration for one run: credentials from the environment reach buildx, which reads only docker's own.

The file is private, lives as long as the run, and never touches the user's; nothing is in argv. A run that is killed
cannot take its file away: the next run does.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildtool.core.registry.services import login_keys
from buildtool.errors import REGISTRY_CREDENTIALS, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PREFIX = "docker-"
_OTHERS = 0o077
_USUAL_RUNTIME = f"/run/user/{os.getuid()}"


@contextlib.contextmanager
def logged_in(environment: Mapping[str, str], logins: Mapping[str, tuple[str, str]]) -> Iterator[Mapping[str, str]]:
    """The environment with a DOCKER_CONFIG that knows these logins; everything else is the user's own.

    `logins` are user and password by `host[:port]`.
    """
    own = Path(environment.get("DOCKER_CONFIG") or Path(environment.get("HOME", "/")) / ".docker").absolute()
    text = json.dumps(_with_logins(_read(own / "config.json"), logins))
    with _private_folder(environment) as temporary:
        if os.path.isdir(own):
            for entry in own.iterdir():
                if entry.name != "config.json":
                    (temporary / entry.name).symlink_to(entry)
        file = os.open(temporary / "config.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(file, "w", encoding="utf-8", errors="surrogateescape") as handle:
            handle.write(text)
        # buildx keeps its builders beside the configuration unless told otherwise
        buildx = environment.get("BUILDX_CONFIG") or str(own / "buildx")
        yield {**environment, "DOCKER_CONFIG": str(temporary), "BUILDX_CONFIG": buildx}


def sweep(environment: Mapping[str, str]) -> None:
    """Take away the configurations of runs that were killed; those of runs that still go on are locked.

    In every place where one may be: the killed run may have had another XDG_RUNTIME_DIR, or none.
    """
    runtimes = dict.fromkeys((environment.get("XDG_RUNTIME_DIR"), _USUAL_RUNTIME))
    places = [Path(runtime) / "buildtool" for runtime in runtimes if runtime]
    with contextlib.suppress(OSError):
        places.append(_in_temporary())
    for place in places:
        with contextlib.suppress(OSError):
            if _is_private(place):
                with _locked(place) as root:
                    _sweep(root)


@contextlib.contextmanager
def _private_folder(environment: Mapping[str, str]) -> Iterator[Path]:
    """A new folder for this user alone, locked while it is in use."""
    sweep(environment)
    try:
        with _locked(_root(environment)) as root:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
            lock = _lock(folder)
    except OSError as error:
        message = f"there is no place for docker's configuration of this run: {error.strerror or error}"
        fix = "free space, or set XDG_RUNTIME_DIR to a folder of this user"
        raise BuildtoolError(REGISTRY_CREDENTIALS, message, fix=fix, place=error.filename) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _root(environment: Mapping[str, str]) -> Path:
    """Our folder in the user's runtime directory (in memory, gone with the session), else in the temporary one.

    Raises OSError where somebody else could write to it.
    """
    runtime = Path(environment.get("XDG_RUNTIME_DIR") or _USUAL_RUNTIME)
    root = runtime / "buildtool" if _is_private(runtime) else _in_temporary()
    with contextlib.suppress(FileExistsError):
        root.mkdir(mode=0o700)
    if not _is_private(root):
        raise PermissionError(1, "it is not this user's alone", str(root))
    return root


def _in_temporary() -> Path:
    """Raises OSError where no folder takes temporary files."""
    return Path(tempfile.gettempdir()) / f"buildtool-{os.getuid()}"


def _is_private(folder: Path) -> bool:
    """Whether it is a folder (no link to one) that only this user may use."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & _OTHERS


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[Path]:
    """One run at a time makes and sweeps: a folder just made is not locked yet."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield root
    finally:
        os.close(handle)


def _lock(folder: Path) -> int:
    """The kernel lets go of it when this process ends, however it ends. Raises BlockingIOError where it is held."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            handle = _lock(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise BuildtoolError(
            REGISTRY_CREDENTIALS, f"docker's configuration cannot be read: {error}", place=str(file)
        ) from error
    return document if isinstance(document, dict) else {}


def _with_logins(document: dict[str, Any], logins: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """A credential helper would be asked before `auths`: an empty name says that these hosts have none."""
    auths = dict(_mapping(document.get("auths")))
    helpers = dict(_mapping(document.get("credHelpers")))
    for host, (user, word) in logins.items():
        token = base64.b64encode(f"{user}:{word}".encode("utf-8", "surrogateescape")).decode("ascii")
        keys = login_keys(host)
        # docker's own key, and the name as it is written: the engine knows registry-1.docker.io by no other
        auths |= {keys[0]: {"auth": token}, host: {"auth": token}}
        helpers |= dict.fromkeys([*keys, host], "")
    return {**document, "auths": auths, "credHelpers": helpers}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
