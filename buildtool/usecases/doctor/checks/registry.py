"""The registry: protocol, clock, credentials, a push that is cancelled, removal of tags, Harbor's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.core.registry import clock
from buildtool.core.registry.contents import RemovalWay, ServerKind
from buildtool.core.registry.services import deletion, login_command
from buildtool.core.text.placeholders import filled
from buildtool.errors import REGISTRY_AUTH, BuildtoolError, Exit
from buildtool.errors.findings import Severity
from buildtool.usecases.doctor.engine.interfaces import Check, fact_of, failed
from buildtool.usecases.doctor.engine.shared import BlockedError
from buildtool.usecases.doctor.engine.shared_values import LOGIN_KINDS
from buildtool.usecases.real_values import real_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.shared_values import SharedValues

REGISTRY = "registry"
_DELETE_FIX = "let the registry delete: REGISTRY_STORAGE_DELETE_ENABLED=true (distribution), then restart it"
USERNAME = "BUILDTOOL_REGISTRY_USERNAME"
_WAYS = {
    RemovalWay.BY_TAG: "it deletes single tags",
    RemovalWay.BY_DIGEST: "it deletes digests only: a tag gets a digest of its own first, and then that is deleted",
    RemovalWay.HARBOR: "through Harbor's API",
}


def checks(shared: SharedValues) -> list[Check]:
    return [
        Check(REGISTRY, "answers", lambda: _answers(shared)),
        Check(REGISTRY, "clock", lambda: _clock(shared)),
        Check(REGISTRY, "login", lambda: _login(shared)),
        Check(REGISTRY, "push", lambda: _push(shared)),
        Check(REGISTRY, "delete", lambda: _delete(shared)),
        Check(REGISTRY, "harbor", lambda: _harbor(shared), 30.0),
    ]


def _answers(shared: SharedValues) -> Iterator[Fact]:
    config = shared.config.need()
    try:
        _, facts = shared.registry.own()
    except BuildtoolError as error:
        yield failed(REGISTRY, "answers", error, filled(error.fix, real_values(config, error.fix)))
        return
    yield Fact(REGISTRY, "answers", State.OK, facts.url)


def _clock(shared: SharedValues) -> Iterator[Fact]:
    _, facts = shared.registry.need()
    now = shared.ports.clock.now()
    skew = clock.skew_of(now, facts.date)
    if skew is None:
        yield Fact(REGISTRY, "clock", State.SKIPPED, "the registry sends no Date header")
        return
    problems = list(clock.judge(now, facts.date, shared.config.need().host))
    yield from (fact_of(REGISTRY, "clock", problem) for problem in problems)
    if not problems:
        yield Fact(REGISTRY, "clock", State.OK, f"{abs(skew)} s from this machine's")


def _login(shared: SharedValues) -> Iterator[Fact]:
    (registry, _), host = shared.registry.need(), shared.config.need().host
    answers = shared.pushes.need()
    refused = [error for error in answers.values() if error is not None and error.kind in LOGIN_KINDS]
    if shared.login_fails():
        _leave_to_harbor(shared)
        usual = refused[0].kind is REGISTRY_AUTH and refused[0].fix == REGISTRY_AUTH.fix
        yield failed(REGISTRY, "login", refused[0], _login_fix(shared, host) if usual else "")
        return
    user = registry.username()
    words = f"as {user}" if user is not None else "no credentials are known here, and none are asked for"
    yield Fact(REGISTRY, "login", State.OK, words)


def _login_fix(shared: SharedValues, host: str) -> str:
    if shared.ports.environment.get(USERNAME):
        return f"correct {USERNAME} and its password: they count before what docker login stored for {host}"
    return login_command(host)


def _push(shared: SharedValues) -> Iterator[Fact]:
    answers = shared.pushes.need()
    refused = {name: error for name, error in answers.items() if error is not None}
    if not refused:
        yield Fact(REGISTRY, "push", State.OK, f"an upload was begun and cancelled for {', '.join(answers)}")
        return
    if shared.login_fails():
        raise BlockedError("needs credentials that the registry accepts")
    _leave_to_harbor(shared)
    first = next(iter(refused.values()))
    found = failed(REGISTRY, "push", first)
    yield Fact(REGISTRY, "push", State.FAILED, f"{', '.join(refused)}: {found.evidence}", found.fix)


def _leave_to_harbor(shared: SharedValues) -> None:
    """Skip the fact where a finding about Harbor's settings explains the refusal."""
    errors = [one for one in shared.harbor.maybe() or () if one.severity is Severity.ERROR]
    if errors:
        raise BlockedError(f"refused, as Harbor's settings say below: {errors[0].message}")


def _delete(shared: SharedValues) -> Iterator[Fact]:
    registry, facts = shared.registry.need()
    config = shared.config.need()
    _needs_login(shared)
    repository = config.repository(next(iter(config.images)))
    try:
        way = registry.removal_way(repository)
    except BuildtoolError as error:
        if error.kind.exit is not Exit.REFUSED:
            raise
        found = failed(REGISTRY, "delete", error)
        yield Fact(REGISTRY, "delete", State.WARNING, f"this account may not delete: {found.evidence}", found.fix)
        return
    if way is RemovalWay.UNKNOWN:
        harbor = facts.kind is ServerKind.HARBOR
        why = "Harbor does not tell this account its rights" if harbor else "it answers 404 to every deletion"
        yield Fact(REGISTRY, "delete", State.SKIPPED, f"not known: {why}")
        return
    if way in _WAYS:
        yield Fact(REGISTRY, "delete", State.OK, _WAYS[way])
        return
    candidate = config.push.candidate_tag
    evidence = f"no tag can be removed: rollback --withdraw does not work, and {candidate!r} stays"
    place = deletion(repository.host, repository.path, candidate)
    fix = f"a tag that has to go is deleted by hand: {place}" if place else _DELETE_FIX
    yield Fact(REGISTRY, "delete", State.WARNING, evidence, fix)


def _harbor(shared: SharedValues) -> Iterator[Fact]:
    shared.registry.need()
    findings = shared.harbor.own()
    if findings is None:
        yield Fact(REGISTRY, "harbor", State.SKIPPED, "not a Harbor")
        return
    yield from (fact_of(REGISTRY, finding.code, finding) for finding in findings)
    if not findings:
        yield Fact(REGISTRY, "harbor", State.OK, "no setting of Harbor prevents a push")


def _needs_login(shared: SharedValues) -> None:
    if shared.login_fails():
        raise BlockedError("needs credentials that the registry accepts")
