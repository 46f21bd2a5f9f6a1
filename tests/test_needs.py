"""What a machine lacks is a skipped test with its reason on a laptop, and a failure in CI: every tool, one door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support import need as needs
from tests.support.need import need
from tests.support.tools import tool

ROOT = Path(__file__).parent
# Skips that are about no part of the machine: what is not in this repository, or does not apply to this case.
OTHERS = {
    "support/need.py",
    "adapters/git/test_failures.py",  # root may read everything
    "adapters/git/test_repo.py",  # file names that this file system does not take
    "adapters/test_context.py",  # root may read everything
    "adapters/test_machine.py",  # root may write everything
    "cli/test_policy.py",  # conformance vectors, which are beside the project or not
    "contracts/test_harbor_records.py",  # records of a real Harbor, beside the project or not
    "contracts/test_registry.py",  # a registry without credentials
    "contracts/test_removal_way.py",  # a registry that is not reached over HTTP
    "core/build/test_ignorefile.py",  # conformance vectors
    "core/flux/lint/test_marker_lines.py",  # conformance vectors
    "core/flux/gotemplate/test_agreement.py",  # a Go toolchain, which nothing needs
    "core/flux/policy/test_vectors.py",
    "core/flux/schema/test_catalog.py",  # Flux's CRDs, beside the project or not
    "core/handler/test_alerts.py",  # recorded alerts of a real Flux, beside the project or not
    "core/handler/test_signature.py",  # the same
    "core/flux/setters/test_blanked.py",  # conformance vectors
    "core/flux/setters/test_vectors.py",
    "core/registry/test_doublestar.py",  # conformance vectors
    "core/registry/test_retention.py",
    "e2e/test_push_scenarios.py",  # a collection of cases, beside the project or not
    "e2e/test_rollback_handler.py",  # recorded alerts of a real Flux, beside the project or not
    "tools/test_flux_schemas.py",  # Flux's CRDs, beside the project or not
    "tree/test_schemas.py",  # Flux's CRDs, beside the project or not
    "usecases/status/test_recorded.py",  # recorded answers of a real API server, beside the project or not
}
SKIPS = {"skip", "skipif", "importorskip"}


def skipping() -> set[str]:
    """The files that use pytest's own ways to skip."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SKIPS
    }


def test_every_lack_goes_through_one_door() -> None:
    assert skipping() == OTHERS


@pytest.mark.parametrize("in_ci", [True, False])
def test_a_lack_fails_in_ci_and_skips_elsewhere(monkeypatch: pytest.MonkeyPatch, *, in_ci: bool) -> None:
    monkeypatch.setattr(needs, "IN_CI", in_ci)
    ends = pytest.fail.Exception if in_ci else pytest.skip.Exception
    with pytest.raises(ends, match="no oven: buy one"):
        need(False, "no oven: buy one")
    with pytest.raises(ends, match="no tool-that-is-not-there: make venv"):
        tool("tool-that-is-not-there")
    need(True, "never said")


@pytest.mark.parametrize("name", ["hadolint", "kubectl", "pre-commit", "shellcheck", "yamllint", "zizmor"])
def test_the_lock_brings_it(name: str) -> None:
    """No computer needs to bring these itself."""
    assert Path(tool(name)).parent == Path(tool("pytest")).parent
