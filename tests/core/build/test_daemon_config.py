from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.daemon_config import DaemonRegistry, daemon_config, registries_in

HOSTS = st.from_regex(r"[a-z0-9.-]{1,20}(:[0-9]{1,5})?|\[[0-9a-f:]{2,10}\]:5000", fullmatch=True)
REGISTRIES = st.builds(DaemonRegistry, st.booleans(), st.booleans(), st.lists(HOSTS, max_size=2).map(tuple))


def test_a_registry_of_http() -> None:
    text = daemon_config({"192.168.0.40:5000": DaemonRegistry(http=True)})
    assert text == '[registry."192.168.0.40:5000"]\n  http = true\n'


def test_mirrors_and_certificates_of_any_kind() -> None:
    text = daemon_config({"docker.io": DaemonRegistry(insecure=True, mirrors=("192.168.0.40:5000/hub",))})
    table = tomllib.loads(text)["registry"]["docker.io"]
    assert table == {"insecure": True, "mirrors": ["192.168.0.40:5000/hub"]}


def test_nothing_to_say() -> None:
    assert daemon_config({}) == daemon_config({"docker.io": DaemonRegistry()}) == ""


@given(st.dictionaries(HOSTS, REGISTRIES, max_size=4))
def test_what_is_written_is_read(registries: dict[str, DaemonRegistry]) -> None:
    said = {host: one for host, one in registries.items() if one != DaemonRegistry()}
    assert registries_in(daemon_config(registries)) == said


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            '[registry."a:1"]\nhttp = true\n[registry."b"]\ninsecure = true\n',
            {"a:1": (True, False), "b": (False, True)},
        ),
        ('[registry."a"]\nhttp = "yes"\nmirrors = 3\n', {"a": (False, False)}),
        ("debug = true", {}),
        ("registry = 1", {}),
        ("[registry]\na = 1", {"a": (False, False)}),
        ("not toml", {}),
        ("[" * 9999, {}),
    ],
)
def test_registries_of_any_buildkitd_toml(config: str, expected: dict[str, tuple[bool, bool]]) -> None:
    assert {host: (one.http, one.insecure) for host, one in registries_in(config).items()} == expected
