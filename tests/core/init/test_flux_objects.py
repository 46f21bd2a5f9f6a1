"""The image objects: what Flux's definition allows, and a policy that takes this tool's tags and no others."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.naming import sample_tag
from buildtool.core.flux.manifests import find_policies
from buildtool.core.init.flux_objects import WantedAutomation, WantedPolicy, objects, tag_pattern, yaml_text

POLICIES = [WantedPolicy("ns", "web", "web", "r.example/web"), WantedPolicy("ns", "api", "old", "")]
AUTOMATION = WantedAutomation("ns", "shop", "flux-system", "release/1.x", ("Flux: Bot", "flux@example.com"))


def test_the_objects_are_what_they_say() -> None:
    text = objects(POLICIES, AUTOMATION, ["release/1.x"], insecure=True)
    found = find_policies([("a.yaml", text)])
    assert found.refused == {}
    assert found.unreadable == {}
    assert {key: one.insecure for key, one in found.repositories.items()} == {"ns:web": True}
    assert dict(found.policy_repository) == {"ns:web": "ns:web", "ns:api": "ns:old"}
    [automation] = found.automations
    assert (automation.checkout_branch, automation.push_branch, automation.path) == ("release/1.x", "release/1.x", "")
    assert yaml.safe_load(text.split("---\n")[-1])["spec"]["git"]["commit"]["author"]["name"] == "Flux: Bot"


@pytest.mark.parametrize("image", ["[::1]:5000/shop/web", "192.168.0.40:5000/web", "docker.io/team/web"])
def test_the_image_is_text_whatever_its_registry_is_called(image: str) -> None:
    """A bracket begins a list in YAML."""
    text = objects([WantedPolicy("ns", "web", "web", image)], None, ["main"], insecure=True)
    assert find_policies([("a.yaml", text)]).repositories["ns:web"].image == image
    assert (f"image: {image}\n" in text) is not image.startswith("[")


def test_without_an_automation_and_over_https() -> None:
    text = objects(POLICIES, None, ["main"], insecure=False)
    assert "ImageUpdateAutomation" not in text
    assert "insecure" not in text


@pytest.mark.parametrize("branches", [["main"], ["main", "master"], ["release/1.x"], ["a+b"]])
def test_the_pattern_takes_the_tags_of_these_branches_only(branches: list[str]) -> None:
    pattern = re.compile(tag_pattern(branches))
    assert all(pattern.search(sample_tag(branch)) for branch in branches)
    for other in ("other-main-0123456-1700000000", "unproven", f"{sample_tag(branches[0])}-dirty", "latest"):
        assert pattern.search(other) is None


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1))
def test_every_text_is_read_back(text: str) -> None:
    assert yaml.safe_load(f"a: {yaml_text(text)}")["a"] == text
