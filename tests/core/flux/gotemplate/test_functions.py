"""The functions that Flux offers: Go's, and those of sprig that always give the same answer."""

from __future__ import annotations

import pytest

from buildtool.core.flux.gotemplate.functions import functions, names


@pytest.mark.parametrize(
    "name", ["printf", "eq", "upper", "trimPrefix", "semver", "regexReplaceAll", "ternary", "dict"]
)
def test_known_ones(name: str) -> None:
    assert name in names()


@pytest.mark.parametrize(
    "name",
    [
        "now",
        "date",
        "dateInZone",
        "date_in_zone",
        "dateModify",
        "date_modify",
        "htmlDate",
        "htmlDateInZone",
        "env",
        "expandenv",
        "getHostByName",
        "uuidv4",
        "randAlpha",
        "randAlphaNum",
        "randAscii",
        "randNumeric",
        "randBytes",
        "toYaml",
        "fromYaml",
        "include",
        "tpl",
        "lookup",
        "required",
    ],
)
def test_those_of_the_clock_the_environment_and_of_helm_are_not_there(name: str) -> None:
    assert name not in names()


def test_sprigs_slice_stands_before_gos_and_its_count_is_complete() -> None:
    assert functions()["slice"].result == "any"
    assert len(names()) == 212  # 194 of sprig, 19 of Go, one of both


def test_a_signature() -> None:
    found = functions()["printf"]
    assert (found.parameters, found.variadic, found.result) == (("string", "any"), True, "string")
    assert functions()["hello"].parameters == ()
