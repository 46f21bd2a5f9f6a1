from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.image.hub import HUB, HUB_NAMES, stored_path


@pytest.mark.parametrize("host", [*sorted(HUB_NAMES), "Docker.io"])
def test_what_has_no_namespace_is_an_official_image(host: str) -> None:
    assert stored_path(host, "nginx") == "library/nginx"
    assert stored_path(host, "library/nginx") == "library/nginx"
    assert stored_path(host, "team/app") == "team/app"


@given(st.text(max_size=20), st.sampled_from(["app", "team/app"]))
def test_on_docker_hub_alone(host: str, path: str) -> None:
    assert stored_path(host, path) == path or host.lower() in HUB_NAMES
    assert stored_path(f"{HUB}:5000", path) == path
