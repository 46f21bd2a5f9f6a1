"""The commit message templates of automations: whether Flux can render them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.manifests import IMAGE_GROUP
from buildtool.core.flux.schema import catalog
from buildtool.errors.findings import Place, Severity
from buildtool.errors.rules_message_templates import TEMPLATE_INVALID, TEMPLATE_REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding

_BLOCK = "|"


def check(tree: Tree) -> Iterator[Finding]:
    for item in tree.of(IMAGE_GROUP, "ImageUpdateAutomation"):
        template = item.root.get("spec", "git", "commit", "messageTemplate")
        judged = catalog.find(item.api_version, item.kind) is not None  # older versions have other data
        refused = (item.kind, item.key) in tree.manifests.refused
        if template is not None and "{{" in template.text and judged and not refused:
            yield from _template(item, template)


def _template(item: Object, template: Node) -> Iterator[Finding]:
    from buildtool.core.flux.gotemplate.problems import problems  # noqa: PLC0415 -- few automations have a template

    for problem in problems(template.text):
        rule = TEMPLATE_REMOVED if problem.removed else TEMPLATE_INVALID
        when = "" if problem.certain else " (where this part of the template runs)"
        message = f"{item}: messageTemplate: {problem.message}{when}"
        severity = None if problem.certain else Severity.WARNING
        yield rule.at(_place(item, template, problem.line), message, severity=severity)


def _place(item: Object, template: Node, line: int) -> Place:
    """The line of a literal block; of any other scalar its beginning."""
    return Place(item.path, template.line + line, 1) if template.style == _BLOCK else item.at(template)
