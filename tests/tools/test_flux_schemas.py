"""The packaged schemas are what the program makes of Flux's CRDs; what it does not know it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import schemas
from tools import flux_schemas

if TYPE_CHECKING:
    from pathlib import Path

CRD = """\
spec:
  group: example.toolkit.fluxcd.io
  names: {kind: Thing}
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            status: {type: object}
            spec:
              type: object
              description: dropped
              required: [a, b]
              properties:
                a: {type: string, pattern: ^x$}
                b: {type: string, default: y, enum: [y]}
                c: {type: array, items: {type: integer, minimum: 1}}
                d: {type: object, additionalProperties: {type: string}}
                e: {x-kubernetes-preserve-unknown-fields: true}
              x-kubernetes-validations:
                - {rule: "has(self.a)  ||\\n has(self.c)", message: one of them}
    - name: v0
      served: false
      schema: {openAPIV3Schema: {type: object}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "thing.yaml").write_text(CRD, encoding="utf-8")
    (tmp_path / "VERSIONS.txt").write_text("thing-controller: v1.2.3 (a note)\n", encoding="utf-8")
    return tmp_path


def test_the_reduced_form(folder: Path) -> None:
    ((group, kind, versions),) = flux_schemas.kinds(folder)
    assert (group, kind) == ("example.toolkit.fluxcd.io", "Thing")
    assert versions == {
        "v1": {
            "type": "object",
            "fields": {
                "spec": {
                    "type": "object",
                    "fields": {
                        "a": {"type": "string", "pattern": "^x$"},
                        "b": {"type": "string", "default": "y", "enum": ["y"]},
                        "c": {"type": "array", "items": {"type": "integer", "minimum": 1}},
                        "d": {"type": "object", "values": {"type": "string"}},
                        "e": {"type": "any"},
                    },
                    "required": ["a"],
                    "rules": [("has(self.a) || has(self.c)", "one of them")],
                }
            },
        }
    }


def test_the_modules_are_python_that_says_the_same(folder: Path) -> None:
    files = flux_schemas.modules(folder)
    found: dict[str, Any] = {}
    for text in files.values():
        exec(text, found)
    assert found["KINDS"] == {("example.toolkit.fluxcd.io", "Thing"): ("v1",)}
    assert found["CONTROLLERS"] == {"thing-controller": "v1.2.3"}
    assert found["VERSIONS"] == dict(flux_schemas.kinds(folder).__next__()[2])


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "oneOf": []},
        {"type": "object", "x-kubernetes-validations": [{"rule": "self == oldSelf"}]},
        {"type": "object", "x-kubernetes-validations": [{"rule": "true", "messageExpression": "x"}]},
    ],
)
def test_what_the_form_does_not_have_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="reduced form does not have"):
        flux_schemas.reduced(schema)


def test_the_committed_modules_are_those_of_the_crds() -> None:
    if not schemas.CRDS.is_dir():
        pytest.skip("Flux's CRDs are not beside the project")
    committed = {path.name: path.read_text(encoding="utf-8") for path in flux_schemas.TARGET.glob("*.py")}
    assert committed == flux_schemas.modules(schemas.CRDS)


def test_it_writes_its_modules_and_removes_old_ones(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "crds"
    target.mkdir()
    (target / "gone.py").touch()
    monkeypatch.setattr(flux_schemas, "TARGET", target)
    assert flux_schemas.main([str(folder)]) == 0
    assert sorted(path.name for path in target.iterdir()) == ["__init__.py", "thing.py"]


def test_without_a_folder_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert flux_schemas.main([]) == 2
    assert "python -m tools.flux_schemas CRDS" in capsys.readouterr().err
