"""The environment of the run: the CI event, the runner's output files, proxies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.usecases.doctor.engine.interfaces import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.shared_values import SharedValues

RUNNER = "runner"
_FILES = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")


def checks(shared: SharedValues) -> list[Check]:
    return [
        Check(RUNNER, "run", lambda: _run(shared)),
        Check(RUNNER, "files", lambda: _files(shared)),
        Check(RUNNER, "proxy", lambda: _proxy(shared)),
    ]


def _run(shared: SharedValues) -> Iterator[Fact]:
    ci, environment = shared.ci.need(), shared.ports.environment
    if not ci.system:
        yield Fact(RUNNER, "run", State.SKIPPED, "not a CI run")
        return
    machine = " ".join(filter(None, (environment.get(f"RUNNER_{part}") for part in ("NAME", "OS", "ARCH"))))
    about = f"{ci.ref_type or 'ref'} {ci.head_ref or ci.ref_name or 'unknown'}"
    yield Fact(RUNNER, "run", State.OK, f"{ci.event or ci.system} of {about}{f', on {machine}' if machine else ''}")


def _files(shared: SharedValues) -> Iterator[Fact]:
    named = {name: path for name in _FILES if (path := shared.ports.environment.get(name, "").strip())}
    if not named:
        yield Fact(RUNNER, "files", State.SKIPPED, f"no {' and no '.join(_FILES)}")
    for name, path in named.items():
        problem = shared.ports.machine.write_problem(path)
        if problem is None:
            yield Fact(RUNNER, name, State.OK, path)
        else:
            fix = f"run as the runner's own user, or: unset {name}"
            yield Fact(RUNNER, name, State.FAILED, f"{path} cannot be appended to: {problem}", fix)


def _proxy(shared: SharedValues) -> Iterator[Fact]:
    for host in shared.config.need().hosts:
        yield _proxy_to(host, shared.ports.registry(host).proxy())


def _proxy_to(host: str, proxy: str | None) -> Fact:
    if proxy is None:
        return Fact(RUNNER, "proxy", State.OK, f"requests to {host} go there directly")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    evidence = f"requests to {host} go through the proxy {proxy}: a registry in your own network is not behind it"
    return Fact(RUNNER, "proxy", State.WARNING, evidence, f'export NO_PROXY="${{NO_PROXY:+$NO_PROXY,}}{name}"')
