from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.config import BuilderNode, ConfigError, TagConfig, load, load_tag
from buildtool.config.settings import Running
from buildtool.core.image.names import Platform, Repository
from buildtool.errors import CONFIG_INVALID

if TYPE_CHECKING:
    from tests.config.conftest import Project

FULL = """\
registry = "harbor.example.org/team"

[images.web]
dockerfile = "Dockerfile.frontend"
context = "."
platforms = ["linux/arm64", "linux/arm/v7"]
policy = "flux-system:web"
repository = "site/web"
target = "final"
args = { VERSION = "1", EMPTY = "" }
contexts = { "nginx:1" = "docker-image://mirror/nginx:1" }
secrets = ["id=npm,env=NPM_TOKEN", "id=key,src=key.pem"]
inputs = ["src/**"]
labels = { "org.example.team" = "web" }
cache = false
cache_from = ["type=gha"]
running = { url = "http://192.168.0.50:3001/api/health?full=1", revision = "build.commit" }

[tag]
sha_length = 12
branches = ["trunk"]

[builder]
name = "pi"
driver = "docker-container"
[[builder.nodes]]
endpoint = "ssh://pi@192.168.0.41"
platforms = ["linux/arm64"]

[cache]
enabled = true
tag = "layers"

[push]
attestations = true
candidate_tag = "candidate"
retries = 0
"""


def test_defaults_and_where_they_come_from(project: Project, good: str) -> None:
    config = project.load(good)
    assert config.root == project.folder
    assert config.insecure
    assert (config.tag.sha_length, config.tag.branches) == (7, ("main", "master"))
    assert (config.push.candidate_tag, config.push.attestations, config.cache.enabled) == ("unproven", False, False)
    frontend = config.images["frontend"]
    assert frontend.platforms == (Platform("linux", "arm64"),)
    assert (frontend.context, frontend.policy, frontend.cache) == (".", "flux-system:frontend", None)
    assert config.repository("frontend") == Repository("192.168.0.40:5000", "frontend")
    assert config.origins["images.frontend.platforms"] == f"{project.file}:6"
    assert config.origins["images.frontend.context"] == "default"


def test_every_key_arrives_in_the_model(project: Project) -> None:
    config = project.load(FULL)
    web = config.images["web"]
    assert config.host == "harbor.example.org"
    assert str(config.repository("web")) == "harbor.example.org/team/site/web"
    assert web.platforms == (Platform("linux", "arm64"), Platform("linux", "arm", "v7"))
    assert (web.target, web.args, web.inputs) == ("final", {"VERSION": "1", "EMPTY": ""}, ("src/**",))
    assert web.contexts == {"nginx:1": "docker-image://mirror/nginx:1"}
    assert web.secrets == ("id=npm,env=NPM_TOKEN", "id=key,src=key.pem")
    assert (web.labels, web.cache, web.cache_from) == ({"org.example.team": "web"}, False, ("type=gha",))
    assert web.running == Running("http://192.168.0.50:3001/api/health?full=1", "build.commit")
    assert config.tag == TagConfig(12, ("trunk",))
    assert config.builder.nodes == (BuilderNode("ssh://pi@192.168.0.41", (Platform("linux", "arm64"),)),)
    assert (config.builder.name, config.builder.driver) == ("pi", "docker-container")
    assert (config.cache.enabled, config.cache.tag) == (True, "layers")
    assert (config.push.attestations, config.push.candidate_tag, config.push.retries) == (True, "candidate", 0)


ARGS = """\
registry = "127.0.0.1:5000"
[images.web]
dockerfile = "Dockerfile.frontend"
platforms = ["linux/arm64"]
args = { VERSION = "{tag}", DEBUG = "0" }
labels = { team = "web" }
"""


def test_a_table_in_a_variable_adds_to_the_files(project: Project) -> None:
    environ = {"BUILDTOOL_IMAGES_WEB_ARGS": "DEBUG=1,EXTRA=a=b", "BUILDTOOL_IMAGES_WEB_LABELS": '{"stage": "test"}'}
    config = project.load(ARGS, environ)
    assert config.images["web"].args == {"VERSION": "{tag}", "DEBUG": "1", "EXTRA": "a=b"}
    assert config.images["web"].labels == {"team": "web", "stage": "test"}
    assert config.origins["images.web.args"] == "environment BUILDTOOL_IMAGES_WEB_ARGS"


def test_a_flag_replaces_a_table(project: Project) -> None:
    config = project.load(ARGS, {"BUILDTOOL_IMAGES_WEB_ARGS": "DEBUG=1"}, {"images.web.args": {"ONLY": "1"}})
    assert config.images["web"].args == {"ONLY": "1"}


def test_a_list_in_a_variable_replaces_the_files(project: Project) -> None:
    text = ARGS + 'secrets = ["id=a,env=A"]\n'
    assert project.load(text, {"BUILDTOOL_IMAGES_WEB_SECRETS": '["id=b,env=B"]'}).images["web"].secrets == (
        "id=b,env=B",
    )


def test_mistakes_in_both_halves_of_a_table_have_their_own_places(project: Project) -> None:
    text = ARGS.replace("DEBUG = ", '"not a name" = ')
    assert project.mistakes(text, {"BUILDTOOL_IMAGES_WEB_ARGS": "ALSO-NOT=1"}) == [
        'buildtool.toml:5: images.web.args."not a name": is not the name of a build argument: letters, digits and _',
        (
            "environment BUILDTOOL_IMAGES_WEB_ARGS: images.web.args.ALSO-NOT: is not the name of a build argument: "
            "letters, digits and _"
        ),
    ]


def test_file_then_environment_then_flags(project: Project, good: str) -> None:
    environ = {"BUILDTOOL_REGISTRY": "localhost:1", "BUILDTOOL_INSECURE": "no", "BUILDTOOL_TAG_SHA_LENGTH": "9"}
    config = project.load(good, environ, {"registry": "localhost:2"})
    assert (config.registry, config.insecure, config.tag.sha_length) == ("localhost:2", False, 9)
    assert config.origins["registry"] == "flag"
    assert config.origins["insecure"] == "environment BUILDTOOL_INSECURE"
    assert config.origins["push.retries"] == "default"


def test_a_mistake_names_the_variable_or_flag_that_made_it(project: Project, good: str) -> None:
    assert project.mistakes(good, {"BUILDTOOL_IMAGES_FRONTEND_PLATFORMS": "linux/arm64,arm64"}) == [
        (
            "environment BUILDTOOL_IMAGES_FRONTEND_PLATFORMS: images.frontend.platforms[1]: "
            '"arm64" is not os/architecture: write "linux/arm64"'
        )
    ]
    with pytest.raises(ConfigError, match=r"^flag: registry: drop"):
        project.load(good, {}, {"registry": "https://x.example"})


def test_all_mistakes_at_once_in_the_order_of_the_file(project: Project) -> None:
    text = """\
registry = "http://192.168.0.40:5000"
insecur = true

[images.fronted]
dockerfile = "Dockerfile.fronten"
platfroms = ["linux/arm64"]
policy = "flux-system/frontend"

[images.backend]
dockerfile = "Dockerfile.backend"
platforms = [
  "linux/amd64",
  "linux/arm46",
]
"""
    assert project.mistakes(text, {"BUILDTOOL_REGISTY": "x"}) == [
        'buildtool.toml:1: registry: drop "http://": write only host[:port], and set insecure = true',
        "buildtool.toml:2: insecur: unknown key; did you mean insecure?",
        (
            'buildtool.toml:5: images.fronted.dockerfile: there is no file "Dockerfile.fronten"; '
            "there is Dockerfile.frontend, Dockerfile.backend"
        ),
        "buildtool.toml:6: images.fronted.platfroms: unknown key; did you mean platforms?",
        'buildtool.toml:7: images.fronted.policy: write namespace:name, with a colon: "flux-system:frontend"',
        (
            'buildtool.toml:13: images.backend.platforms[1]: "linux/arm46": no architecture is called "arm46" '
            "(386, amd64, arm, arm64, loong64, mips64, mips64le, ppc64le, riscv64, s390x, wasm)"
        ),
        "environment BUILDTOOL_REGISTY: no setting has this name; did you mean BUILDTOOL_REGISTRY?",
    ]


def test_the_error_lists_them_for_people(project: Project) -> None:
    with pytest.raises(ConfigError) as one:
        project.load("images = 1")
    assert one.value.kind is CONFIG_INVALID
    assert one.value.message.startswith("2 mistakes in the configuration:\n  ")
    many = "\n".join(f"key{n} = 1" for n in range(5000))
    with pytest.raises(ConfigError) as crowd:
        project.load(many)
    assert "4900 more unknown keys" in "\n".join(map(str, crowd.value.mistakes))
    assert crowd.value.message.count("\n") == 51


def test_missing_things_stand_at_their_table(project: Project) -> None:
    assert project.mistakes('[images.web]\ndockerfile = "Dockerfile.backend"\n') == [
        "buildtool.toml:1: images.web.platforms: is missing: what to build for; never guessed.",
        (
            "buildtool.toml: registry: is missing: the registry, as `host[:port][/project]`, without `http://`. "
            "Harbor needs the project."
        ),
    ]
    assert project.mistakes('registry = "localhost:1"\n') == [
        "buildtool.toml: images: is missing: write at least one [images.NAME]"
    ]


def test_the_repositorys_own_file_is_the_documented_one() -> None:
    root = Path(__file__).parents[2]
    config = load(root / "buildtool.toml", {}, on_disk=False)
    assert (config.registry, config.insecure) == ("192.168.0.40:5000", True)
    assert {
        name: (image.dockerfile, image.context, [str(p) for p in image.platforms], image.policy)
        for name, image in config.images.items()
    } == {
        "frontend": ("Dockerfile.frontend", ".", ["linux/arm64"], "flux-system:frontend"),
        "backend": ("Dockerfile.backend", ".", ["linux/amd64"], "flux-system:backend"),
        "rollback-handler": ("Dockerfile.rollback-handler", ".", ["linux/arm64"], "flux-system:rollback-handler"),
    }


def test_the_tag_settings_need_no_file(tmp_path: Path) -> None:
    assert load_tag(None, {}) == TagConfig()
    assert load_tag(None, {"BUILDTOOL_TAG_SHA_LENGTH": "10", "BUILDTOOL_REGISTRY": "x"}).sha_length == 10
    with pytest.raises(ConfigError, match=r"BUILDTOOL_TAG_SHA_LENGTH: .*from 7 to 40, found text"):
        load_tag(None, {"BUILDTOOL_TAG_SHA_LENGTH": "ten"})
    file = tmp_path / "buildtool.toml"
    file.write_text('registry = "localhost:1"\n[images.web]\nplatforms = ["linux/arm64"]\n[tag]\nsha_length = 8\n')
    assert load_tag(file, {}).sha_length == 8, "a sparse checkout has no Dockerfile, and a tag needs none"


@pytest.mark.parametrize(
    ("registry", "harbor_path", "repository"),
    [
        ("h.example/website", "/harbor", Repository("h.example", "website/frontend")),
        ("h.example/harbor/website", "/harbor", Repository("h.example", "harbor/website/frontend", "harbor")),
        ("h.example/a/b/website", "/a/b", Repository("h.example", "a/b/website/frontend", "a/b")),
        ("h.example/harbor-2/website", "/harbor", Repository("h.example", "harbor-2/website/frontend")),
    ],
)
def test_a_harbor_behind_a_proxy_with_a_path(
    project: Project, registry: str, harbor_path: str, repository: Repository
) -> None:
    """What the names of its images begin with is no project, where it is the path of the proxy."""
    images = '[images.frontend]\ndockerfile = "Dockerfile.frontend"\nplatforms = ["linux/arm64"]\n'
    config = project.load(f'registry = "{registry}"\nharbor_path = "{harbor_path}"\n{images}')
    found = config.repository("frontend")
    assert (found, found.prefix) == (repository, repository.prefix)
    assert found.project == "website" if repository.prefix else True
