"""The policies that images have, those that they get, and the file that new image objects go to."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from buildtool.core.commit.naming import sample_tag
from buildtool.core.flux.image_names import canonical, image_problem
from buildtool.core.flux.lint.deploys import refuses
from buildtool.core.flux.tree.sources import BOOTSTRAP
from buildtool.core.init.flux_objects import WantedAutomation, WantedPolicy, objects
from buildtool.core.init.found import ByHand, Change
from buildtool.core.init.yaml_append import with_entry
from buildtool.usecases.init.home import home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.flux.automations import Automation
    from buildtool.core.flux.manifests import Manifests, Policy
    from buildtool.core.init.found import Image
    from buildtool.usecases.init.decisions import Answers
    from buildtool.usecases.init.home import Home
    from buildtool.usecases.init.survey import Survey

_FILE = "image-automation"


@dataclass(frozen=True, slots=True)
class Objects:
    """`images` have their policies; `wanted` are the policies to write; `automation` says whether one is missing."""

    images: list[Image]
    wanted: list[WantedPolicy]
    namespace: str
    automation: bool
    notes: list[str]
    home: Home


def policies(found: Survey, images: Sequence[Image], answers: Answers) -> Objects:
    """Give each image the policy that there is for it, or a new one."""
    manifests = found.manifests
    place = home(found, images, answers)
    namespace = _namespace(manifests, place)
    done, wanted, notes = [], [], []
    taken = {("ImagePolicy", one.key) for one in manifests.found}
    taken |= {("ImageRepository", f"{one.namespace}:{one.name}") for one in manifests.watched}
    for image in images:
        if image.policy and manifests.named(image.policy):
            done.append(image)
            continue
        full = f"{answers.host}/{image.path}"
        there = _there(manifests, full)
        problem = image_problem(full)
        if there is not None or problem:
            notes += _about(there, full, problem, answers)
            done.append(replace(image, policy=there.key if there is not None else ""))
            continue
        one = _new(manifests, image, full, namespace, taken)
        taken |= {
            ("ImagePolicy", f"{one.namespace}:{one.name}"),
            ("ImageRepository", f"{one.namespace}:{one.repository}"),
        }
        wanted.append(one)
        done.append(replace(image, policy=f"{one.namespace}:{one.name}"))
    missing = _without_automation(found, done)
    if wanted:
        serving = any(one.namespace == namespace and not one.selector for one in _working(manifests, place))
        missing = [] if serving else [namespace]
        notes += [place.note] if place.note else []
    return Objects(done, wanted, next(iter(missing), namespace), bool(missing), notes, place)


def _without_automation(found: Survey, images: Sequence[Image]) -> list[str]:
    """The namespaces of policies that are there, and that no automation writes by all that can be known."""
    manifests = found.manifests
    unserved = [one for image in images for one in manifests.named(image.policy) if not manifests.writing(one.key)]
    spaces = dict.fromkeys(one.item.namespace for one in unserved if one.item.namespace and "${" not in one.key)
    return [name for name in spaces if not any(world.may_hold_more(name) for world in found.tree.worlds)]


def _working(manifests: Manifests, place: Home) -> list[Automation]:
    """The automations of this repository in a cluster that gets the new objects."""
    return [one for one in manifests.working if not place.clusters or not one.worlds.isdisjoint(place.clusters)]


def _namespace(manifests: Manifests, place: Home) -> str:
    """Where the automation of this repository stands, or its policies; flux-system where there is neither."""
    here = [one.namespace for one in _working(manifests, place)]
    names = here + [one.item.namespace for one in manifests.found]
    return next((name for name in names if name and "${" not in name), BOOTSTRAP)


def _there(manifests: Manifests, image: str) -> Policy | None:
    """The policy that selects tags of this image; of several, one that belongs to the working automations."""
    watched = [one for one in manifests.watched if canonical(one.image) == canonical(image)]
    found = [one for one in manifests.found if manifests.repositories_of(one, watched)]
    spaces = {one.namespace for one in manifests.working}
    return next((one for one in found if one.item.namespace in spaces), next(iter(found), None))


def _about(there: Policy | None, image: str, problem: str, answers: Answers) -> list[str]:
    if there is None:
        return [f"{image} {problem}: no Flux objects are written for it"]
    if not there.known or not refuses(there, sample_tag(answers.branch)):
        return []
    name = there.key.replace(":", "/", 1)
    return [f"ImagePolicy {name} takes other tags than those of buildtool: change its filterTags (buildtool check)"]


def _new(manifests: Manifests, image: Image, full: str, namespace: str, taken: set[tuple[str, str]]) -> WantedPolicy:
    """A policy of the image's name, or that of buildtool.toml; its ImageRepository may be there already."""
    if image.policy:
        namespace, _, policy = image.policy.partition(":")
    else:
        policy = _free("ImagePolicy", namespace, image.name, taken)
    for one in manifests.watched:
        if one.namespace == namespace and canonical(one.image) == canonical(full):
            return WantedPolicy(namespace, policy, one.name, "")
    return WantedPolicy(namespace, policy, _free("ImageRepository", namespace, image.name, taken), full)


def _free(kind: str, namespace: str, name: str, taken: set[tuple[str, str]]) -> str:
    found, number = name, 2
    while (kind, f"{namespace}:{found}") in taken:
        found, number = f"{name}-{number}", number + 1
    return found


def files(found: Survey, wanted: Objects, answers: Answers, *, automation: bool) -> tuple[list[Change], list[ByHand]]:
    """The file with the new objects, and the kustomization that must list it."""
    if not wanted.wanted and not (automation and wanted.automation):
        return [], []
    folder = wanted.home.folder
    path = _free_path(found, folder)
    made = _automation(found, wanted, answers) if automation and wanted.automation else None
    text = objects(wanted.wanted, made, answers.branches, insecure=answers.insecure)
    changes, by_hand = [Change(path, None, text)], []
    listing = found.tree.builds.kustomization_path(folder)
    if listing and not _lists(found, listing, posixpath.basename(path)):
        old = found.texts.get(listing)
        new = with_entry(old, ["resources"], posixpath.basename(path)) if old is not None else None
        if old is None or new is None:
            reason = "the list resources cannot be extended without changing something else"
            by_hand.append(ByHand(listing, reason, f"- {posixpath.basename(path)}"))
        else:
            changes.append(Change(listing, old, new))
    return changes, by_hand


def _lists(found: Survey, path: str, name: str) -> bool:
    root = found.root(path)
    return root is not None and any(node.text.removeprefix("./") == name for node in root.each("resources"))


def _automation(found: Survey, wanted: Objects, answers: Answers) -> WantedAutomation:
    taken = {one.name for one in found.manifests.automations if one.namespace == wanted.namespace}
    name, number = answers.name, 2
    while name in taken:
        name, number = f"{answers.name}-{number}", number + 1
    sources = found.tree.sources
    own = sorted(one for one in sources.own if one in sources.urls) or sorted(sources.own - {BOOTSTRAP})
    return WantedAutomation(wanted.namespace, name, next(iter(own), BOOTSTRAP), answers.branch, answers.author)


def _free_path(found: Survey, folder: str) -> str:
    name, number = f"{_FILE}.yaml", 2
    while posixpath.join(folder, name) in found.paths:
        name, number = f"{_FILE}-{number}.yaml", number + 1
    return posixpath.join(folder, name)
