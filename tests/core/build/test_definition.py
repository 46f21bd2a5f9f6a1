from __future__ import annotations

from dataclasses import replace

from buildtool.core.build.definition import (
    EngineDestination,
    LayoutDestination,
    RegistryDestination,
    Target,
    bake_definition,
    escape,
)
from buildtool.core.image.names import Platform, Repository

REPOSITORY = Repository("127.0.0.1:5000", "shop/web")
ARM = Platform.parse("linux/arm64")


def target(*, candidate: str | None = None, insecure: bool = True, attestations: bool = False) -> Target:
    return Target(
        name="web",
        context="/src",
        dockerfile="/src/Dockerfile",
        platforms=[ARM],
        destination=RegistryDestination(REPOSITORY, insecure, candidate),
        labels={"org.opencontainers.image.revision": "abc"},
        attestations=attestations,
    )


def test_by_digest_where_the_driver_can() -> None:
    document = target().document()
    assert document["tags"] == []
    assert document["output"] == [
        (
            "type=image,push=true,oci-mediatypes=true,name=127.0.0.1:5000/shop/web,push-by-digest=true,name-canonical=true,"
            "registry.insecure=true"
        )
    ]


def test_under_the_candidate_tag_elsewhere() -> None:
    document = target(candidate="unproven").document()
    assert document["tags"] == ["127.0.0.1:5000/shop/web:unproven"]
    assert "push-by-digest" not in document["output"][0]


def test_https_is_not_called_insecure() -> None:
    assert "insecure" not in target(insecure=False).document()["output"][0]


def test_labels_are_annotations_too() -> None:
    assert target().document()["annotations"] == ["manifest:org.opencontainers.image.revision=abc"]


def test_attestations_are_off_unless_asked_for() -> None:
    assert target().document()["attest"] == ["type=provenance,disabled=true", "type=sbom,disabled=true"]
    assert target(attestations=True).document()["attest"] == ["type=provenance,mode=max", "type=sbom,disabled=true"]


def test_nothing_optional_is_written_empty() -> None:
    assert not {"secret", "contexts", "cache-from", "cache-to", "target", "no-cache"} & set(target().document())


def test_all_targets_are_one_group() -> None:
    definition = bake_definition([target()])
    assert definition.targets == ("web",)
    assert definition.document["group"] == {"default": {"targets": ["web"]}}


def test_values_that_look_like_bake_expressions_stay_literal() -> None:
    assert escape({"args": {"A": "${B} %{if} $C"}}) == {"args": {"A": "$${B} %%{if} $C"}}


def test_the_hosts_that_are_pushed_to() -> None:
    assert bake_definition([target(), target()]).hosts == ("127.0.0.1:5000",)


def test_the_dockerfiles_are_named_as_they_are_on_the_disk() -> None:
    odd = "/src/${x}/%{y}/$$/Dockerfile"
    definition = bake_definition([target(), replace(target(), name="api", dockerfile=odd)])
    assert definition.dockerfiles == {"web": "/src/Dockerfile", "api": odd}


def test_an_sbom_by_its_own_key() -> None:
    attest = replace(target(), sbom=True).document()["attest"]
    assert attest == ["type=provenance,disabled=true", "type=sbom"]


def test_an_image_for_a_folder_or_the_engine_goes_to_no_registry() -> None:
    folder = replace(target(), destination=LayoutDestination("/tmp/a,b"))
    assert folder.document()["output"] == ['type=oci,"dest=/tmp/a,b",tar=false,oci-mediatypes=true']
    engine = replace(target(), destination=EngineDestination("web:1"))
    assert (engine.document()["output"], engine.document()["tags"]) == (["type=docker"], ["web:1"])
    assert bake_definition([folder, engine]).hosts == ()
