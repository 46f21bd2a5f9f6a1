"""What the image automations of a repository may write: the input of `setters.blanked`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from buildtool.core.flux.setters.blanked import Reach

if TYPE_CHECKING:
    from buildtool.core.flux.automations import Automation
    from buildtool.core.flux.manifests import Manifests


def reaches(manifests: Manifests) -> list[Reach]:
    """One for each ImageUpdateAutomation.

    A repository without one may be written by an automation that stands elsewhere, and then all of it. Of a policy that
    stands elsewhere the labels are not known: it counts as one that the automation takes.
    """
    if not manifests.automations:
        return [Reach("", lambda _: True)]
    return [Reach(one.path, partial(_may_take, one, manifests)) for one in manifests.automations]


def _may_take(automation: Automation, manifests: Manifests, policy: str) -> bool:
    if policy.partition(":")[0] != automation.namespace:
        return False
    labels = manifests.labels.get(policy)
    return labels is None or automation.selects(labels)
