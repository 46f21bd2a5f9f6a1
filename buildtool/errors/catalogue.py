"""All pages of the catalogue: for `buildtool explain`, docs/rules and docs/codes.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors import (
    answers,
    build,
    command,
    docker,
    flux,
    git,
    harbor,
    init_files,
    proof,
    refusals,
    registry,
    rules_api_versions,
    rules_compose,
    rules_configuration,
    rules_files,
    rules_image_objects,
    rules_jobs,
    rules_kustomizations,
    rules_markers,
    rules_message_templates,
    rules_notifications,
    rules_policies,
    rules_schemas,
    rules_suppress,
    rules_workflows,
    tags,
)
from buildtool.errors.pages import Kind, Page, rules_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from buildtool.errors.pages import Rule

# The families of `check`, by the headings of docs/rules/README.md.
CHECK: dict[str, ModuleType] = {
    "Files": rules_files,
    "API versions": rules_api_versions,
    "Setter markers": rules_markers,
    "Jobs, scripts and secrets": rules_jobs,
    "Workflows": rules_workflows,
    "Compose files and workloads": rules_compose,
    "Flux objects": rules_schemas,
    "Image objects": rules_image_objects,
    "Commit templates": rules_message_templates,
    "Policies": rules_policies,
    "Kustomizations": rules_kustomizations,
    "Alerts and receivers": rules_notifications,
    "buildtool.toml": rules_configuration,
    "Suppressions": rules_suppress,
}
# Those of the other commands, by the headings of docs/codes.md.
OTHERS: dict[str, ModuleType] = {
    "Command line and configuration": command,
    "init": init_files,
    "The answer is no": refusals,
    "git": git,
    "Docker and buildx": docker,
    "Build and upload": build,
    "Registry": registry,
    "Proof": proof,
    "Flux and the cluster": flux,
    "Harbor's settings": harbor,
    "Tags in the registry": tags,
    "Flux's answers": answers,
}


def pages() -> Iterator[Page]:
    """All pages, family by family; `config-invalid` is a failure and a rule of check, and so appears twice."""
    for module in (*OTHERS.values(), *CHECK.values()):
        yield from pages_in(module)


def pages_in(module: ModuleType) -> Iterator[Page]:
    """The pages that a module declares, in its order."""
    return (value for value in vars(module).values() if isinstance(value, Page))


def kinds() -> dict[str, Kind]:
    """Every failure by its code."""
    return {page.code: page for page in pages() if isinstance(page, Kind)}


def check_rules() -> dict[str, Rule]:
    """Every rule of `buildtool check` by its code, in the order of docs/rules/README.md."""
    return {code: rule for module in CHECK.values() for code, rule in rules_in(module).items()}


def by_code() -> dict[str, list[Page]]:
    """The pages of each code: one, or two with the same text where the code is a failure and a rule of check."""
    found: dict[str, list[Page]] = {}
    for page in pages():
        found.setdefault(page.code, []).append(page)
    return found
