"""The bake definition of a plan: what is built, and what only has to be there for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.config import load
from buildtool.config.settings import CacheConfig, FromEnvironment, PushConfig
from buildtool.core.build.base_digests import BaseDigests
from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.tags import BuildFacts, make_tag
from buildtool.core.image.labels import ALLOW_OLDER, BASES, CREATED, INPUTS, REVISION, VERSION
from buildtool.usecases.push.bake_targets import bases, candidate_tag, definition_for
from buildtool.usecases.push.options import PushOptions, Source
from buildtool.usecases.push.plan import ImagePlan, Plan
from tests.support.memory.push import MemoryPush, sha
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.config import Config

CONFIG = """\
registry = "127.0.0.1:5000"
[images.base]
platforms = ["linux/arm64"]
secrets = ["id=npm,src=token", "id=key,type=env,src=KEY", "id=either"]
[images.web]
platforms = ["linux/arm64"]
contexts = {below = "target:base", more = "."}
[images.top]
platforms = ["linux/arm64"]
contexts = {a = "target:web", b = "target:base"}
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "buildtool.toml").write_text(CONFIG)
    (tmp_path / "Dockerfile").touch()
    return load(tmp_path / "buildtool.toml", {})


def document(config: Config, *names: str, bases: BaseDigests | None = None) -> dict[str, Any]:
    """The definition for a run that builds these images and keeps the others."""
    source = Source("main", "HEAD", "a" * 40, 1_700_000_000, dirty=False, url="")
    tag = make_tag(BuildFacts("main", "HEAD", "a" * 40, 1_700_000_000, dirty=False), 7, ("main",))
    images = [
        ImagePlan(
            config=image,
            repository=config.repository(image.name),
            inputs=Inputs("sha256:1", bases=bases),
            policy=None,
            before=None,
            after=None,
            builds=image.name in names,
            tag=tag.text if image.name in names else None,
        )
        for image in config.images.values()
    ]
    definition = definition_for(config, Plan(tag, source, images))
    assert definition.targets == names
    return dict(definition.document)


def test_what_an_image_is_built_on_is_there_and_is_not_pushed(config: Config) -> None:
    found = document(config, "top")
    assert found["group"]["default"]["targets"] == ["top"]
    assert set(found["target"]) == {"top", "web", "base"}
    for name in ("web", "base"):
        assert found["target"][name]["output"] == ["type=cacheonly"]
        assert not {"tags", "annotations", "cache-to"} & set(found["target"][name])
    assert "push=true" in found["target"]["top"]["output"][0]


def test_what_is_built_anyway_is_there_once(config: Config) -> None:
    found = document(config, "base", "web", "top")
    assert all("push=true" in target["output"][0] for target in found["target"].values())
    assert set(document(config, "base")["target"]) == {"base"}


def test_the_images_below(config: Config) -> None:
    images = config.images
    assert [image.name for image in bases(config, [images["top"]])] == ["web", "base"]
    assert [image.name for image in bases(config, [images["web"], images["top"]])] == ["base"]
    assert bases(config, [images["base"]]) == []


def test_secrets_as_buildx_reads_them(config: Config) -> None:
    found = document(config, "base")["target"]["base"]["secret"]
    assert found == [f"id=npm,src={config.root}/token", "id=key,env=KEY", "id=either"]


TAG = f"main-{sha(1)[:7]}-1707300000"


def built(push: MemoryPush, web: dict[str, Any] | None = None) -> Any:
    """The definition for the images of a push, `web` with more settings."""
    images = dict(push.config.images)
    images["web"] = replace(images["web"], **(web or {}))
    push.config = replace(push.config, images=images)
    plan = push.preparation(push.planner()).plan(push.options)
    return definition_for(push.config, plan)


def target(push: MemoryPush, web: dict[str, Any] | None = None) -> Any:
    return built(push, web).document["target"]["web"]


def test_every_image_that_is_built_is_one_target() -> None:
    push = MemoryPush()
    definition = built(push)
    assert definition.targets == ("web", "api")
    assert definition.environment == {"SOURCE_DATE_EPOCH": "1700000001"}
    assert (definition.reads, definition.writes, definition.hosts) == (("/repo",), (), ("r.example",))
    push.run()
    again = MemoryPush(2, registry=push.registry, clock=push.clock, inputs={"web": "sha256:1", "api": "sha256:2"})
    assert built(again).targets == ("api",)


@pytest.mark.parametrize(
    ("driver", "tags", "by_digest"),
    [("docker", ["r.example/web:unproven"], False), ("docker-container", [], True), ("remote", [], True)],
)
def test_nothing_is_pushed_under_a_tag_that_flux_takes(driver: str, tags: list[str], by_digest: bool) -> None:  # noqa: FBT001
    push = MemoryPush(driver=driver)
    document = target(push)
    assert document["tags"] == tags
    assert ("push-by-digest=true" in document["output"][0]) is by_digest
    plan = push.preparation(push.planner()).plan(push.options)
    assert candidate_tag(push.config, plan) == (None if by_digest else "unproven")


def test_labels_say_where_it_comes_from_and_the_users_own_cannot_replace_them() -> None:
    labels = target(MemoryPush(), {"labels": {"org.example.team": "web", REVISION: "mine"}})["labels"]
    assert {key: labels[key] for key in (REVISION, VERSION, INPUTS, "org.example.team")} == {
        REVISION: sha(1),
        VERSION: TAG,
        INPUTS: "sha256:1",
        "org.example.team": "web",
    }
    assert labels[CREATED] == "2024-02-07T10:00:00Z"
    assert ALLOW_OLDER not in labels
    assert target(MemoryPush(options=PushOptions(allow_older=True)))["labels"][ALLOW_OLDER] == "true"


def test_a_time_that_is_no_date_is_not_written_as_one() -> None:
    """Other tags that the policy takes count in milliseconds."""
    push = MemoryPush(policy=POLICY.replace("{{10}}", "+"))
    push.add("web", f"main-{sha(1)[:7]}-1707300000123", revision=sha(1))
    labels = target(push)["labels"]
    assert labels[VERSION] == f"main-{sha(1)[:7]}-1707300000124"
    assert CREATED not in labels


@pytest.mark.parametrize("value", ["{tag}", "v-{tag}-{revision}", "plain", "{other}"])
def test_build_arguments_may_name_the_tag_and_the_revision(value: str) -> None:
    expected = value.replace("{tag}", TAG).replace("{revision}", sha(1))
    assert target(MemoryPush(), {"args": {"A": value}})["args"] == {"A": expected}
    assert target(MemoryPush())["args"] == {}, "nothing is passed that was not asked for"


def test_paths_count_from_the_configuration() -> None:
    settings = {"context": "web/../site", "dockerfile": "site/Dockerfile", "contexts": {"a": "more", "b": "target:api"}}
    document = target(MemoryPush(), settings)
    assert (document["context"], document["dockerfile"]) == ("/repo/site", "/repo/site/Dockerfile")
    assert document["contexts"] == {"a": "/repo/more", "b": "target:api"}


@pytest.mark.parametrize(
    ("settings", "outside"),
    [
        ({"context": "../lib", "dockerfile": "../lib/Dockerfile"}, ("/lib",)),
        ({"contexts": {"a": "../more"}}, ("/more",)),
        ({"contexts": {"a": "docker-image://r.example/x"}}, ()),
        ({"secrets": ("id=a,src=../key",)}, ("/key",)),
        ({"secrets": ("id=a,source=../key",)}, ("/key",)),
        ({"secrets": ("id=a,env=KEY",)}, ()),
        ({"secrets": ("id=a,src=key",)}, ()),
        ({"contexts": {"a": "oci-layout://../bases:tag"}}, ("/bases",)),
        ({"ssh": ("git=../key,/root/other", "default")}, ("/key", "/root/other")),
        ({"cache_from": ("type=local,src=../cache", "type=gha")}, ("/cache",)),
    ],
)
def test_what_is_read_outside_is_named(settings: dict[str, Any], outside: tuple[str, ...]) -> None:
    reads = built(MemoryPush(), settings).reads
    assert tuple(path for path in reads if not f"{path}/".startswith("/repo/")) == outside


def test_what_is_written_is_named() -> None:
    caches = ("type=local,dest=../cache", "type=local,dest=inside,mode=max", "type=gha")
    assert built(MemoryPush(), {"cache_to": caches}).writes == ("/cache", "/repo/inside")


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({}, ()),
        ({"ssh": ("default",)}, ("ssh",)),
        ({"ssh": ("default=/run/agent",), "network": "none"}, ()),
        ({"network": "host", "ssh": ("default",)}, ("ssh", "network.host")),
    ],
)
def test_what_bake_has_to_be_allowed(settings: dict[str, Any], allowed: tuple[str, ...]) -> None:
    assert built(MemoryPush(), settings).allowed == allowed


def test_what_run_steps_are_given_reaches_bake() -> None:
    settings = {
        "ssh": ("git=keys/a,/b", "default"),
        "network": "none",
        "extra_hosts": {"db": "10.0.0.2"},
        "shm_size": "128m",
        "ulimits": ("nofile=1:2",),
        "no_cache_filter": ("fetch",),
    }
    found = target(MemoryPush(), settings)
    assert found["ssh"] == ["git=/repo/keys/a,/b", "default"]
    assert (found["network"], found["extra-hosts"], found["shm-size"]) == ("none", {"db": "10.0.0.2"}, "128m")
    assert (found["ulimits"], found["no-cache-filter"]) == (["nofile=1:2"], ["fetch"])


def test_the_value_of_a_variable_is_not_filled() -> None:
    settings = {"args": {"A": "{tag}"}, "environment_args": {"B": FromEnvironment("X", "{tag}\n")}}
    assert target(MemoryPush(), settings)["args"] == {"A": TAG, "B": "{tag}\n"}


@pytest.mark.parametrize(
    ("enabled", "own", "used"), [(False, None, False), (True, None, True), (True, False, False), (False, True, True)]
)
def test_the_cache_is_beside_each_image(enabled: bool, own: bool | None, used: bool) -> None:  # noqa: FBT001
    push = MemoryPush()
    push.config = replace(push.config, cache=CacheConfig(enabled=enabled))
    document = target(push, {"cache": own, "cache_to": ("type=gha",)})
    assert document["cache-to"][0] == "type=gha,ignore-error=true"
    assert [line for line in document["cache-to"][1:] if "ref=r.example/web:buildcache" in line] == document[
        "cache-to"
    ][1:]
    assert (len(document["cache-to"]) == 2) == used == ("cache-from" in document)


def test_bases_are_pinned_for_each_target_and_stand_in_a_label(config: Config) -> None:
    reference, digest = "r.example/os:1", f"sha256:{'a' * 64}"
    pin = {reference: f"docker-image://{reference}@{digest}"}
    bases = BaseDigests({reference: digest}, {"top": pin, "base": pin})
    found = document(config, "top", bases=bases)["target"]
    assert {name: reference in found[name].get("contexts", {}) for name in found} == {
        "top": True,
        "web": False,
        "base": True,
    }
    assert found["top"]["labels"][BASES] == f"{reference}@{digest}"
    assert all(BASES not in found[name]["labels"] for name in ("web", "base"))
    assert all(target["pull"] is True for target in found.values())
    assert all("pull" not in target for target in document(config, "top")["target"].values())


def test_caches_in_folders_are_what_bake_may_read_and_write(tmp_path: Path) -> None:
    push = MemoryPush()
    push.config = replace(push.config, root=tmp_path, cache=CacheConfig(local="caches"))
    definition = built(push, {"cache_to": ("type=local,dest=mine",), "cache_from": ("type=local,src=mine",)})
    folders = (f"{tmp_path}/mine", f"{tmp_path}/caches/web", f"{tmp_path}/caches/api")
    assert set(definition.local_caches) == set(folders)
    assert set(folders) <= set(definition.reads) & set(definition.writes)
    web = definition.document["target"]["web"]
    assert web["cache-from"] == [f"type=local,src={folder}" for folder in folders[:2]]
    assert web["cache-to"][0] == f"type=local,dest={folders[0]},ignore-error=true"


def test_what_an_image_is_built_on_is_read_from_its_caches_and_writes_none(config: Config) -> None:
    found = document(replace(config, cache=CacheConfig(enabled=True)), "top")
    read = "type=registry,ref=127.0.0.1:5000/{}:buildcache"
    for name in ("web", "base", "top"):
        assert found["target"][name]["cache-from"] == [read.format(name)]
    assert ["cache-to" in found["target"][name] for name in ("web", "base", "top")] == [False, False, True]


def test_provenance_where_it_is_asked_for() -> None:
    push = MemoryPush()
    push.config = replace(push.config, push=PushConfig(attestations=True))
    assert target(push)["attest"][0] == "type=provenance,mode=max"
