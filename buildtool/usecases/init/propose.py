"""What was found and what was answered -> the files that are missing; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import canonical
from buildtool.core.flux.lint.workflow_globs import takes
from buildtool.core.flux.setters.visibility import markers
from buildtool.core.init import another_image, toml_text
from buildtool.core.init.flux_objects import yaml_text
from buildtool.core.init.found import ByHand, Change
from buildtool.core.init.matching import images_of
from buildtool.core.init.setter_comments import WantedMarker, with_markers
from buildtool.core.init.workflow_text import (
    ACTION,
    HOOKS,
    WORKFLOW,
    Job,
    as_glob,
    has_hooks,
    hooks_entry,
    hooks_file,
    publishes,
    runner,
    workflow,
)
from buildtool.core.init.yaml_append import with_entry
from buildtool.errors.findings import Severity
from buildtool.usecases.init import new_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.init.found import Image
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding
    from buildtool.usecases.init.decisions import Answers, Existing
    from buildtool.usecases.init.survey import Survey

CONFIG = "buildtool.toml"
_ROUNDS = 5  # each leaves out the markers that `check` finds fault with


@dataclass
class Proposal:
    """`changes` are all files to write; `by_hand` what cannot be written exactly; `images` those of buildtool.toml."""

    changes: list[Change] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)

    @property
    def texts(self) -> Mapping[str, str]:
        """The new text of each file, by path."""
        return {change.path: change.new for change in self.changes}


def propose(
    found: Survey,
    answers: Answers,
    existing: Existing | None,
    judge: Callable[[Mapping[str, str]], Sequence[Finding]],
) -> Proposal:
    """`judge` tells the findings that `check` would have of the tree with these texts, beyond those it has now.

    A marker that makes one of severity error is left out and named instead.
    """
    left_out: dict[tuple[str, int], str] = {}
    proposal = _propose(found, answers, existing, left_out)
    for _ in range(_ROUNDS):
        wrong = {
            (finding.place.path, finding.place.line): finding.message
            for finding in judge(proposal.texts)
            if finding.severity is Severity.ERROR and finding.place is not None
        }
        mine = {place: message for place, message in wrong.items() if _is_marked(proposal, place)}
        if not mine:
            break
        left_out |= mine
        proposal = _propose(found, answers, existing, left_out)
    return proposal


def _marked_later(proposal: Proposal, found: Survey) -> set[str]:
    """The files with a value that gets its setter by hand: Flux writes them from then on."""
    return {use.path for use in found.uses for one in proposal.by_hand if one.place.startswith(f"{use.path}:")}


def _is_marked(proposal: Proposal, place: tuple[str, int]) -> bool:
    """Whether the line is one that the proposal adds a marker to."""
    path, line = place
    for change in proposal.changes:
        if change.path == path and change.old is not None:
            old, new = change.old.split("\n"), change.new.split("\n")
            return len(old) == len(new) and 0 < line <= len(old) and old[line - 1] != new[line - 1]
    return False


def _propose(
    found: Survey, answers: Answers, existing: Existing | None, left_out: Mapping[tuple[str, int], str]
) -> Proposal:
    proposal = Proposal(notes=list(found.notes))
    old = list(existing.images) if existing is not None else []
    new = _new_images(found, answers, old)
    wanted = new_objects.policies(found, [*old, *new], answers) if answers.flux else None
    images = wanted.images if wanted is not None else [*old, *new]
    proposal.images = images
    _configuration(proposal, answers, existing, old, images)
    marked = _setters(proposal, found, answers, left_out) if wanted is not None else []
    if wanted is not None:
        made, by_hand = new_objects.files(found, wanted, answers, automation=bool(marked))
        proposal.changes += made
        proposal.by_hand += by_hand
        proposal.notes += wanted.notes
    _workflow(proposal, found, answers, sorted({*marked, *_marked_later(proposal, found)}))
    _hooks(proposal, found, answers)
    return proposal


def _new_images(found: Survey, answers: Answers, old: Sequence[Image]) -> list[Image]:
    """The images of Dockerfiles that buildtool.toml does not build."""
    built = {(image.recipe.dockerfile, image.recipe.target) for image in old}
    plain = {dockerfile for dockerfile, _ in built}
    recipes = [
        one
        for one in found.recipes
        if (one.dockerfile, one.target) not in built and (one.target or one.dockerfile not in plain)
    ]
    images = images_of(recipes, found.uses, answers.registry, answers.name, old)
    given = tuple(answers.platforms)
    return [replace(one, platforms=given or one.platforms) for one in images]


def _configuration(
    proposal: Proposal, answers: Answers, existing: Existing | None, old: Sequence[Image], images: Sequence[Image]
) -> None:
    new = images[len(old) :]
    if existing is None:
        top = toml_text.Top(answers.registry, answers.insecure, answers.branches)
        proposal.changes.append(Change(CONFIG, None, toml_text.new_file(top, images)))
        return
    text = existing.text
    for before, after in zip(old, images, strict=False):
        if before.policy != after.policy:
            changed = toml_text.with_policy(text, after.name, after.policy)
            if changed is None:
                reason = f"the table of {after.name} cannot be extended without changing something else"
                proposal.by_hand.append(ByHand(CONFIG, reason, f'policy = "{after.policy}"'))
            text = changed or text
    if new:
        changed = toml_text.with_images(text, answers.registry, new)
        if changed is None:
            names = ", ".join(one.name for one in new)
            proposal.by_hand.append(
                ByHand(CONFIG, f"no table can be added at its end for {names}", f"[images.{new[0].name}]")
            )
        text = changed or text
    if text != existing.text:
        proposal.changes.append(Change(CONFIG, existing.text, text))


def _setters(proposal: Proposal, found: Survey, answers: Answers, left_out: Mapping[tuple[str, int], str]) -> list[str]:
    """Put the markers in; the paths of all files that hold one of these policies then."""
    policies = {canonical(f"{answers.host}/{one.path}"): one.policy for one in proposal.images if one.policy}
    wanted: dict[str, list[WantedMarker]] = {}
    for use in found.uses:
        policy = policies.get(canonical(use.image))
        if policy is None:
            proposal.by_hand += another_image.by_hand(use, proposal.images, answers.host)
            continue
        for slot in use.slots:
            one = WantedMarker(slot, policy)
            if (use.path, slot.line) in left_out:
                proposal.by_hand.append(ByHand(f"{use.path}:{slot.line}", left_out[use.path, slot.line], one.comment))
            else:
                wanted.setdefault(use.path, []).append(one)
    for path, some in wanted.items():
        result = with_markers(path, found.texts[path], some)
        proposal.by_hand += result.refused
        if result.text != found.texts[path]:
            proposal.changes.append(Change(path, found.texts[path], result.text))
    mine = {one.policy for one in proposal.images}
    texts = {**found.texts, **proposal.texts}
    return sorted(
        path
        for path, text in texts.items()
        if any(f"{one.namespace}:{one.name}" in mine for one in markers(text, path) if one.seen)
    )


def _workflow(proposal: Proposal, found: Survey, answers: Answers, marked: Sequence[str]) -> None:
    if not answers.workflow:
        return
    mine = {path: root for path, root in found.workflows.items() if publishes(root)}
    if mine:
        for path, root in mine.items():
            _ignored(proposal, path, found.texts[path], root, marked)
        return
    if ".gitlab-ci.yml" in found.paths and not found.workflows:
        proposal.notes.append("no GitHub workflow is written: the repository has a .gitlab-ci.yml")
        return
    if WORKFLOW in found.paths:
        proposal.by_hand.append(ByHand(WORKFLOW, "the file is there and does not run buildtool", _step(answers)))
        return
    if not answers.commit:
        proposal.notes.append(f"no workflow is written: {_NO_COMMIT}")
        return
    platforms = sorted({one for image in proposal.images for one in image.platforms})
    job = Job(
        answers.branch,
        runner(found.workflows.values(), answers.host, platforms),
        answers.host,
        platforms,
        marked,
        ".gitmodules" in found.paths,
        answers.commit,
    )
    proposal.changes.append(Change(WORKFLOW, None, workflow(job)))


_IGNORED = ("on", "push", "paths-ignore")


def _ignored(proposal: Proposal, path: str, old: str, root: Node, marked: Sequence[str]) -> None:
    """Add the files that Flux will write to the paths that start no build; a workflow without such a list is left."""
    listed = [node.text for node in root.each(*_IGNORED)]
    new = old
    for file in marked if listed else ():
        if not takes(listed, file):
            entry = yaml_text(as_glob(file))
            longer = with_entry(new, _IGNORED, entry)
            if longer is None:
                reason = "the list paths-ignore cannot be extended without changing something else"
                proposal.by_hand.append(ByHand(path, reason, f"- {entry}"))
            new = longer or new
    if new != old:
        proposal.changes.append(Change(path, old, new))


def _step(answers: Answers) -> str:
    return f"- uses: {ACTION}@{answers.commit or '<commit>'}"


_NO_COMMIT = "this buildtool does not know the commit it was made from; name it with --action-commit COMMIT"


def _hooks(proposal: Proposal, found: Survey, answers: Answers) -> None:
    if not answers.hooks:
        return
    root = found.root(HOOKS)
    if root is not None and has_hooks(root):
        return
    if not answers.commit:
        proposal.notes.append(f"no pre-commit hook is written: {_NO_COMMIT}")
    elif HOOKS not in found.paths:
        proposal.changes.append(Change(HOOKS, None, hooks_file(answers.commit)))
    else:
        old = found.texts.get(HOOKS)
        new = with_entry(old, ["repos"], hooks_entry(answers.commit)) if old is not None else None
        if old is None or new is None:
            reason = "the list repos cannot be extended without changing something else"
            proposal.by_hand.append(ByHand(HOOKS, reason, hooks_file(answers.commit).partition("\n")[2]))
        else:
            proposal.changes.append(Change(HOOKS, old, new))
