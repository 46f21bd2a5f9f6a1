from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.errors import DIRTY_TREE, REGISTRY_DENIED, BuildtoolError, raise_first
from buildtool.errors.findings import Place, Severity
from buildtool.errors.harbor import READ_ONLY

if TYPE_CHECKING:
    from buildtool.errors import Kind
    from buildtool.errors.findings import Finding


def test_a_failure_has_the_fix_of_its_kind_unless_it_knows_a_better_one() -> None:
    assert BuildtoolError(DIRTY_TREE, "uncommitted: a").fix == DIRTY_TREE.fix
    assert BuildtoolError(DIRTY_TREE, "uncommitted: a", fix="git add a").fix == "git add a"
    assert BuildtoolError(DIRTY_TREE, "uncommitted: a", fix="").fix == DIRTY_TREE.fix


def test_a_failure_is_shown_as_its_message() -> None:
    error = BuildtoolError(DIRTY_TREE, "uncommitted: a", place="a:1")
    assert (str(error), error.message, error.place, error.kind) == (
        "uncommitted: a",
        "uncommitted: a",
        "a:1",
        DIRTY_TREE,
    )


def finding(severity: Severity = Severity.ERROR, code: Kind = DIRTY_TREE, **words: str) -> Finding:
    return code.at(Place("a.yaml", 2), "what", severity=severity, **words)


@pytest.mark.parametrize(
    ("severities", "left"),
    [((), 0), ((Severity.WARNING, Severity.NOTE), 2), ((Severity.NOTE, Severity.ERROR, Severity.WARNING), None)],
)
def test_the_first_error_ends_a_command_and_the_rest_is_returned(
    severities: tuple[Severity, ...], left: int | None
) -> None:
    findings = [finding(severity) for severity in severities]
    if left is not None:
        assert raise_first(findings) == findings
        return
    with pytest.raises(BuildtoolError) as raised:
        raise_first(findings)
    assert (raised.value.kind, raised.value.message, raised.value.place) == (DIRTY_TREE, "what", "a.yaml:2")


def test_only_findings_of_a_kind_end_a_command() -> None:
    rule = READ_ONLY.at(None, "read-only")
    assert raise_first([rule]) == [rule]
    with pytest.raises(BuildtoolError) as raised:
        raise_first([rule], {READ_ONLY.code: REGISTRY_DENIED}, "http://r.example")
    assert (raised.value.kind, raised.value.place) == (REGISTRY_DENIED, "http://r.example")
    assert raised.value.message == f"read-only: {READ_ONLY.reason.rstrip('.')}"
    assert raise_first([finding()], {}) == [finding()]


def test_a_more_exact_reason_and_fix_are_kept() -> None:
    with pytest.raises(BuildtoolError) as raised:
        raise_first([finding(reason="it is so.", fix="do it")])
    assert (raised.value.message, raised.value.fix) == ("what: it is so", "do it")
