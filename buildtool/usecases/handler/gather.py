"""The images that an alert may be about, with what git, the registry and the cluster say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.setters import committed_tags
from buildtool.core.handler.suspects import SetLine, Suspect
from buildtool.core.status import kubernetes
from buildtool.core.status.station import Unseen
from buildtool.errors import BuildtoolError
from buildtool.usecases.handler.commits import edited_since, human_reason
from buildtool.usecases.setter_history import SetterHistory, tags_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import ImageConfig
    from buildtool.core.status.kubernetes import Kustomization
    from buildtool.usecases.handler.view import View
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing
    from buildtool.usecases.setter_history import Value


class Found(NamedTuple):
    """A suspect, and what its rollback needs; `target` is None where it cannot be deployed again."""

    suspect: Suspect
    standing: Standing
    target: RollbackCandidate | None


def cluster_word(view: View, subject: str) -> Kustomization | None:
    """The Kustomization `namespace:name` as the cluster has it; None where nobody can be asked, or there is none."""
    if isinstance(view.cluster, Unseen):
        return None
    namespace, _, name = subject.partition(":")
    try:
        raw = view.cluster.get("Kustomization", namespace, name)
    except BuildtoolError:
        return None  # the alert is signed, and says enough
    return kubernetes.kustomization({"kind": "Kustomization", **raw}) if raw is not None else None


class Gatherer:
    """`files` are what the failing Kustomization applies; `healthy` the commit at which it was healthy, "" for none."""

    def __init__(self, view: View, files: frozenset[str], healthy: str) -> None:
        self._view = view
        self._files = files
        self._texts: Mapping[str, str] = {path: view.texts[path] for path in sorted(files) if path in view.texts}
        self._history = SetterHistory(view.history, self._texts, view.head)
        self._healthy = healthy

    def images(self) -> list[ImageConfig]:
        """The configured images that have a setter in those files."""
        images = self._view.config.images.values()
        return [image for image in images if image.policy and committed_tags(self._texts, image.policy)]

    def of(self, image: ImageConfig) -> Found:
        """Raises rollback-target where Flux selects nothing of it, and what git and the registry raise."""
        policy = str(image.policy)
        lines = [self._line(policy, value) for value in self._history.values(policy)]
        known = {line.tag for line in lines}
        lines += [SetLine("", "", tag, "", "") for tag in committed_tags(self._texts, policy) if tag not in known]
        [standing] = self._view.standings.of([image])
        replaced = lines[0].replaced
        target = self._view.standings.candidate(standing, replaced) if parse_tag(replaced) else None
        suspect = Suspect(
            image=image.name,
            lines=lines,
            tags=list(standing.every),
            selected=standing.current.tag,
            republished=standing.is_rollback or standing.first_tag != standing.current.tag,
            target_fault=_fault(standing, replaced, target),
        )
        return Found(suspect, standing, target)

    def _line(self, policy: str, value: Value) -> SetLine:
        history = self._view.history
        change = history.change(value.commit)
        if change is None:
            return SetLine(value.path, value.setter, value.tag, value.commit, "", f"commit {value.commit} is not known")
        human = human_reason(history, self._view.manifests, policy, change)
        replaced = self._history.replaced(value, change.parents[0]) if change.parents else ""
        healthy = self._when_healthy(value)
        edited = ""
        if not healthy:
            edited = edited_since(history, self._view.manifests, self._files, change.sha, self._view.head)
        return SetLine(value.path, value.setter, value.tag, change.sha, replaced, human, healthy, edited)

    def _when_healthy(self, value: Value) -> str:
        if not self._healthy:
            return ""
        text = self._view.history.text(self._healthy, value.path) or ""
        policy = ":".join(value.setter.split(":")[:2])
        return tags_at(text, value.path, policy).get(value.setter, "")


def _fault(standing: Standing, replaced: str, target: RollbackCandidate | None) -> str:
    if target is None:
        return f"{standing.repository.at(replaced or '?')}, which was replaced, is not there any more"
    return f"{standing.repository.at(replaced)}: {target.why_not}" if target.why_not else ""


def rollback_tags(view: View) -> Mapping[str, Sequence[str]]:
    """All tags of every configured image, by image name."""
    return view.live.read(list(view.config.images.values()))
