from __future__ import annotations

from buildtool.config.environment import keys, overlay, variable


def test_names_follow_from_the_table() -> None:
    assert variable(("images", "my-app", "cache_from")) == "BUILDTOOL_IMAGES_MY_APP_CACHE_FROM"
    every = keys(["web"])
    assert {("registry",), ("tag", "sha_length"), ("images", "web", "platforms")} <= set(every)
    assert len({variable(path) for path in every}) == len(every), "no two keys share a variable"


def test_what_is_set_is_read_and_what_is_empty_is_not() -> None:
    environ = {
        "BUILDTOOL_IMAGES_MY_APP_PLATFORMS": "linux/arm64,linux/amd64",
        "BUILDTOOL_TAG_SHA_LENGTH": "",
        "BUILDTOOL_REGISTRY_USERNAME": "robot$ci",
        "BUILDTOOL_REGISTRY_PASSWORD": "hunter2",
        "BUILDTOOL_REGISTRY_PASSWORD_FILE": "/run/secret",
        "BUILDTOOL_CONFIG": "x.toml",
        "_BUILDTOOL_COMPLETE": "bash_source",
        "OTHER": "x",
    }
    values, mistakes = overlay(environ, keys(["my-app"]))
    assert values == {("images", "my-app", "platforms"): ["linux/arm64", "linux/amd64"]}
    assert mistakes == []


def test_a_name_no_key_has_is_a_mistake_without_its_value() -> None:
    environ = {
        "BUILDTOOL_REGISTRY_PASWORD": "hunter2",
        "BUILDTOOL_IMAGES_BACKEND_PLATFORMS": "linux/amd64",
        "BUILDTOOL_ZZZZZZZZZ": "1",
    }
    _, mistakes = overlay(environ, keys(["frontend"]))
    assert list(map(str, mistakes)) == [
        (
            "environment BUILDTOOL_IMAGES_BACKEND_PLATFORMS: no setting has this name; "
            "did you mean BUILDTOOL_IMAGES_FRONTEND_PLATFORMS?"
        ),
        ("environment BUILDTOOL_REGISTRY_PASWORD: no setting has this name; did you mean BUILDTOOL_REGISTRY_PASSWORD?"),
        "environment BUILDTOOL_ZZZZZZZZZ: no setting has this name",
    ]


def test_two_images_that_share_a_name_are_told_apart_in_the_file_only() -> None:
    every = keys(["my-app", "my_app"])
    values, mistakes = overlay({"BUILDTOOL_IMAGES_MY_APP_TARGET": "x"}, every)
    assert values == {}
    assert "two images share this name" in str(mistakes[0])
