"""Harbor's settings -> findings: each setting that makes a push fail, now or later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.registry.harbor_account import account
from buildtool.core.registry.harbor_facts import TAG_DELETE, HarborFacts, Project, Use
from buildtool.core.registry.harbor_project import settings
from buildtool.errors import harbor as pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.errors.findings import Finding

__all__ = ["TAG_DELETE", "HarborFacts", "Project", "Use", "judge"]


def judge(facts: HarborFacts, uses: Sequence[Use], now: int) -> list[Finding]:
    """Every setting that makes a push or a later run fail: the server's and the account's first, then each image's."""
    found = [*_server(facts), *account(facts, uses, now)]
    for use in uses:
        project, name = use.repository.in_harbor
        if not name:
            found.append(_no_project(facts, project))
        elif project in facts.projects:
            found += settings(project, facts.projects[project], use, name, now)
    return list(dict.fromkeys(found))


def _server(facts: HarborFacts) -> Iterator[Finding]:
    if facts.read_only:
        yield pages.READ_ONLY.at(None, "Harbor is in read-only mode")
    scheme = facts.base.partition("://")[0]
    if facts.external_url and facts.external_url.partition("://")[0] != scheme:
        message = f"Harbor's external_url is {facts.external_url}, and it is reached at {facts.base}"
        fix = f"set external_url: {facts.base} in harbor.yml, run ./prepare, and restart Harbor"
        yield pages.EXTERNAL_URL.at(None, message, fix=fix)


def _no_project(facts: HarborFacts, name: str) -> Finding:
    host = facts.base.partition("://")[2]
    message = f"{host}/{name} has no project in front of the name"
    return pages.NO_PROJECT.at(None, message, fix=f'write registry = "{host}/PROJECT" in buildtool.toml')
