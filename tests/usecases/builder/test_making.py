from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.errors import BUILDER_MISFIT, BUILDER_UNUSABLE, BuildtoolError
from tests.usecases.builder.conftest import OWNER

if TYPE_CHECKING:
    from tests.usecases.builder.conftest import Farm


def test_what_is_missing_is_made_once(farm: Farm) -> None:
    name = farm.make()
    assert farm.builders.log == [f"create {name}-0", f"create {name}-1"]
    assert farm.said == [
        f"builder {name}: making node {name}-0 at vm",
        f"builder {name}: making node {name}-1 at ssh://pi@pi.lan",
    ]
    assert farm.make() == name
    assert len(farm.builders.log) == 2
    assert farm.use.owners(name) == {OWNER}


def test_it_is_held_before_it_is_looked_at(farm: Farm) -> None:
    """Another run that removes it in between would take it away from this one."""
    name = farm.make()
    assert farm.use.held == [name, f"making {name}"]


def test_a_node_that_a_killed_run_left_out_is_added(farm: Farm) -> None:
    name = farm.make()
    stored = farm.builders.records[name]
    farm.builders.records[name] = replace(stored, nodes={f"{name}-0": stored.nodes[f"{name}-0"]})
    farm.builders.log.clear()
    farm.make()
    assert farm.builders.log == [f"create {name}-1"]


def test_one_that_somebody_changed_is_not_used(farm: Farm) -> None:
    name = farm.make()
    farm.builders.records[name] = replace(farm.builders.records[name], driver="remote")
    with pytest.raises(BuildtoolError) as caught:
        farm.make()
    assert caught.value.kind.code == BUILDER_MISFIT.code
    assert f"docker buildx rm {name}" in caught.value.fix


def test_what_buildx_refuses_ends_the_run(farm: Farm) -> None:
    farm.builders.refuses = BuildtoolError(BUILDER_UNUSABLE, "no route to host")
    with pytest.raises(BuildtoolError, match="no route to host"):
        farm.make()
    assert farm.builders.names() == []


def test_another_repository_with_the_same_settings_is_remembered_too(farm: Farm) -> None:
    name = farm.make()
    farm.use.owned[name] = frozenset({"/srv/other"})
    farm.make()
    assert farm.use.owners(name) == {"/srv/other", OWNER}
