"""The tag that this checkout would get now, with notes about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from buildtool.core.commit.branch import FLAG, HEAD
from buildtool.core.commit.checkout import Head, uncommitted
from buildtool.core.commit.naming import build_facts, tag_of
from buildtool.core.commit.release import version_tags
from buildtool.core.commit.tags import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import TagConfig
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.commit.tags import BuildFacts, Tag

SCHEMA = "buildtool.tag/v1"


class HeadFacts(Protocol):
    """The part of a checkout that a tag is made of."""

    @property
    def head(self) -> tuple[str, int]: ...
    @property
    def branch(self) -> str | None: ...
    @property
    def changes(self) -> Sequence[str]: ...
    @property
    def tags(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class TagResult:
    """`facts` as they were before anything was replaced or cut; `notes` for the user, those of the tag included."""

    tag: Tag
    facts: BuildFacts
    notes: tuple[str, ...]

    def document(self, references: Mapping[str, str]) -> Mapping[str, Any]:
        """The JSON of `tag --json`: `time` in unix seconds, `references` full references by image."""
        return {
            "schema": SCHEMA,
            "tag": self.tag.text,
            "branch": self.facts.branch or None,
            "branch_source": self.facts.branch_source,
            "branch_in_tag": self.tag.branch or None,
            "release": self.facts.release.tag if self.facts.release is not None else None,
            "request": self.facts.request or None,
            "sha": self.facts.sha,
            "time": self.facts.time,
            "dirty": self.facts.dirty,
            "notes": list(self.notes),
            "images": dict(references),
        }


def current_tag(  # the words of the user, one by one
    repo: HeadFacts, ci: CiFacts, settings: TagConfig, *, flag: str | None, now: int, release: bool = False
) -> TagResult:
    """Raises git-*, also where HEAD is not the commit of the CI event, branch-collision, and usage.

    `flag` is --branch, `release` --release. A dirty tree gives the tag that push --allow-dirty would use; of a release
    one that push refuses.
    """
    sha, _ = repo.head
    head = Head(sha, repo.branch, bool(repo.changes), repo.tags)
    facts = build_facts(head, ci, settings, flag=flag, time=now, release=release)
    tag = tag_of(facts, settings)
    notes = [*tag.notes, *_dirty(repo.changes, facts), *also_released(head, ci, facts, settings.release)]
    if facts.branch_source not in {FLAG, HEAD} and facts.branch and head.branch not in {None, facts.branch}:
        said = f'HEAD is on "{shown(str(head.branch))}", but {facts.branch_source} says "{shown(facts.branch)}"'
        notes.append(f"{said} of the same commit, and that counts")
    return TagResult(tag, facts, tuple(notes))


def also_released(head: Head, ci: CiFacts, facts: BuildFacts, template: str) -> list[str]:
    """The note for a person whose branch also carries a version: it is built as the branch."""
    good = version_tags(head.tags, template) if facts.release is None and not ci.running else []
    if not good:
        return []
    return [f'HEAD also carries {shown(good[0])}: this is a build of "{shown(facts.branch)}" (--release releases it)']


def _dirty(changes: Sequence[str], facts: BuildFacts) -> list[str]:
    refused = "push refuses this tree, and with --allow-dirty Flux never deploys its tag"
    if facts.release is not None:
        refused = "push refuses this tree: a release is a commit"
    return [f"{finding.message}; {refused}" for finding in uncommitted(changes)]
