"""`[registries."HOST"]`, and the registries of single images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import Config, ConfigError, ImageConfig, RegistrySettings, load
from buildtool.core.image.names import Platform

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
registry = "127.0.0.1:5000/site"
insecure = true
{top}
[images.web]
platforms = ["linux/amd64"]
{web}
[images.api]
platforms = ["linux/amd64"]
{api}
{end}
"""
PLATFORMS = (Platform("linux", "amd64"),)


def loaded(tmp_path: Path, environ: dict[str, str] | None = None, **parts: str) -> Config:
    (tmp_path / "Dockerfile").touch()
    file = tmp_path / "buildtool.toml"
    file.write_text(FILE.format_map({"top": "", "web": "", "api": "", "end": "", **parts}))
    return load(file, environ or {})


def mistakes(tmp_path: Path, **parts: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        loaded(tmp_path, None, **parts)
    return [str(one) for one in raised.value.mistakes]


def test_an_image_with_a_registry_of_its_own(tmp_path: Path) -> None:
    config = loaded(tmp_path, api='registry = "ghcr.io/team"')
    assert str(config.repository("web")) == "127.0.0.1:5000/site/web"
    assert str(config.repository("api")) == "ghcr.io/team/api"
    assert config.hosts == ("127.0.0.1:5000", "ghcr.io")


def test_the_variables_of_the_default_registry_and_of_one_image(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        {"BUILDTOOL_REGISTRY": "a.example/x", "BUILDTOOL_IMAGES_API_REGISTRY": "b.example/y"},
        api='registry = "ghcr.io/team"',
    )
    assert str(config.repository("web")) == "a.example/x/web"
    assert str(config.repository("api")) == "b.example/y/api"
    assert config.origins["images.api.registry"] == "environment BUILDTOOL_IMAGES_API_REGISTRY"


def test_a_host_that_no_image_goes_to_is_not_asked(tmp_path: Path) -> None:
    config = loaded(tmp_path, web='registry = "ghcr.io/a"', api='registry = "ghcr.io/a"')
    assert config.hosts == ("ghcr.io",)


@pytest.mark.parametrize(
    ("host", "end", "insecure"),
    [
        ("127.0.0.1:5000", "", True),
        ("127.0.0.1:5001", "", True),  # another port of the host that `insecure` is about
        ("ghcr.io", "", False),
        ("localhost:5000", "", False),
        ("ghcr.io", '[registries."ghcr.io"]\ninsecure = true', True),
        ("127.0.0.1:5001", '[registries."127.0.0.1:5001"]\ninsecure = false', False),
        ("127.0.0.1:5000", '[registries."127.0.0.1:5000"]\ninsecure = false', False),
        ("127.0.0.1:5001", '[registries."127.0.0.1:5001"]\ntoken_hosts = ["a.example"]', True),
    ],
)
def test_which_registries_speak_http(tmp_path: Path, host: str, end: str, *, insecure: bool) -> None:
    assert loaded(tmp_path, end=end).is_insecure(host) is insecure


@given(st.sampled_from(["ghcr.io", "127.0.0.2:5000", "127.0.0.1.example", "[::1]:5000", "localhost", "10.0.0.1:80"]))
def test_http_is_never_spoken_to_another_host_because_the_default_one_does(host: str) -> None:
    """A password would go over the net in the clear."""
    config = Config("127.0.0.1:5000", {}, root=None, insecure=True)  # type: ignore[arg-type]
    assert config.is_insecure("127.0.0.1:5000")
    assert not config.is_insecure(host)


def test_token_services_of_one_registry_are_not_those_of_another(tmp_path: Path) -> None:
    tables = '[push]\ntoken_hosts = ["auth.a"]\n[registries."ghcr.io"]\ntoken_hosts = ["auth.b"]'
    config = loaded(tmp_path, end=tables)
    assert config.token_hosts("127.0.0.1:5000") == ("auth.a",)
    assert config.token_hosts("ghcr.io") == ("auth.b",)
    assert config.token_hosts("quay.io") == ()


def test_the_variables_of_a_login(tmp_path: Path) -> None:
    config = loaded(tmp_path, end='[registries."ghcr.io"]\nusername_env = "GH_USER"\npassword_env = "GH_TOKEN"')
    assert config.registries == {"ghcr.io": RegistrySettings(None, (), "GH_USER", "GH_TOKEN")}


def test_from_a_variable(tmp_path: Path) -> None:
    config = loaded(tmp_path, {"BUILDTOOL_REGISTRIES": '{"ghcr.io": {"insecure": true}}'})
    assert config.is_insecure("ghcr.io")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"end": '[registries."ghcr.io"]\ninsecur = true'}, "unknown key; did you mean insecure?"),
        ({"end": '[registries."ghcr.io"]\ninsecure = "yes"'}, "expected true or false, found text"),
        ({"end": '[registries."https://ghcr.io"]\ninsecure = true'}, "is not a host or host:port"),
        ({"end": '[registries."ghcr.io/team"]\ninsecure = true'}, "is not a host or host:port"),
        ({"end": '[registries."ghcr.io:99999"]\ninsecure = true'}, "port 99999 is not between"),
        ({"top": 'registries = "ghcr.io"'}, "expected a table of registries"),
        ({"top": 'registries = { "ghcr.io" = true }'}, "expected a table"),
        ({"end": '[registries."ghcr.io"]\nusername_env = "A"'}, "go together"),
        ({"end": '[registries."g.io"]\nusername_env = "A B"\npassword_env = "P"'}, "is not the name of a variable"),
        ({"end": '[registries."g.io"]\nusername_env = "A"\npassword_env = "BUILDTOOL_P"'}, "take another name"),
        ({"api": 'registry = "http://a.example"'}, 'drop "http://"'),
        ({"api": 'registry = "user:pw@a.example"'}, "credentials go to docker login"),
        ({"api": 'registry = "team"'}, "as a name on Docker Hub"),
        ({"api": "registry = 7"}, "expected a registry in quotes"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, parts: dict[str, str], words: str) -> None:
    (found,) = mistakes(tmp_path, **parts)
    assert words in found
    assert found.startswith(f"{tmp_path}/buildtool.toml:")
    assert "pw" not in found


def test_two_images_under_one_path_of_two_registries(tmp_path: Path) -> None:
    config = loaded(tmp_path, web='repository = "shop"', api='repository = "shop"\nregistry = "ghcr.io/team"')
    assert len({str(config.repository(name)) for name in config.images}) == 2


@pytest.mark.parametrize("registry", ["127.0.0.1:5000/site", "index.docker.io/site"])
def test_two_images_in_one_repository(tmp_path: Path, registry: str) -> None:
    """Docker Hub has several names."""
    first = 'registry = "docker.io/site"\n' if "docker.io" in registry else ""
    (found,) = mistakes(
        tmp_path, web=f'{first}repository = "shop"', api=f'repository = "shop"\nregistry = "{registry}"'
    )
    assert '"shop" is the repository of images.web too' in found


def test_one_character_is_a_path_only_below_a_project(tmp_path: Path) -> None:
    assert loaded(tmp_path, web='repository = "w"').repository("web").path == "site/w"
    (found,) = mistakes(tmp_path, web='repository = "w"\nregistry = "ghcr.io"')
    assert "a path of one character" in found


def test_settings_made_in_code() -> None:
    image = ImageConfig("web", PLATFORMS, registry="[::1]:5000")
    config = Config("[::1]:5001", {"web": image}, root=None, insecure=True)  # type: ignore[arg-type]
    assert (config.repository("web").host, config.is_insecure("[::1]:5000")) == ("[::1]:5000", True)


# --- mirrors


def test_the_mirrors_of_each_image(tmp_path: Path) -> None:
    config = loaded(tmp_path, top='mirrors = ["b.example/x", "c.example:5000"]', api='mirrors = ["d.example/y"]')
    assert config.places("web") == ("127.0.0.1:5000/site/web", "b.example/x/web", "c.example:5000/web")
    assert config.places("api") == ("127.0.0.1:5000/site/api", "d.example/y/api")
    assert config.mirror_hosts == ("b.example", "c.example:5000", "d.example")


def test_an_image_without_the_mirrors_of_the_others(tmp_path: Path) -> None:
    config = loaded(tmp_path, top='mirrors = ["b.example"]', api="mirrors = []")
    assert config.mirrors_of("api") == ()
    assert config.mirror_registries("web") == ("b.example",)


def test_mirrors_from_variables(tmp_path: Path) -> None:
    environ = {"BUILDTOOL_MIRRORS": "b.example/x,c.example", "BUILDTOOL_IMAGES_API_MIRRORS": "[]"}
    config = loaded(tmp_path, environ)
    assert (config.mirror_registries("web"), config.mirrors_of("api")) == (("b.example/x", "c.example"), ())


def test_a_mirror_on_a_host_that_is_published_to_is_no_new_host(tmp_path: Path) -> None:
    config = loaded(tmp_path, top='mirrors = ["127.0.0.1:5000/copies"]')
    assert config.mirror_hosts == ()
    assert str(config.mirrors_of("web")[0]) == "127.0.0.1:5000/copies/web"


@pytest.mark.parametrize(
    ("parts", "line", "words"),
    [
        ({"top": 'mirrors = ["127.0.0.1:5000/site"]'}, 3, '"127.0.0.1:5000/site/web" is no mirror of images.web'),
        ({"api": 'mirrors = ["a.example", "127.0.0.1:5000/site"]'}, 9, "images.api is published there"),
        ({"top": 'mirrors = ["a.example/x"]', "api": 'registry = "a.example/x"'}, 3, "images.api is published there"),
        ({"top": 'mirrors = ["docker.io/x"]', "api": 'registry = "index.docker.io/x"'}, 3, "images.api"),
        (
            {"api": 'repository = "web"\nregistry = "q.example"\nmirrors = ["127.0.0.1:5000/site"]'},
            11,
            "images.web is published there",
        ),
        ({"web": 'mirrors = ["a.example", "a.example"]'}, 6, "is there twice"),
        ({"web": 'mirrors = ["docker.io/x", "index.docker.io/x"]'}, 6, "images.web is copied there"),
        ({"top": 'mirrors = ["http://a.example"]'}, 3, 'drop "http://"'),
        ({"top": 'mirrors = "a.example"'}, 3, "expected a list of registries"),
    ],
)
def test_a_mirror_that_is_none(tmp_path: Path, parts: dict[str, str], line: int, words: str) -> None:
    """Each at its line, whether it stands at the top or at an image."""
    found = mistakes(tmp_path, **parts)
    assert any(one.startswith(f"{tmp_path}/buildtool.toml:{line}: ") and words in one for one in found), found


def test_the_mistake_is_at_the_variable_that_made_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        loaded(tmp_path, {"BUILDTOOL_REGISTRY": "a.example/x"}, top='mirrors = ["b.example", "a.example/x"]')
    assert "is no mirror of images.web: images.web is published there" in str(raised.value.mistakes[0])
