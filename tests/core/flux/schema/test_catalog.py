"""Each packaged kind is there in each served version, and nothing else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.core.flux.schema import catalog, crds
from tests.support import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGED = [(f"{group}/{version}", kind) for (group, kind), all_ in crds.KINDS.items() for version in all_]
KEYS = {
    "type", "fields", "values", "required", "items", "default", "enum", "pattern", "rules",
    "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum",
}  # fmt: skip


def below(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for one in (*schema.get("fields", {}).values(), schema.get("items"), schema.get("values")):
        if one is not None:
            yield from below(one)


@pytest.mark.parametrize(("api_version", "kind"), PACKAGED)
def test_a_packaged_schema_is_in_the_reduced_form(api_version: str, kind: str) -> None:
    schema = catalog.find(api_version, kind)
    assert schema is not None
    assert {"apiVersion", "kind", "metadata", "spec", "status"} <= set(schema["fields"])
    for part in below(schema):
        assert set(part) <= KEYS
        assert part["type"] in {"string", "integer", "boolean", "object", "array", "any"}
        assert set(part.get("required", ())) <= set(part.get("fields", {}))


@pytest.mark.parametrize("api_version", ["image.toolkit.fluxcd.io/v1beta2", "v1", "image.toolkit.fluxcd.io/", ""])
def test_other_versions_have_none(api_version: str) -> None:
    assert catalog.find(api_version, "ImagePolicy") is None


def test_the_kinds_of_an_api() -> None:
    image = catalog.kinds("image.toolkit.fluxcd.io", "v1")
    assert sorted(image) == ["ImagePolicy", "ImageRepository", "ImageUpdateAutomation"]
    assert catalog.kinds("image.toolkit.fluxcd.io", "v9") == []


def test_a_kind_is_loaded_when_it_is_asked_for() -> None:
    name = "buildtool.core.flux.schema.crds.bucket"
    sys.modules.pop(name, None)
    catalog.find("image.toolkit.fluxcd.io/v1", "ImagePolicy")
    assert name not in sys.modules
    catalog.find("source.toolkit.fluxcd.io/v1", "Bucket")
    assert name in sys.modules


@pytest.mark.parametrize(("api_version", "kind"), PACKAGED)
def test_the_required_fields_are_those_of_fluxs_own_crds(api_version: str, kind: str) -> None:
    if not schemas.CRDS.is_dir():
        pytest.skip("Flux's CRDs are not beside the project")
    whole = schemas.from_crds(api_version, kind)
    packaged = catalog.find(api_version, kind)
    assert whole is not None
    assert packaged is not None
    theirs, ours = whole["properties"]["spec"], packaged["fields"]["spec"]
    assert set(theirs["properties"]) == set(ours["fields"])
    defaulted = {name for name, field in theirs["properties"].items() if "default" in field}
    assert set(theirs.get("required", ())) - defaulted == set(ours.get("required", ()))
