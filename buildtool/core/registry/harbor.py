"""What in a Harbor will bite: values in, findings out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.findings import Finding, Severity
from buildtool.core.registry.harbor_account import account
from buildtool.core.registry.harbor_facts import TAG_DELETE, HarborFacts, Project, Use
from buildtool.core.registry.harbor_project import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["TAG_DELETE", "HarborFacts", "Project", "Use", "judge"]


def judge(facts: HarborFacts, uses: Sequence[Use], now: int) -> list[Finding]:
    """Everything that fails now or bites later, worst first within each image."""
    found = [*_server(facts), *account(facts, uses, now)]
    for use in uses:
        project, _, name = use.repository.path.partition("/")
        if not name:
            found.append(_no_project(facts, project))
        elif project in facts.projects:
            found += settings(project, facts.projects[project], use, name, now)
    return list(dict.fromkeys(found))


def _server(facts: HarborFacts) -> Iterator[Finding]:
    if facts.read_only:
        yield Finding(
            "harbor-read-only",
            Severity.ERROR,
            "Harbor is in read-only mode",
            "every push is refused until an administrator ends it.",
            "Harbor: Administration, Configuration, System Settings: clear `Repository Read Only`",
        )
    scheme = facts.base.partition("://")[0]
    if facts.external_url and facts.external_url.partition("://")[0] != scheme:
        yield Finding(
            "harbor-external-url",
            Severity.ERROR,
            f"Harbor believes to be reached at {facts.external_url}, and is reached at {facts.base}",
            "it sends every client to that address for a token, so nobody can log in.",
            f"set external_url: {facts.base} in harbor.yml, run ./prepare, and restart Harbor",
        )


def _no_project(facts: HarborFacts, name: str) -> Finding:
    host = facts.base.partition("://")[2]
    return Finding(
        "harbor-no-project",
        Severity.ERROR,
        f"Harbor wants a project before the name: {host}/{name} has none",
        "it answers 400 to every request for such a name, and docker push retries for ever.",
        f'write registry = "{host}/PROJECT" in buildtool.toml',
    )
