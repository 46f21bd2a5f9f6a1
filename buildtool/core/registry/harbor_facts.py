"""Harbor's settings, projects and this account's rights as values, and how a push uses them.

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
    """One project. `there` and `public` are None where this account may not see them.

    `proxies`: it is a proxy cache of another registry. `rights` are this account's, as `resource:action`; None where
    they are not known. `expires` is when this robot account expires, in unix seconds, -1 for never or not known.
    `quota` and `used` are bytes, a quota of -1 is none. `unseen` names the settings that this account may not read.
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
        """True where this account is known to lack the right; False also where its rights are not known."""
        return self.rights is not None and right not in self.rights


@dataclass(frozen=True, slots=True)
class HarborFacts:
    """`base` is the address in buildtool.toml; `external_url` the address in Harbor's own settings, "" where not told.

    `login`: whether Harbor accepts our user and password. `login` and `read_only` are None where not known.
    """

    base: str
    external_url: str = ""
    read_only: bool | None = None
    username: str = ""
    login: bool | None = None
    projects: Mapping[str, Project] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """The tags of one image that matter: one that this checkout publishes, the candidate tag, and the deployed ones.

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
