"""Every committed object is what its API takes: no unknown field, no missing one, no wrong type, no retired version."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import kube, schemas
from tests.support.need import need

if TYPE_CHECKING:
    from pathlib import Path

OBJECTS = kube.committed()
IDS = [f"{document['kind']}-{document['metadata']['name']}" for _, document in OBJECTS]
FLUX = ".toolkit.fluxcd.io/"


@pytest.fixture
def packages() -> None:
    need(importlib.util.find_spec("cloudcoil"), "no packaged schemas: pip install -e '.[dev]'")


@pytest.mark.parametrize(("path", "document"), OBJECTS, ids=IDS)
def test_flux_objects_validate_against_fluxs_own_crds(path: Path, document: dict[str, Any]) -> None:
    if not schemas.CRDS.is_dir():
        pytest.skip("Flux's CRDs are not beside the project: the packaged schemas are used")
    schema = schemas.from_crds(document["apiVersion"], document["kind"])
    assert (schema is not None) == (FLUX in document["apiVersion"]), f"{path}: no CRD for {document['kind']}"
    if schema is not None:
        assert not schemas.mistakes(document, schema), path


@pytest.mark.parametrize(("path", "document"), OBJECTS, ids=IDS)
def test_every_object_validates_against_packaged_schemas(path: Path, document: dict[str, Any], packages: None) -> None:
    schema = schemas.packaged(document["apiVersion"], document["kind"])
    assert (schema is None) == (document["kind"] == "SealedSecret"), path
    if schema is not None:
        assert not schemas.mistakes(document, schema), path


@pytest.mark.parametrize(
    ("kind", "name", "spoil", "complaint"),
    [
        ("ImagePolicy", "backend", {"filterTag": {}}, "filterTag"),
        ("Kustomization", "frontend", {"interval": "often"}, "often"),
        ("Kustomization", "frontend", {"dependsOn": "infrastructure"}, "array"),
        ("Job", "deploy-backend", {"ttlSeconds": 1}, "ttlSeconds"),
        ("Deployment", "frontend", {"replicas": "two"}, "two"),
    ],
)
def test_the_schemas_find_mistakes(kind: str, name: str, spoil: dict[str, Any], complaint: str, packages: None) -> None:
    document = kube.only(kind, name)
    document["spec"].update(spoil)
    found = [schemas.packaged(document["apiVersion"], kind)]
    if schemas.CRDS.is_dir() and FLUX in document["apiVersion"]:
        found.append(schemas.from_crds(document["apiVersion"], kind))
    for schema in found:
        assert schema is not None
        assert complaint in " ".join(schemas.mistakes(document, schema))
