"""What doctor says of taking a tag away, asked without taking one, against what happens when one is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry.inspection import RegistryInspection
from buildtool.core.registry.contents import RemovalWay
from tests.support.registries.images import image, upload

if TYPE_CHECKING:
    from buildtool.adapters.registry import RegistryClient
    from buildtool.core.image.names import Repository
    from tests.contracts.conftest import Subject


@pytest.fixture(autouse=True)
def only_over_http(subject: Subject) -> None:
    if subject.memory is not None:
        pytest.skip("doctor asks registries that it reaches over HTTP")


def way(subject: Subject) -> RemovalWay:
    if subject.name.startswith("harbor"):
        return RemovalWay.HARBOR
    if not subject.deletes:
        return RemovalWay.NONE
    return RemovalWay.BY_TAG if subject.deletes_by_tag else RemovalWay.BY_DIGEST


def test_the_way_is_known_before_anything_is_there(
    subject: Subject, client: RegistryClient, repository: Repository
) -> None:
    assert RegistryInspection(client, {}).removal_way(repository) is way(subject)


def test_asking_takes_nothing_away_and_tells_the_truth(
    subject: Subject, client: RegistryClient, repository: Repository
) -> None:
    one = upload(client, repository, image(), "unproven", "keep")
    assert RegistryInspection(client, {}).removal_way(repository) is way(subject)
    assert sorted(client.tags(repository)) == ["keep", "unproven"]
    assert client.manifest(repository, one.manifest.digest) == one.manifest
    assert client.remove_tag(repository, "unproven") is subject.removed
