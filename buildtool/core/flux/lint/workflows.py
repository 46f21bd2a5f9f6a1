"""GitHub workflows that publish images: what they build must be deployed, and Flux's commits must not build again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.flux.lint import publishers
from buildtool.core.flux.lint import workflow_globs as globs
from buildtool.core.flux.lint.deploys import refused
from buildtool.core.flux.lint.publishing import event, publishes, steps
from buildtool.core.flux.lint.writing import writing, written
from buildtool.core.flux.tree.sources import Where
from buildtool.errors.rules_workflows import BRANCH, CANCEL, FORK, LOOP, PATHS, SHALLOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.automations import Automation
    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding


_SKIP_CI = re.compile(r"\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]")


def check(tree: Tree) -> Iterator[Finding]:
    for source, root in tree.workflows():
        yield from _fork(source, root)
        run = list(steps(root))
        if not any(publishes(tree, step) for step in run):
            yield from _others(tree, source, root)
            continue
        yield from _cancel(source, root)
        yield from _shallow(source, run)
        push = event(root, "push")
        if push is not None:
            if tree.wide:  # only a policy, a workflow or the settings can change this answer
                yield from _branches(tree, source, push)
            yield from _loop(tree, source, push)
    yield from _gitlab(tree)


def _others(tree: Tree, source: Source, root: Node) -> Iterator[Finding]:
    """A workflow that publishes with another tool: its tags are a loop where a policy takes each new one."""
    push = event(root, "push")
    if push is None or not _makes_new_tags(tree, source.text):
        return
    if any(publishers.publishes(step) for step in publishers.unguarded_steps(root)):
        yield from _loop(tree, source, push)


def _gitlab(tree: Tree) -> Iterator[Finding]:
    source = tree.sources.get(".gitlab-ci.yml")
    roots = [document.root for document in source.parsed.documents if document.root] if source is not None else []
    if source is None or not roots or not _makes_new_tags(tree, source.text):
        return
    key = publishers.gitlab_publishing(roots[0])
    written_back = _written_back(tree, None)
    if key is not None and written_back:
        fix = "add rules with changes, or `[skip ci]` to the messageTemplate of the automation"
        message = f"job {key.text} runs on every push; Flux writes {', '.join(written_back)}"
        yield LOOP.at(source.at(key), message, fix=fix)


def _makes_new_tags(tree: Tree, text: str) -> bool:
    """Whether the file names the image of a policy that takes a new tag for each build (no version numbers)."""
    for policy in tree.manifests.found:
        choice = policy.item.root.get("spec", "policy")
        if choice is None or choice.get("semver") is not None or not policy.known:
            continue
        if any(found.image and _is_named(found.image, text) for found in tree.manifests.repositories_of(policy)):
            return True
    return False


def _is_named(image: str, text: str) -> bool:
    """Whether a workflow names the image, or its registry and its path apart."""
    host, _, path = image.partition("/")
    return image in text or (_stands_alone(host, text) and _stands_alone(path, text))


def _stands_alone(name: str, text: str) -> bool:
    return bool(name) and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", text) is not None


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


def _written_back(tree: Tree, push: Node | None) -> list[str]:
    """The files that Flux writes on a branch whose pushes start this workflow; None: every branch starts it."""
    branches = [node.text for node in push.each("branches")] if push is not None else []
    ignored = [node.text for node in push.each("branches-ignore")] if push is not None else []
    if push is not None and not branches and push.get("tags") is not None:
        return []
    starting = {
        automation.place
        for automation in tree.manifests.automations
        if automation.where is Where.HERE
        and (not branches or not automation.push_branch or globs.takes(branches, automation.push_branch))
        and not globs.takes(ignored, automation.push_branch)
        and not _skips(automation)
    }
    if not starting:
        return []
    every = written(tree, used=False)
    return sorted({path for path, _, policy in every if any(a.place in starting for a in writing(tree, path, policy))})


def _skips(automation: Automation) -> bool:
    return _SKIP_CI.search(automation.message) is not None
