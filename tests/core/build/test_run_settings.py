from __future__ import annotations

import pytest

from buildtool.core.build.run_settings import RunSettings, ssh_paths

FULL = RunSettings(("git=/a", "default"), "none", {"db": "10.0.0.2"}, "1g", ("nofile=1", "core=0"), ("fetch",))


def test_only_what_is_set_is_written() -> None:
    assert RunSettings().document() == RunSettings().inputs() == RunSettings().needs() == {}
    assert FULL.document() == {
        "ssh": ["git=/a", "default"],
        "network": "none",
        "extra-hosts": {"db": "10.0.0.2"},
        "shm-size": "1g",
        "ulimits": ["nofile=1", "core=0"],
        "no-cache-filter": ["fetch"],
    }


def test_what_can_change_the_result_counts_as_an_input() -> None:
    assert FULL.inputs() == {
        "ssh": ["default", "git"],
        "network": "none",
        "extra_hosts": {"db": "10.0.0.2"},
        "shm_size": "1g",
        "ulimits": ["core=0", "nofile=1"],
    }
    assert RunSettings(network="default").inputs() == {}, "the same network as without the key"


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        (RunSettings(network="default"), set()),
        (RunSettings(network="host"), {"network"}),
        (RunSettings(extra_hosts={"db": "::1"}), {"extra_hosts"}),
    ],
)
def test_what_old_versions_of_buildx_ignore(settings: RunSettings, keys: set[str]) -> None:
    assert set(settings.needs()) == keys


@pytest.mark.parametrize(
    ("declared", "paths"), [("default", []), ("default=/run/a", ["/run/a"]), ("git=a, b", ["a", "b"])]
)
def test_the_paths_of_ssh(declared: str, paths: list[str]) -> None:
    assert ssh_paths(declared) == paths
