"""An ImageUpdateAutomation: the policies it takes, the files it writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.automations import Automation, Requirement
from buildtool.errors.findings import Place

ONE = Automation("flux-system", "all", "deploy", "", "main", {}, Place("a.yaml"))
LABELS = st.dictionaries(st.sampled_from(["app", "team"]), st.sampled_from(["web", "api", ""]))


def requirement(operator: str, *values: str) -> Requirement:
    return Requirement("app", operator, frozenset(values))


@pytest.mark.parametrize(
    ("one", "labels", "taken"),
    [
        (requirement("In", "web"), {"app": "web"}, True),
        (requirement("In", "web"), {"app": "api"}, False),
        (requirement("In", "web"), {}, False),
        (requirement("In"), {"app": ""}, False),
        (requirement("NotIn", "web"), {"app": "api"}, True),
        (requirement("NotIn", "web"), {"app": "web"}, False),
        (requirement("NotIn", "web"), {}, True),
        (requirement("Exists"), {"app": ""}, True),
        (requirement("Exists"), {"team": "x"}, False),
        (requirement("DoesNotExist"), {}, True),
        (requirement("DoesNotExist"), {"app": "web"}, False),
        (requirement("in", "web"), {"app": "web"}, False),
        (requirement(""), {}, False),
    ],
)
def test_an_expression(one: Requirement, labels: dict[str, str], *, taken: bool) -> None:
    assert one.takes(labels) is taken


@given(LABELS, st.sets(st.sampled_from(["web", "api"])))
def test_an_expression_and_its_opposite(labels: dict[str, str], values: set[str]) -> None:
    assert requirement("In", *values).takes(labels) != requirement("NotIn", *values).takes(labels)
    assert requirement("Exists").takes(labels) != requirement("DoesNotExist").takes(labels)


@given(LABELS, LABELS)
def test_a_selector_takes_what_has_all_of_its_labels(wanted: dict[str, str], labels: dict[str, str]) -> None:
    one = replace(ONE, selector=wanted)
    assert one.selects(labels) == all(labels.get(key) == value for key, value in wanted.items())
    assert one.selects({**labels, **wanted})
    assert not replace(one, expressions=(requirement("Nothing"),)).selects({**labels, **wanted})


@pytest.mark.parametrize(
    ("path", "file", "covered"),
    [
        ("", "a.yaml", True),
        ("", "deploy/a.yaml", True),
        ("deploy", "deploy/a.yaml", True),
        ("deploy", "deploy/b/a.yaml", True),
        ("deploy", "deploy", True),
        ("deploy", "deployed/a.yaml", False),
        ("deploy", "a.yaml", False),
        ("deploy/b", "deploy/a.yaml", False),
        ("a.yaml", "a.yaml", True),
    ],
)
def test_the_files_below_its_path(path: str, file: str, *, covered: bool) -> None:
    assert replace(ONE, path=path).covers(file) is covered
    assert ONE.key == "flux-system:all"
