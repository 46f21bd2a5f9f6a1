"""`buildtool init` step by step: look, answer, propose, show, write, check."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from buildtool.adapters.own_source import own_commit
from buildtool.adapters.repository_writer import write_all
from buildtool.cli import init_questions, init_report
from buildtool.cli.check_settings import settings_of_text
from buildtool.config.value_problems import platform_problem, registry_problem
from buildtool.core.flux.image_names import canonical
from buildtool.core.init.found import Image, Recipe
from buildtool.core.init.matching import registry_of
from buildtool.core.init.name_choice import as_name
from buildtool.core.init.workflow_text import is_private
from buildtool.core.text.printable import one_line
from buildtool.core.text.units import counted
from buildtool.errors import (
    GIT_NO_BRANCH,
    INIT_ANSWER_MISSING,
    INIT_NOTHING_TO_BUILD,
    INIT_UNWRITABLE,
    USAGE,
    BuildtoolError,
    Exit,
)
from buildtool.usecases.check.known import Remaining, without_old
from buildtool.usecases.check.run import check
from buildtool.usecases.init.decisions import Answers, Existing
from buildtool.usecases.init.home import clusters
from buildtool.usecases.init.overlay import Overlay
from buildtool.usecases.init.propose import CONFIG, propose
from buildtool.usecases.init.survey import look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.adapters.manifests import RepositoryFiles
    from buildtool.cli.wiring import Wiring
    from buildtool.config import Config
    from buildtool.core.flux.lint.settings import Settings
    from buildtool.errors.findings import Finding
    from buildtool.usecases.check.run import Checked
    from buildtool.usecases.init.propose import Proposal
    from buildtool.usecases.init.survey import Survey

_AUTHOR = re.compile(r"\s*(?P<name>[^<>\r\n]*[^<>\s])\s*<(?P<address>[^<>\s]+)>\s*\Z")
_DEFAULT_AUTHOR = ("Flux", "flux@localhost")
_DEFAULT_PLATFORM = "linux/amd64"


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed; see `buildtool init --help`."""

    yes: bool
    registry: str | None
    insecure: bool
    platforms: tuple[str, ...]
    branch: str | None
    only: tuple[str, ...]
    name: str | None
    author: str | None
    action_commit: str | None
    cluster: str | None
    flux: bool
    workflow: bool
    hooks: bool
    dry_run: bool
    as_json: bool


def run(wiring: Wiring, given: Given) -> Exit:
    """The whole command; raises what its steps raise."""
    _check_options(given)
    root = wiring.repo.root
    files = wiring.files
    asking = init_questions.can_ask() and not given.yes
    if not given.yes and not asking:
        raise BuildtoolError(INIT_ANSWER_MISSING, "whether to write the files is not answered", fix=_typed(given))
    existing, config = _existing(wiring)
    below = _submodules(wiring)
    found = look(files, below=below, only=given.only, remote=wiring.remote)
    if not found.recipes and existing is None:
        raise BuildtoolError(INIT_NOTHING_TO_BUILD, f"no Dockerfile in {root}")
    answers = _answers(wiring, given, found, config, asking=asking)
    before = _checked(files, {}, below)
    proposal = propose(found, answers, existing, lambda texts: _beyond(_checked(files, texts, below), before).findings)
    ignored = _ignored(wiring, proposal)
    report = init_report.InitReport(wiring.output, root, ignored, as_json=given.as_json)
    report.proposed(proposal)
    if not proposal.changes or given.dry_run:
        report.end(proposal, before, before, written=False)
        return Exit.OK
    if asking and not init_questions.agrees(
        wiring.output, f"Write {counted(len(proposal.changes), 'file')}?", usual=True
    ):
        wiring.output.say("nothing was written")
        return Exit.OK
    write_all(root, proposal.changes)
    from buildtool.adapters.manifests import RepositoryFiles  # noqa: PLC0415

    after = _checked(RepositoryFiles(root), proposal.texts, below)
    new = _beyond(after, before)
    report.end(proposal, after, new, written=True)
    return Exit.NO if new.failed() else Exit.OK


def _check_options(given: Given) -> None:
    wrong = registry_problem(given.registry) if given.registry is not None else None
    if wrong:
        raise click.UsageError(f"--registry: {wrong}")
    for one in given.platforms:
        problem = platform_problem(one)
        if problem:
            raise click.UsageError(f"--platform: {problem}")
    if given.author is not None and not _AUTHOR.match(given.author):
        raise click.UsageError("--author: write 'NAME <ADDRESS>'")
    if given.action_commit is not None and not re.fullmatch(r"[0-9a-f]{40}", given.action_commit):
        raise click.UsageError("--action-commit: write the 40 digits of a commit")
    if given.branch is not None and (problem := _branch_problem(given.branch)):
        raise click.UsageError(f"--branch: {problem}")


def _branch_problem(text: str) -> str | None:
    """Why the text is no name that git takes for a branch; None where it is one."""
    ordinary = re.fullmatch(r"[^\s\x00-\x1f\x7f~^:?*\[\\]+", text) is not None
    odd = text.startswith(("-", "/")) or text.endswith(("/", ".", ".lock")) or ".." in text or "//" in text
    return None if ordinary and not odd and "@{" not in text else "not the name of a branch"


def _typed(given: Given) -> str:
    registry = given.registry or "HOST[/PROJECT]"
    return f"buildtool init --yes --registry {registry}{' --insecure' if given.insecure else ''}"


# --- what is there


def _existing(wiring: Wiring) -> tuple[Existing | None, Config | None]:
    """The buildtool.toml in the root; raises usage for one elsewhere, and config-invalid."""
    path = wiring.config_path
    if path is None:
        return None, None
    root = wiring.repo.root.resolve()
    if path.resolve().parent != root or path.name != CONFIG:
        message = f"{path} is not {CONFIG} in the root of the repository, where init writes it"
        raise BuildtoolError(USAGE, message, fix=f"buildtool -C {root} init")
    from buildtool.config import load  # noqa: PLC0415

    config = load(path, {})
    images = []
    for image in config.images.values():
        repository = config.repository(image.name)
        recipe = Recipe(image.dockerfile, image.context, image.name, CONFIG, target=image.target or "")
        platforms = tuple(str(one) for one in image.platforms)
        images.append(Image(image.name, recipe, repository.path, platforms, image.policy or ""))
    text = path.read_bytes().decode("utf-8")
    return Existing(text, tuple(images)), config


def _submodules(wiring: Wiring) -> list[str]:
    """The files of the submodules that are checked out, from the root."""
    from buildtool.adapters.manifests import RepositoryFiles  # noqa: PLC0415

    root = wiring.repo.root
    found: list[str] = []
    for path in wiring.files.paths():
        folder = root / path
        if os.path.isdir(folder) and not os.path.islink(folder) and os.path.exists(folder / ".git"):
            found += [f"{path}/{name}" for name in RepositoryFiles(folder).paths()]
    return found


def _ignored(wiring: Wiring, proposal: Proposal) -> frozenset[str]:
    """The new files that git ignores; raises init-unwritable where one is on the disk already, as after a first run."""
    ignored = wiring.repo.ignored([change.path for change in proposal.changes if change.old is None])
    there = [path for path in sorted(ignored) if os.path.lexists(wiring.repo.root / path)]
    if there:
        message = f"{one_line(there[0])} is there already, and git ignores it: what it holds is not looked at"
        fix = f"let git have it: cd {shlex.quote(str(wiring.repo.root))} && git add --force -- {shlex.join(there)}"
        raise BuildtoolError(INIT_UNWRITABLE, message, fix=fix)
    return ignored


# --- the answers


def _answers(wiring: Wiring, given: Given, found: Survey, config: Config | None, *, asking: bool) -> Answers:
    name = as_name(given.name or wiring.remote.rpartition("/")[2] or wiring.repo.root.name) or "app"
    registry = _registry(wiring, given, found, config, name, asking=asking)
    insecure = _insecure(wiring, given, found, config, registry, asking=asking)
    platforms = given.platforms
    if not platforms and asking and config is None and not any(use.architectures for use in found.uses):
        question = "Platforms, separated by commas?"
        answer = init_questions.ask(wiring.output, question, _DEFAULT_PLATFORM, init_questions.platforms_problem)
        platforms = tuple(one.strip() for one in answer.split(",")) if answer != _DEFAULT_PLATFORM else ()
    author = _AUTHOR.match(given.author) if given.author is not None else None
    return Answers(
        registry=registry,
        insecure=insecure,
        branch=_branch(wiring, given, config, asking=asking),
        name=name,
        author=(author["name"], author["address"]) if author is not None else _DEFAULT_AUTHOR,
        platforms=platforms,
        commit=given.action_commit or own_commit(),
        flux=given.flux,
        workflow=given.workflow,
        hooks=given.hooks,
        cluster=_cluster(given, found),
    )


def _cluster(given: Given, found: Survey) -> str:
    known = clusters(found)
    if given.cluster is None or given.cluster in known:
        return given.cluster or ""
    listed = f"those of this repository begin at {', '.join(known)}" if known else "no file says where one begins"
    raise BuildtoolError(USAGE, f"--cluster: no cluster begins at {one_line(given.cluster)}; {listed}")


def _registry(wiring: Wiring, given: Given, found: Survey, config: Config | None, name: str, *, asking: bool) -> str:
    if config is not None:
        if given.registry is not None and given.registry != config.registry:
            message = f"buildtool.toml says registry = {config.registry}, and --registry {given.registry}"
            raise BuildtoolError(USAGE, message, fix="change buildtool.toml, or leave --registry out")
        return config.registry
    if given.registry is not None:
        return given.registry
    usual = registry_of(found.uses, found.recipes, name)
    usual = usual if usual and not registry_problem(usual) else ""
    if asking:
        return init_questions.ask(wiring.output, "Registry, as host[:port][/project]?", usual, registry_problem)
    if not usual:
        raise BuildtoolError(INIT_ANSWER_MISSING, "no file of the repository says which registry", fix=_typed(given))
    return usual


def _insecure(
    wiring: Wiring, given: Given, found: Survey, config: Config | None, registry: str, *, asking: bool
) -> bool:
    if config is not None:
        return config.insecure
    host = registry.partition("/")[0]
    known = any(one.insecure for one in found.manifests.watched if canonical(one.image).startswith(f"{host}/"))
    if given.insecure or known:
        return True
    return (
        asking
        and is_private(host)
        and init_questions.agrees(wiring.output, f"Does {host} speak plain HTTP?", usual=False)
    )


def _branch(wiring: Wiring, given: Given, config: Config | None, *, asking: bool) -> str:
    current = wiring.repo.branch
    if config is not None and given.branch is None:
        listed = config.tag.branches
        return next((one for one in (wiring.repo.default_branch, current) if one in listed and one), listed[0])
    branch = given.branch or wiring.repo.default_branch or current
    if asking and given.branch is None:
        return init_questions.ask(wiring.output, "Deploy branch?", branch or "main", _branch_problem)
    if branch is None:
        raise BuildtoolError(GIT_NO_BRANCH, "HEAD is detached, and origin names no branch")
    return branch


# --- the judgement of check


def _checked(files: RepositoryFiles, texts: Mapping[str, str], below: Sequence[str]) -> Checked:
    """What `check` finds of the tree with these texts; `below` are the files of submodules."""
    overlay = Overlay(files, texts)
    settings: Settings | None = None
    known: list[Finding] = []
    if CONFIG in overlay.paths():
        settings, known = settings_of_text(overlay.read(CONFIG), CONFIG, [*overlay.paths(), *below])
    return check(overlay, settings, known=known)


def _beyond(after: Checked, before: Checked) -> Checked:
    """The findings of `after` that were not there `before`."""
    return without_old(Remaining(after), lambda: before, dict).checked
