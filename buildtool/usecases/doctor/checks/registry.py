"""The registry: scheme, clock, login, a push that is begun and cancelled, taking a tag away, and Harbor's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.core.registry.contents import RemovalWay
from buildtool.core.text.placeholders import filled
from buildtool.errors import REGISTRY_AUTH, BuildtoolError, Exit
from buildtool.errors.findings import Severity
from buildtool.usecases.doctor.engine.check import Check, failed
from buildtool.usecases.doctor.engine.examined import LOGIN_KINDS
from buildtool.usecases.doctor.engine.shared import BlockedError
from buildtool.usecases.push import selection
from buildtool.usecases.real_values import real_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.examined import Examined

REGISTRY = "registry"
_DELETE_FIX = "let the registry delete: REGISTRY_STORAGE_DELETE_ENABLED=true (distribution), then restart it"
USERNAME = "BUILDTOOL_REGISTRY_USERNAME"
_WAYS = {
    RemovalWay.BY_TAG: "it deletes single tags",
    RemovalWay.BY_DIGEST: "it deletes digests only: a tag first gets a digest of its own",
    RemovalWay.HARBOR: "through Harbor's API",
}


def checks(examined: Examined) -> list[Check]:
    return [
        Check(REGISTRY, "answers", lambda: _answers(examined)),
        Check(REGISTRY, "clock", lambda: _clock(examined)),
        Check(REGISTRY, "login", lambda: _login(examined)),
        Check(REGISTRY, "push", lambda: _push(examined)),
        Check(REGISTRY, "delete", lambda: _delete(examined)),
        Check(REGISTRY, "harbor", lambda: _harbor(examined), 30.0),
    ]


def _answers(examined: Examined) -> Iterator[Fact]:
    config = examined.config.need()
    try:
        _, facts = examined.registry.own()
    except BuildtoolError as error:
        yield failed(REGISTRY, "answers", error, filled(error.fix, real_values(config, error.fix)))
        return
    yield Fact(REGISTRY, "answers", State.OK, facts.url)


def _clock(examined: Examined) -> Iterator[Fact]:
    _, facts = examined.registry.need()
    if facts.date is None:
        yield Fact(REGISTRY, "clock", State.SKIPPED, "the registry says no Date")
        return
    now = examined.ports.clock.now()
    warning = selection.check_skew(now, facts.date, config=examined.config.need())
    if warning is None:
        skew = abs(now - int(facts.date.timestamp()))
        yield Fact(REGISTRY, "clock", State.OK, f"{skew} s from this machine's")
    else:
        yield Fact(REGISTRY, "clock", State.WARNING, warning, "timedatectl set-ntp true")


def _login(examined: Examined) -> Iterator[Fact]:
    (registry, _), host = examined.registry.need(), examined.config.need().host
    answers = examined.pushes.need()
    refused = [error for error in answers.values() if error is not None and error.kind in LOGIN_KINDS]
    if examined.login_fails():
        _leave_to_harbor(examined)
        yield failed(
            REGISTRY, "login", refused[0], _login_fix(examined, host) if refused[0].kind is REGISTRY_AUTH else ""
        )
        return
    user = registry.username()
    words = f"as {user}" if user is not None else "no credentials are known here, and none are asked for"
    yield Fact(REGISTRY, "login", State.OK, words)


def _login_fix(examined: Examined, host: str) -> str:
    if examined.ports.environment.get(USERNAME):
        return f"correct {USERNAME} and its password: they count before what docker login stored for {host}"
    return f"docker login {host}"


def _push(examined: Examined) -> Iterator[Fact]:
    answers = examined.pushes.need()
    refused = {name: error for name, error in answers.items() if error is not None}
    if not refused:
        yield Fact(REGISTRY, "push", State.OK, f"an upload was begun and cancelled for {', '.join(answers)}")
        return
    if examined.login_fails():
        raise BlockedError("needs a login that the registry believes")
    _leave_to_harbor(examined)
    first = next(iter(refused.values()))
    found = failed(REGISTRY, "push", first)
    yield Fact(REGISTRY, "push", State.FAILED, f"{', '.join(refused)}: {found.evidence}", found.fix)


def _leave_to_harbor(examined: Examined) -> None:
    """Where Harbor's settings explain the refusal, they are the one thing that is broken."""
    errors = [one for one in examined.harbor.maybe() or () if one.severity is Severity.ERROR]
    if errors:
        raise BlockedError(f"refused, as Harbor's settings say below: {errors[0].message}")


def _delete(examined: Examined) -> Iterator[Fact]:
    registry, _ = examined.registry.need()
    config = examined.config.need()
    _needs_login(examined)
    try:
        way = registry.removal_way(config.repository(next(iter(config.images))))
    except BuildtoolError as error:
        if error.kind.exit is not Exit.REFUSED:
            raise
        found = failed(REGISTRY, "delete", error)
        yield Fact(REGISTRY, "delete", State.WARNING, f"this account may not delete: {found.evidence}", found.fix)
        return
    if way is RemovalWay.UNKNOWN:
        yield Fact(REGISTRY, "delete", State.SKIPPED, "not known: Harbor does not tell this account its rights")
        return
    if way in _WAYS:
        yield Fact(REGISTRY, "delete", State.OK, _WAYS[way])
        return
    candidate = config.push.candidate_tag
    evidence = f"no tag can be taken away: rollback cannot, and one candidate tag {candidate!r} stays for each image"
    yield Fact(REGISTRY, "delete", State.WARNING, evidence, _DELETE_FIX)


def _harbor(examined: Examined) -> Iterator[Fact]:
    examined.registry.need()
    found = examined.harbor.own()
    if found is None:
        yield Fact(REGISTRY, "harbor", State.SKIPPED, "not a Harbor")
        return
    states = {Severity.ERROR: State.FAILED, Severity.WARNING: State.WARNING, Severity.NOTE: State.SKIPPED}
    for finding in found:
        state = states[finding.severity]
        yield Fact(REGISTRY, finding.code, state, f"{finding.message}: {finding.reason}", finding.fix)
    if not found:
        yield Fact(REGISTRY, "harbor", State.OK, "none of its settings stands in the way")


def _needs_login(examined: Examined) -> None:
    if examined.login_fails():
        raise BlockedError("needs a login that the registry believes")
