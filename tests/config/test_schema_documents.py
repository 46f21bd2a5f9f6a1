"""The published schema and document say what the checks do."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from buildtool.config.schema import IMAGE, TABLES, TOP
from buildtool.config.schema_documents import json_schema
from tests.config import publish
from tests.config.test_load import FULL

if TYPE_CHECKING:
    from tests.config.conftest import Project

AGAIN = "run: python -m tests.config.publish"


def test_the_published_schema_is_the_generated_one() -> None:
    assert publish.SCHEMA_FILE.read_text(encoding="utf-8") == publish.schema_text(), AGAIN


def test_the_document_is_the_generated_one() -> None:
    assert publish.DOCUMENT.read_text(encoding="utf-8") == publish.document_text(), AGAIN


def test_the_schema_is_a_schema_and_takes_what_load_takes(project: Project, good: str) -> None:
    validator = jsonschema.Draft7Validator(json_schema())
    validator.check_schema(json_schema())
    own = (Path(__file__).parents[2] / "buildtool.toml").read_text(encoding="utf-8")
    example = publish.DOCUMENT.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    assert example == own
    for text in (good, FULL, own):
        validator.validate(tomllib.loads(text))
    assert project.mistakes(FULL) == []


WRONG = [
    'registry = "http://x:1"',
    "registry = 5",
    'insecure = "yes"',
    "images = {}",
    "fronted = {}",
    "tag.sha_length = 3",
    "tag.branches = 'main'",
    "images.web.platforms = []",
    "images.web.platforms = ['arm64']",
    "images.web.args = { A = 1 }",
    "images.web.policy = 'frontend'",
    "images.web.repository = 'Web'",
    "images.web.platfroms = []",
    "builder.driver = 'podman'",
    "builder.nodes = [{}]",
    "push.candidate_tag = '-x'",
]


@pytest.mark.parametrize("line", WRONG)
def test_the_schema_refuses_what_load_refuses(project: Project, line: str) -> None:
    key = line.partition(" =")[0]
    needed = {
        "registry": "'x:1'",
        "images.web.platforms": "['linux/arm64']",
        "images.web.dockerfile": "'Dockerfile.backend'",
    }
    text = "\n".join([line, *(f"{name} = {value}" for name, value in needed.items() if not name.startswith(key))])
    document = tomllib.loads(text)
    assert not jsonschema.Draft7Validator(json_schema()).is_valid(document)
    said = project.mistakes(text)
    assert len(said) == 1, said
    assert key.split(".")[0] in said[0]


def test_every_key_is_documented_in_a_sentence() -> None:
    for table in (TOP, IMAGE, *TABLES):
        for key in table.keys:
            assert key.doc.endswith("."), key.name
            assert "|" not in key.doc, "a table in Markdown would break"
