from __future__ import annotations

import pytest

from buildtool.core.image.names import Platform, Repository


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("linux/arm64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("Linux/AARCH64", "linux/arm64"),
        ("linux/x86_64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/v6", "linux/arm/v6"),
    ],
)
def test_one_platform_has_one_name(text: str, shown: str) -> None:
    assert str(Platform.parse(text)) == shown


@pytest.mark.parametrize("text", ["", "linux", "linux/", "/arm64", "linux/arm/v7/x", "linux//v7"])
def test_what_is_no_platform(text: str) -> None:
    with pytest.raises(ValueError, match="not a platform"):
        Platform.parse(text)


def test_references() -> None:
    repository = Repository("127.0.0.1:5000", "shop/web")
    assert str(repository) == "127.0.0.1:5000/shop/web"
    assert repository.at("v1") == "127.0.0.1:5000/shop/web:v1"
    assert repository.at("sha256:abc") == "127.0.0.1:5000/shop/web@sha256:abc"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("linux/arm64*, linux/amd64", "linux/amd64 linux/arm64"),
        ("", ""),
        ("linux, a/b/c/d, /x, x/, //", ""),
        ("linux/arm/v7,,linux/arm64/v8", "linux/arm/v7 linux/arm64"),
    ],
)
def test_platforms_as_docker_lists_them(text: str, wanted: str) -> None:
    assert " ".join(sorted(map(str, Platform.listed(text)))) == wanted


def test_a_repository_in_harbor() -> None:
    plain = Repository("h", "site/web/app")
    assert (plain.project, plain.in_harbor) == ("site", ("site", "web/app"))
    assert Repository("h", "app").in_harbor == ("app", "")
    behind = Repository("h", "harbor/site/app", prefix="harbor")
    assert (behind.project, behind.in_harbor) == ("site", ("site", "app"))
    assert behind == Repository("h", "harbor/site/app"), "where it is published is one place"
    assert str(behind) == "h/harbor/site/app"


def test_a_registry_with_an_ipv6_address() -> None:
    repository = Repository("[::1]:5000", "shop/web")
    assert repository.at("v1") == "[::1]:5000/shop/web:v1"
    assert repository.at("sha256:abc") == "[::1]:5000/shop/web@sha256:abc"
