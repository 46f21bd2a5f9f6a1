"""GitHub workflows that publish images: what they build must be deployed, and Flux's commits must not build again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.flux.lint import workflow_globs as globs
from buildtool.core.flux.lint.deploys import refused
from buildtool.core.flux.lint.publishing import event, publishes, steps
from buildtool.core.flux.manifests import IMAGE_GROUP
from buildtool.errors.rules_workflows import BRANCH, CANCEL, FORK, LOOP, PATHS, SHALLOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding


_SKIP_CI = re.compile(r"\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]")


def check(tree: Tree) -> Iterator[Finding]:
    for source, root in tree.workflows():
        yield from _fork(source, root)
        run = list(steps(root))
        if not any(publishes(step) for step in run):
            continue
        yield from _cancel(source, root)
        yield from _shallow(source, run)
        push = event(root, "push")
        if push is not None:
            if tree.wide:  # only a policy, a workflow or the settings can change this answer
                yield from _branches(tree, source, push)
            yield from _loop(tree, source, push)


def _fork(source: Source, root: Node) -> Iterator[Finding]:
    pulls = event(root, "pull_request") or event(root, "pull_request_target")
    jobs = root.get("jobs")
    if pulls is None or jobs is None:
        return
    for key, job in jobs.pairs:
        runs = job.real.get("runs-on")
        labels = [] if runs is None else [runs.text, *(i.real.text for i in runs.items), runs.string("labels")]
        if "self-hosted" in labels and "event_name" not in job.real.string("if"):
            yield FORK.at(source.at(key), f"job {key.text} runs pull requests on a self-hosted runner")


def _cancel(source: Source, root: Node) -> Iterator[Finding]:
    jobs = root.get("jobs")
    for holder in [root, *(job.real for _, job in (jobs.pairs if jobs is not None else ()))]:
        node = holder.get("concurrency", "cancel-in-progress")
        if node is not None and node.text != "false":
            yield CANCEL.at(source.at(node), f"cancel-in-progress: {node.text}")


def _shallow(source: Source, run: list[Node]) -> Iterator[Finding]:
    for step in run:
        uses = step.get("uses")
        if uses is not None and uses.text.startswith("actions/checkout@") and step.string("with", "fetch-depth") != "0":
            yield SHALLOW.at(source.at(uses), "actions/checkout without fetch-depth: 0")


def _branches(tree: Tree, source: Source, push: Node) -> Iterator[Finding]:
    for node in push.each("branches"):
        if node.text.startswith("!"):
            continue
        branch = node.text if globs.is_literal(node.text) else re.sub(r"[*?+]+|\[[^]]*\]", "x", node.text)
        for refusal in refused(tree, branch):
            yield BRANCH.at(source.at(node), f"branch {node.text}: {refusal}")


def _loop(tree: Tree, source: Source, push: Node) -> Iterator[Finding]:
    written = _written_back(tree, push)
    if not written:
        return
    if push.get("paths-ignore") is None and push.get("paths") is None:
        yield LOOP.at(source.at(push), f"on.push has no paths-ignore; Flux writes {', '.join(written)}")
        return
    ignored = [node.text for node in push.each("paths-ignore")]
    only = [node.text for node in push.each("paths")]
    left = [path for path in written if not globs.takes(ignored, path) and (not only or globs.takes(only, path))]
    if left:
        node = push.key("paths-ignore") or push.key("paths") or push
        yield PATHS.at(source.at(node), f"Flux writes {', '.join(left)}, which starts this workflow")


def _written_back(tree: Tree, push: Node) -> list[str]:
    """The files that Flux writes on a branch whose pushes start this workflow."""
    branches = [node.text for node in push.each("branches")]
    ignored = [node.text for node in push.each("branches-ignore")]
    if not branches and push.get("tags") is not None:
        return []
    automations = [
        a
        for a in tree.manifests.automations
        if (not branches or not a.push_branch or globs.takes(branches, a.push_branch))
        and not globs.takes(ignored, a.push_branch)
        and not _skips(tree, a.namespace, a.name)
    ]
    paths = [path for path, marks in tree.marks.items() if marks.seen]
    return sorted(path for path in paths if any(_below(path, a.path) for a in automations))


def _skips(tree: Tree, namespace: str, name: str) -> bool:
    return any(
        _SKIP_CI.search(item.root.string("spec", "git", "commit", "messageTemplate"))
        for item in tree.of(IMAGE_GROUP, "ImageUpdateAutomation")
        if (item.namespace, item.name) == (namespace, name)
    )


def _below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
