"""distribution 2.8 (Debian's `docker-registry`) and 3 (its released `registry` command): one configuration file."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from tests.support.registries.process import free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Served:
    """A running registry. `username` and `password` are set where it wants them; `ca` where it speaks HTTPS."""

    host: str
    insecure: bool = True
    username: str = ""
    password: str = ""
    ca: Path | None = None

    @property
    def url(self) -> str:
        return f"{'http' if self.insecure else 'https'}://{self.host}"


@dataclass(frozen=True)
class Tls:
    certificate: Path
    key: Path
    ca: Path


@contextlib.contextmanager
def distribution(
    program: str,
    folder: Path,
    *,
    auth: dict[str, Any] | None = None,
    tls: Tls | None = None,
    delete: bool = True,
    port: int | None = None,
    ip: str = "127.0.0.1",
) -> Iterator[Served]:
    """Serve from `folder`; `auth` is the `auth` section of its configuration, `ip` the address of loopback."""
    port = port or free_port()
    address = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
    host = f"localhost:{port}" if tls else address
    http: dict[str, Any] = {"addr": address, "secret": "only for tests"}
    if tls is not None:
        http["tls"] = {"certificate": str(tls.certificate), "key": str(tls.key)}
    config: dict[str, Any] = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}, "delete": {"enabled": delete}},
        "http": http,
    }
    if auth is not None:
        config["auth"] = auth
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "config.yml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    served = Served(host, insecure=tls is None, ca=tls.ca if tls else None)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "OTEL_TRACES_EXPORTER": "none"}
    with serving([program, "serve", str(file)], f"{served.url}/v2/", folder / "log", env=env):
        yield served


def debian_registry() -> str | None:
    """Path of distribution 2.8, None where Debian's package is not installed."""
    return shutil.which("docker-registry")
