"""What a Harbor tells about itself, its projects and this account, as values, and what a push wants of it.

Source: Harbor's API v2.0 (`/systeminfo`, `/projects`, `/users/current/permissions`, `/immutabletagrules`,
`/retentions`, `/robots`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor_rules import Artifact, TagRule

PUSH = "repository:push"
TAG_DELETE = "tag:delete"


@dataclass(frozen=True, slots=True)
class Project:
    """One project as far as this account may see it; `there` is None where it may not, `public` likewise.

    `proxies`: it only mirrors another registry. `rights` are this account's, as `resource:action`; None where they are
    not known. `expires` is when the robot we are stops working, in unix seconds, -1 for never or not known. `quota` and
    `used` are bytes, a quota of -1 is none. `unseen` names what could not be looked at.
    """

    there: bool | None
    public: bool | None = None
    proxies: bool = False
    rights: frozenset[str] | None = None
    prevents_vulnerable: bool = False
    scans_on_push: bool = False
    quota: int = -1
    used: int = 0
    immutable: tuple[TagRule, ...] = ()
    retention: tuple[TagRule, ...] = ()
    artifacts: Mapping[str, tuple[Artifact, ...]] = field(default_factory=dict)
    expires: int = -1
    unseen: tuple[str, ...] = ()

    def lacks(self, right: str) -> bool:
        """Whether this account is known not to have it."""
        return self.rights is not None and right not in self.rights


@dataclass(frozen=True, slots=True)
class HarborFacts:
    """`base` is how we reach it; `external_url` how it believes to be reached, "" where it does not say.

    `login` is whether it takes our user and password; like `read_only` None where that is not known.
    """

    base: str
    external_url: str = ""
    read_only: bool | None = None
    username: str = ""
    login: bool | None = None
    projects: Mapping[str, Project] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """What we want of one image: a tag as this checkout publishes, the candidate, and the tags that must stay.

    `candidate` is None where the builder pushes by digest. `deployed` is what Flux selects now, `committed` what the
    manifests of this checkout name: the two differ until Flux has written its commit. `watched` is the ImageRepository
    (`namespace/name`) through which Flux reads these tags without a login; None where there is none, or it has one.
    """

    repository: Repository
    final: str
    candidate: str | None
    deployed: str | None = None
    committed: tuple[str, ...] = ()
    watched: str | None = None
