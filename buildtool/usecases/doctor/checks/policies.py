"""Each image's ImagePolicy: whether it exists, works and matches this branch's tag, and what it selects now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from buildtool.core.commit.naming import sample_tag
from buildtool.core.commit.tags import parse_tag, shown
from buildtool.core.commit.versions import version_of
from buildtool.core.facts import Fact, State
from buildtool.core.flux.policy import lint, refusal, select, takes
from buildtool.core.flux.watching import elsewhere
from buildtool.core.text.units import counted
from buildtool.errors import BuildtoolError, Exit
from buildtool.errors.findings import Severity
from buildtool.usecases.doctor.engine.interfaces import Check, fact_of
from buildtool.usecases.doctor.engine.shared import BlockedError
from buildtool.usecases.hidden_tags import hidden_tags
from buildtool.usecases.push import selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.config import Config, ImageConfig
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.usecases.doctor.engine.shared_values import SharedValues

POLICIES = "policies"


def checks(shared: SharedValues) -> list[Check]:
    looks = {"found": _found, "lint": _lint, "branch": _branch, "selected": _selected, "candidate": _candidate}
    return [Check(POLICIES, name, partial(look, shared)) for name, look in looks.items()]


def _found(shared: SharedValues) -> Iterator[Fact]:
    manifests = shared.manifests.own()
    config = shared.config.need()
    for image in config.images.values():
        if image.policy is None:
            yield Fact(image.name, "policy", State.SKIPPED, "none is configured: Flux does not deploy this image")
            continue
        try:
            policy = selection.policy_of(image, manifests)
        except BuildtoolError as error:
            yield Fact(image.name, "policy", State.FAILED, error.message, error.fix)
            continue
        pushed = config.places(image.name)
        problems = list(elsewhere(manifests, image.name, pushed, image.policy, severity=Severity.WARNING))
        yield from (fact_of(image.name, "policy", problem) for problem in problems)
        if not problems:
            yield Fact(image.name, "policy", State.OK, f"{image.policy}, {policy.place if policy is not None else ''}")


def _lint(shared: SharedValues) -> Iterator[Fact]:
    for image, policy in _policies(shared):
        findings = lint(policy, shared.branches)
        yield from (fact_of(image.name, finding.code, finding) for finding in findings)
        if not findings:
            yield Fact(image.name, "lint", State.OK, "nothing is wrong with its policy")


def _branch(shared: SharedValues) -> Iterator[Fact]:
    branch, _ = shared.branch.need()
    try:
        tag = shared.tag.own().text
    except BuildtoolError as error:
        raise BlockedError("needs a commit and a branch") from error
    for image, policy in _policies(shared):
        yield _takes(shared, image, policy, branch, tag)


def _takes(shared: SharedValues, image: ImageConfig, policy: ImagePolicy, branch: str, tag: str) -> Fact:
    name, evidence = "takes this branch", refusal(policy, tag)
    if not evidence:
        return Fact(image.name, name, State.OK, tag)
    if select(policy, [tag]).error is not None and any(one.severity is Severity.ERROR for one in lint(policy)):
        return Fact(image.name, name, State.SKIPPED, "the policy itself is broken")
    if policy.choice.semver is not None:
        return _no_version(image, evidence, released=version_of(tag) is not None)
    deployed = [one for one in shared.branches if takes(policy, sample_tag(one))]
    if branch in shared.branches or not deployed:
        place = f" in {policy.place}" if policy.place else ""
        fix = f'let spec.filterTags.pattern{place} take branch "{shown(branch)}", or build with --branch NAME'
        return Fact(image.name, name, State.FAILED, evidence, fix)
    fix = f"git switch {deployed[0]}, or publish without deploying: buildtool push --no-deploy"
    return Fact(image.name, name, State.WARNING, f"{evidence}; it deploys {', '.join(deployed)}", fix)


def _no_version(image: ImageConfig, evidence: str, *, released: bool) -> Fact:
    """A policy that orders by version refuses a version, or the build of a branch, which is not meant for it."""
    if released:
        fix = "let spec.policy.semver.range take it, or publish it without deploying: buildtool push --no-deploy"
        return Fact(image.name, "takes this branch", State.FAILED, evidence, fix)
    fix = "release it: git tag v1.2.3 && buildtool push --release, or publish it without deploying: --no-deploy"
    return Fact(image.name, "takes this branch", State.WARNING, f"{evidence}; it deploys releases", fix)


def _selected(shared: SharedValues) -> Iterator[Fact]:
    try:
        tags = shared.tags.own()
    except BuildtoolError as error:
        answers = [one.pushes.maybe() or {} for one in shared.registries()]
        if error.kind.exit is Exit.REFUSED and any(any(each.values()) for each in answers):
            raise BlockedError("the registry refuses it, like the push") from error
        raise
    for image, policy in _policies(shared):
        yield _selection(image.name, policy, tags[image.name])


def _selection(name: str, policy: ImagePolicy, tags: list[str]) -> Fact:
    if not tags:
        return Fact(name, "selected", State.OK, "nothing is published yet")
    found = select(policy, tags)
    fix = f"buildtool policy explain {policy.namespace}:{policy.name}"
    if found.ambiguous:
        evidence = f"a tie, so Flux chooses at random: {', '.join(found.possible[:3])}"
        return Fact(name, "selected", State.FAILED, evidence, fix)
    if found.winner is None:
        return Fact(name, "selected", State.WARNING, f"nothing of {counted(len(tags), 'tag')}: {found.error}", fix)
    newest = max(((parsed.time, tag) for tag in tags if (parsed := parse_tag(tag)) and not parsed.dirty), default=None)
    chosen = parse_tag(found.winner)
    if newest is not None and (chosen is None or chosen.time < newest[0]):
        return Fact(name, "selected", State.WARNING, f"{found.winner}, though {newest[1]} is the newest", fix)
    return Fact(name, "selected", State.OK, f"{found.winner}, of {counted(len(tags), 'tag')}")


def _candidate(shared: SharedValues) -> Iterator[Fact]:
    config, manifests = shared.config.need(), shared.manifests.need()
    own = {name: manifests.policies.get(image.policy or "") for name, image in config.images.items()}
    problems = list(selection.visible_tags(config, manifests, own))
    yield from (fact_of(POLICIES, "candidate", problem) for problem in problems)
    if not problems:
        evidence = f"no policy takes {config.push.candidate_tag!r}, under which unproven images are pushed"
        caches = hidden_tags(config, list(config.images))[1:]
        evidence += "".join(dict.fromkeys(f", nor {one.tag!r} of {one.setting}" for one in caches))
        yield Fact(POLICIES, "candidate", State.OK, evidence)


def _policies(shared: SharedValues) -> list[tuple[ImageConfig, ImagePolicy]]:
    """Images with the policies that are there; the fact "policy" reports the others."""
    config: Config = shared.config.need()
    known = shared.manifests.need().policies
    return [(image, known[image.policy]) for image in config.images.values() if image.policy and image.policy in known]
