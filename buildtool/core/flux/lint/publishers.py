"""What publishes an image in a CI job: the actions and commands of other tools, and what keeps them from doing so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.core.yaml.node import Node

_WITH_PUSH = re.compile(r"(?:docker/(?:build-push-action|bake-action)|depot/(?:build-push-action|bake-action))@")
_ALWAYS = re.compile(
    r"(?:redhat-actions/push-to-registry|elgohr/Publish-Docker-Github-Action|mr-smithers-excellent/docker-build-push"
    r"|aevea/action-kaniko|int128/kaniko-action|macbre/push-to-ghcr|werf/actions/(?:build|converge|bundle))@",
    re.IGNORECASE,
)
_COMMANDS = (
    r"\b(?:docker|podman|buildah|nerdctl|img)\s+(?:image\s+|manifest\s+|compose\s+(?:-\S+\s+\S+\s+)?)?push\b",
    r"\bdocker-compose\s+(?:-\S+\s+\S+\s+)?push\b",
    r"\b(?:docker|nerdctl|podman)\s+(?:buildx\s+)?(?:build|bake)\b[^\n;&|]*\s--push\b",
    r"\bbuildctl\b[^\n;&|]*\bpush=true\b",
    r"\bkaniko/executor\b(?![^\n;&|]*--no-push\b)",
    r"\bko\s+(?:build|publish|resolve|apply|create)\b(?![^\n;&|]*--(?:local|push=false))",
    r"\bskaffold\s+(?:build|run)\b(?![^\n;&|]*--push=false)",
    r"\bwerf\s+(?:build|converge|publish|bundle\s+publish)\b",
    r"\bpack\s+build\b[^\n;&|]*\s--publish\b",
    r"\bcrane\s+(?:push|append|copy|cp)\b",
    r"\bskopeo\s+copy\b[^\n;&|]*\bdocker://\S+\s+docker://",
    r"\bearthly\b[^\n;&|]*\s--push\b",
)
_JOINED = re.compile(r"\\\r?\n\s*")
# conditions that hold on an ordinary push to a branch; any other one may keep Flux's commits out
_PLAIN = re.compile(
    r"(?:always\(\)|success\(\)|true"
    r"|github\.event_name\s*==\s*['\"]push['\"]|github\.event_name\s*!=\s*['\"]pull_request['\"]"
    r"|github\.ref(?:_name)?\s*==\s*['\"](?:refs/heads/)?[\w./-]+['\"]"
    r"|\$CI_COMMIT_(?:BRANCH|REF_NAME)\s*==\s*(?:\$CI_DEFAULT_BRANCH|['\"][\w./-]+['\"])|\$CI_COMMIT_BRANCH"
    r"|\$CI_PIPELINE_SOURCE\s*==\s*['\"]push['\"]|\s|&&|\(|\)|\$\{\{|\}\})*\Z"
)


def publishes(step: Node) -> bool:
    """Whether a step of a workflow publishes an image on an ordinary push to a branch."""
    if not is_plain(step.string("if")):
        return False
    uses = step.string("uses")
    if _WITH_PUSH.match(uses):
        push, outputs = step.string("with", "push").strip(), step.string("with", "outputs")
        return (
            (bool(push) and push != "false" and is_plain(push)) or "push=true" in outputs or "type=registry" in outputs
        )
    return _ALWAYS.match(uses) is not None or runs_a_publisher(step.string("run"))


def runs_a_publisher(script: str) -> bool:
    """Whether a shell script holds a command that publishes an image."""
    lines = (line for line in _JOINED.sub(" ", script).split("\n") if not line.lstrip().startswith("#"))
    return any(re.search(command, line) for line in lines for command in _COMMANDS)


def is_plain(condition: str) -> bool:
    """Whether a condition (of a step, a job or a rule) surely holds on a push to a branch."""
    return _PLAIN.match(condition) is not None


def unguarded_steps(root: Node) -> Iterator[Node]:
    """The steps of the jobs of a workflow that run on every push; a job that waits for a guarded one may not."""
    jobs = root.get("jobs")
    pairs = [(key.text, job.real) for key, job in jobs.pairs] if jobs is not None else []
    guarded = {name for name, job in pairs if not is_plain(job.string("if"))}
    for _ in pairs:  # what needs a guarded job, and what needs that
        guarded |= {name for name, job in pairs if not guarded.isdisjoint(_needs(job))}
    for name, job in pairs:
        if name not in guarded:
            yield from job.each("steps")


def _needs(job: Node) -> set[str]:
    return {job.string("needs"), *(node.text for node in job.each("needs"))} - {""}


def gitlab_publishing(root: Node) -> Node | None:
    """The key of the first job of a .gitlab-ci.yml that publishes an image on every push to a branch."""
    if not _runs_on_a_push(root.each("workflow", "rules")):
        return None
    for key, job in root.pairs:
        script = "\n".join([job.real.string("script"), *(line.text for line in job.real.each("script"))])
        if not key.text.startswith(".") and runs_a_publisher(script) and not any(map(_is_guarded, _merged(job.real))):
            return key
    return None


def _merged(job: Node) -> Iterator[Node]:
    """The job, and the maps that it takes in by `<<`."""
    yield job
    merged = job.get("<<")
    if merged is not None:
        yield from [merged.real, *(item.real for item in merged.real.items)]


def _is_guarded(job: Node) -> bool:
    """Whether a job may leave out a push by Flux: it runs for other events only, or looks at what is pushed."""
    if any(job.get(key) is not None for key in ("except", "extends")) or job.string("when") == "manual":
        return True
    only = [job.string("only"), *(node.text for part in (("only",), ("only", "refs")) for node in job.each(*part))]
    names = [name for name in only if name]
    if job.get("only", "changes") is not None or (names and all(map(_OTHER_EVENT.match, names))):
        return True
    return not _runs_on_a_push(job.each("rules"))


def _runs_on_a_push(rules: Sequence[Node]) -> bool:
    """Whether rules, of which the first that holds decides, surely let every push to a branch through."""
    for rule in rules:
        condition, runs = rule.string("if"), rule.string("when") in ("", "on_success", "always")
        if _OTHER_PIPELINE.match(condition):
            continue  # it does not hold on a push
        if is_plain(condition) and rule.get("changes") is None and rule.get("exists") is None:
            return runs
        if not runs:
            return False  # it may hold for Flux's commits
    return not rules


_OTHER_EVENT = re.compile(r"(?:tags|merge_requests|schedules|web|api|triggers|pipelines|external|chat)\Z|/")
_OTHER_PIPELINE = re.compile(
    r"\s*\$CI_(?:COMMIT_TAG|MERGE_REQUEST_I?ID|COMMIT_BRANCH\s*&&\s*\$CI_OPEN_MERGE_REQUESTS"
    r"|PIPELINE_SOURCE\s*==\s*['\"](?!push)\w+['\"])\s*\Z"
)
