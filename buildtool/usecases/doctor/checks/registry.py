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
from buildtool.usecases.doctor.engine.shared_registry import LOGIN_KINDS
from buildtool.usecases.real_values import real_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.shared_registry import SharedRegistry
    from buildtool.usecases.doctor.engine.shared_values import SharedValues

_DELETE_FIX = "let the registry delete: REGISTRY_STORAGE_DELETE_ENABLED=true (distribution), then restart it"
USERNAME = "BUILDTOOL_REGISTRY_USERNAME"
_WAYS = {
    RemovalWay.BY_TAG: "it deletes single tags",
    RemovalWay.BY_DIGEST: "it deletes digests only: a tag gets a digest of its own first, and then that is deleted",
    RemovalWay.HARBOR: "through Harbor's API",
}


def checks(shared: SharedValues) -> list[Check]:
    return [check for one in shared.registries() for check in _checks(one)]


def _checks(one: SharedRegistry) -> list[Check]:
    return [
        Check(one.subject, "answers", lambda: _answers(one)),
        Check(one.subject, "clock", lambda: _clock(one)),
        Check(one.subject, "login", lambda: _login(one)),
        Check(one.subject, "push", lambda: _push(one)),
        Check(one.subject, "delete", lambda: _delete(one)),
        Check(one.subject, "harbor", lambda: _harbor(one), 30.0),
    ]


def _answers(one: SharedRegistry) -> Iterator[Fact]:
    config = one.values.config.need()
    try:
        _, facts = one.registry.own()
    except BuildtoolError as error:
        values = real_values(config, error.fix, error.place or "")
        yield failed(one.subject, "answers", error, filled(error.fix, values))
        return
    yield Fact(one.subject, "answers", State.OK, facts.url)


def _clock(one: SharedRegistry) -> Iterator[Fact]:
    _, facts = one.registry.need()
    now = one.values.ports.clock.now()
    skew = clock.skew_of(now, facts.date)
    if skew is None:
        yield Fact(one.subject, "clock", State.SKIPPED, "the registry sends no Date header")
        return
    problems = list(clock.judge(now, facts.date, one.host))
    yield from (fact_of(one.subject, "clock", problem) for problem in problems)
    if not problems:
        yield Fact(one.subject, "clock", State.OK, f"{abs(skew)} s from this machine's")


def _login(one: SharedRegistry) -> Iterator[Fact]:
    (registry, _), host = one.registry.need(), one.host
    answers = one.pushes.need()
    refused = [error for error in answers.values() if error is not None and error.kind in LOGIN_KINDS]
    if one.login_fails():
        _leave_to_harbor(one)
        usual = refused[0].kind is REGISTRY_AUTH and refused[0].fix == REGISTRY_AUTH.fix
        yield failed(one.subject, "login", refused[0], _login_fix(one, host) if usual else "")
        return
    user = registry.username()
    words = f"as {user}" if user is not None else "no credentials are known here, and none are asked for"
    yield Fact(one.subject, "login", State.OK, words)


def _login_fix(one: SharedRegistry, host: str) -> str:
    config, environment = one.values.config.need(), one.values.ports.environment
    named = config.registries.get(host)
    if host == config.host and environment.get(USERNAME):
        return f"correct {USERNAME} and its password: they count before what docker login stored for {host}"
    if named is not None and named.username_env and environment.get(named.username_env):
        return f"correct {named.username_env} and {named.password_env}: they count before docker login"
    return login_command(host)


def _push(one: SharedRegistry) -> Iterator[Fact]:
    answers = one.pushes.need()
    refused = {name: error for name, error in answers.items() if error is not None}
    if not refused:
        yield Fact(one.subject, "push", State.OK, f"an upload was begun and cancelled for {', '.join(answers)}")
        return
    if one.login_fails():
        raise BlockedError("needs credentials that the registry accepts")
    _leave_to_harbor(one)
    first = next(iter(refused.values()))
    found = failed(one.subject, "push", first)
    yield Fact(one.subject, "push", State.FAILED, f"{', '.join(refused)}: {found.evidence}", found.fix)


def _leave_to_harbor(one: SharedRegistry) -> None:
    """Skip the fact where a finding about Harbor's settings explains the refusal."""
    errors = [found for found in one.harbor.maybe() or () if found.severity is Severity.ERROR]
    if errors:
        raise BlockedError(f"refused, as Harbor's settings say below: {errors[0].message}")


def _delete(one: SharedRegistry) -> Iterator[Fact]:
    registry, facts = one.registry.need()
    config = one.values.config.need()
    _needs_login(one)
    repository = next(iter(one.places().values()))
    try:
        way = registry.removal_way(repository)
    except BuildtoolError as error:
        if error.kind.exit is not Exit.REFUSED:
            raise
        found = failed(one.subject, "delete", error)
        yield Fact(one.subject, "delete", State.WARNING, f"this account may not delete: {found.evidence}", found.fix)
        return
    if way is RemovalWay.UNKNOWN:
        harbor = facts.kind is ServerKind.HARBOR
        why = "Harbor does not tell this account its rights" if harbor else "it answers 404 to every deletion"
        yield Fact(one.subject, "delete", State.SKIPPED, f"not known: {why}")
        return
    if way in _WAYS:
        yield Fact(one.subject, "delete", State.OK, _WAYS[way])
        return
    candidate = config.push.candidate_tag
    evidence = f"no tag can be removed: rollback --withdraw does not work, and {candidate!r} stays"
    place = deletion(repository.host, repository.path, candidate)
    fix = f"a tag that has to go is deleted by hand: {place}" if place else _DELETE_FIX
    yield Fact(one.subject, "delete", State.WARNING, evidence, fix)


def _harbor(one: SharedRegistry) -> Iterator[Fact]:
    one.registry.need()
    findings = one.harbor.own()
    if findings is None:
        yield Fact(one.subject, "harbor", State.SKIPPED, "not a Harbor")
        return
    yield from (fact_of(one.subject, finding.code, finding) for finding in findings)
    if not findings:
        yield Fact(one.subject, "harbor", State.OK, "no setting of Harbor prevents a push")


def _needs_login(one: SharedRegistry) -> None:
    if one.login_fails():
        raise BlockedError("needs credentials that the registry accepts")
