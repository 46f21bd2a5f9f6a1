"""Each rule of Flux's selection, by name, in cases of our own: what the vectors say, without the vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.policy import ImagePolicy, select
from tests.core.flux.policy.support import answer, policy

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = str | list[str]
INVALID_POLICY, INVALID_REGEX, NO_TAGS = "invalid_policy", "invalid_regex", "no_tags"
NO_MATCH, NOT_NUMERIC, NO_VERSION = "no_match", "not_numeric", "no_semver_match"


# --- the order of the evaluation, and which choice counts
@pytest.mark.parametrize(
    ("rule", "tags", "pattern", "extract", "choice", "expected"),
    [
        ("the policy is judged before the tags are read", [], None, "", {"numerical": "newest"}, INVALID_POLICY),
        ("the pattern is judged after the tags are read", [], "(?=x)", "", {"numerical": ""}, NO_TAGS),
        ("a bad policy hides a bad pattern", ["1"], "(", "", {}, INVALID_POLICY),
        ("a bad pattern with tags", ["1"], "(", "", {"numerical": ""}, INVALID_REGEX),
        ("no tags at all", [], None, "", {"alphabetical": ""}, NO_TAGS),
        ("tags, and none matches", ["a"], "b", "", {"alphabetical": ""}, NO_MATCH),
        ("semver counts before alphabetical", ["1.0.0", "z"], None, "", {"semver": "*", "alphabetical": ""}, "1.0.0"),
        ("alphabetical counts before numerical", ["9", "10"], None, "", {"alphabetical": "", "numerical": ""}, "9"),
        ("no choice is invalid", ["1"], None, "", {}, INVALID_POLICY),
        ("orders are compared in capitals", ["1", "2"], None, "", {"numerical": "dEsC"}, "1"),
        ("an order with a blank is invalid", ["1"], None, "", {"numerical": " asc"}, INVALID_POLICY),
        ("an empty order is asc", ["1", "2"], None, "", {"numerical": ""}, "2"),
        ("an empty range is invalid", ["1.0.0"], None, "", {"semver": ""}, INVALID_POLICY),
    ],
)
def test_order_of_evaluation(
    rule: str, tags: list[str], pattern: str | None, extract: str, choice: Mapping[str, str], expected: Answer
) -> None:
    assert answer(tags, pattern, extract, **choice) == expected, rule


# --- filterTags
@pytest.mark.parametrize(
    ("rule", "tags", "pattern", "extract", "expected"),
    [
        ("the search is not anchored", ["x-main-1", "main-2"], r"main-\d", "", "x-main-1"),
        ("an empty pattern takes everything", ["a", "b"], "", "", "b"),
        ("without extract the whole tag is compared", ["b-1", "a-2"], r"-(\d)$", "", "b-1"),
        ("extract alone has an empty pattern", ["a", "b"], None, "$0", "a"),
        ("$0 is the match, not the tag", ["9-a", "1-b"], r"[a-z]", "$0", "1-b"),
        ("equal extracts: the byte-smallest tag stands for all", ["c-1", "a-1", "b-1"], r"-(\d)", "$1", "a-1"),
        ("the same whatever order selects", ["c-1", "a-1", "b-2"], r"^a|c-(\d)", "$1", "c-1"),
        ("an empty extract is an ordinary text", ["x", "y"], r"(a)?", "$1", "x"),
        ("leftmost, then the first branch", ["ab"], "(a|ab)(b?)", "$1.$2", "ab"),
        ("a group that took no part is empty", ["a", "b1"], r"^(?:a|b(\d))$", "$1", "b1"),
        ("duplicate names: the first that took part", ["a1", "b2"], r"^(?:a(?P<n>\d)|b(?P<n>\d))$", "$n", "b2"),
        ("a number before a name", ["xy", "xz"], r"(?P<2>x)(.)", "$2", "xz"),
        ("a name of digits with a zero in front", ["a1", "a2"], r"a(?P<01>\d)", "$01", "a2"),
    ],
)
def test_filter_tags(rule: str, tags: list[str], pattern: str | None, extract: str, expected: str) -> None:
    assert answer(tags, pattern, extract, alphabetical="asc") == expected, rule


@pytest.mark.parametrize(
    ("extract", "expected"),
    [
        ("$ts", "17"),
        ("${ts}", "17"),
        ("$1", "17"),
        ("${1}", "17"),
        ("$0", "m-17"),
        ("$ts-1", "17-1"),
        ("$$ts", "$ts"),
        ("x$ts", "x17"),
        ("$1.$1", "17.17"),
        ("$tsx", ""),
        ("$ts_", ""),
        ("$1x", ""),
        ("$10", ""),
        ("$01", ""),
        ("$TS", ""),
        ("$é", ""),
        ("$2147483648", ""),
        ("$", "$"),
        ("${", "${"),
        ("${}", "${}"),
        ("${ts", "${ts"),
        ("${ts }", "${ts }"),
        ("${-1}", "${-1}"),
        ("$-1", "$-1"),
        ("$ ts", "$ ts"),
        ("1", "1"),
    ],
)
def test_expansion_of_the_template(extract: str, expected: str) -> None:
    found = select(policy(r"^m-(?P<ts>\d+)$", extract, alphabetical="asc"), ["m-17"])
    assert (found.winner, found.extracted) == ("m-17", expected)


# --- the dialect of patterns
@pytest.mark.parametrize(
    "pattern",
    [
        *("(?=x)", "(?!x)", "(?<=x)", "(?<!x)", r"(a)\1", r"(?P<n>x)\k<n>", "(?P<n>x)(?P=n)", "a++", "a**", "(?>a)"),
        *("(?'n'x)", r"a\Z", r"\h", r"\R", r"\e", r"\u0041", "(?x)a b", "(?#c)", "a{1001}", "(a{500}){3}", "a{2,1}"),
        *(r"\p{Script=Han}", r"\p{Old_Italic}", r"\p{Foo}", r"\p", "(?P<é>x)", "(?P<a-b>x)", "(?P<>x)", "(?P<n"),
        *("[[:foo:]]", "[z-a]", r"[a-\d]", "[", "[]", "[^]", "(", ")", "a)", "(?", "(?i", "(?i-)", "(?q)", "*", "|*"),
        *("+a", "(*a)", "?", "{2}", "\\", r"\x", r"\xg0", r"\x{110000}", r"\x{}", r"\8", r"\C", r"\é", "(?(1)a|b)"),
    ],
)
def test_patterns_that_go_refuses(pattern: str) -> None:
    assert answer(["a"], pattern, alphabetical="asc") == INVALID_REGEX


@pytest.mark.parametrize(
    ("pattern", "takes", "leaves"),
    [
        ("(?P<n>a)(?<m>b)", "ab", "b"),
        ("(?P<1>a)", "a", "b"),
        ("(?i)k", "\u212a", "q"),
        ("(?i)s", "\u017f", "z"),
        ("(?i)[j-l]", "\u212a", "z"),
        ("(?-i)k", "k", "K"),
        ("(?i:m)ain", "Main", "mAin"),
        ("a(?i)b", "aB", "AB"),
        ("(?s)^.$", "\n", "ab"),
        ("^.$", "x", "\n"),
        ("(?m)^b$", "a\nb", "ab"),
        ("^b$", "b", "b\n"),
        ("(?U)^a+$", "aa", "ab"),
        (r"^\Qa.b\E$", "a.b", "axb"),
        (r"\Qa.", "a.", "ab"),
        ("[[:alpha:]]", "z", "9"),
        ("[[:^digit:]]", "z", "9"),
        ("[]a]", "]", "b"),
        ("^[a-]$", "-", "b"),
        (r"^\pL$", "é", "1"),
        (r"^\p{Han}$", "日", "a"),
        (r"^\P{Han}$", "a", "日"),
        (r"^\p{^Lu}$", "a", "A"),
        (r"^\p{letter}$", "é", "1"),
        (r"^\p{lu}$", "A", "a"),
        (r"^\p{ASCII}$", "a", "é"),
        (r"^\p{Cased_Letter}$", "a", "日"),
        (r"\A\x41\z", "A", "a"),
        (r"^\x{1F600}$", "😀", "a"),
        (r"^\101$", "A", "a"),
        (r"^\d$", "1", "٣"),
        (r"^\w$", "_", "é"),
        (r"\bb", "a-b", "ab"),
        (r"\Bb", "ab", "a-b"),
        (r"^a{,5}$", "a{,5}", "aa"),
        (r"^a{2$", "a{2", "aa"),
        (r"^a{2}$", "aa", "a"),
        (r"^(?:a{0})b$", "b", "ab"),
        (r"^\-\_\.$", "-_.", "---"),
        ("^(|a)b$", "ab", "c"),
        ("(?i)^[^k]$", "x", "\u212a"),
        ("a(?i)*b", "aab", "ac"),
    ],
)
def test_patterns_that_go_takes(pattern: str, takes: str, leaves: str) -> None:
    assert answer([takes, leaves], pattern, alphabetical="desc") == takes
    assert answer([leaves], pattern, alphabetical="asc") == NO_MATCH


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a**", "invalid nested repetition operator: `**`"),
        ("(a", "missing closing ): `(a`"),
        ("a)", "unexpected ): `a)`"),
        (r"\1", r"invalid escape sequence: `\1`"),
        ("[a", "missing closing ]: `[a`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("\\", "trailing backslash at end of expression: ``"),
    ],
)
def test_messages_are_those_of_flux(pattern: str, message: str) -> None:
    error = select(policy(pattern, numerical=""), ["1"]).error
    assert error is not None
    prefix = f"failed to filter tags: invalid regular expression pattern '{pattern}': error parsing regexp: "
    assert error.message == prefix + message


# --- numerical
@pytest.mark.parametrize(
    ("rule", "tags", "order", "expected"),
    [
        ("asc takes the largest", ["2", "10"], "asc", "10"),
        ("desc takes the smallest", ["2", "10"], "desc", "2"),
        ("one text that is no number fails all", ["1", "latest"], "asc", NOT_NUMERIC),
        ("1.10 is less than 1.9", ["1.10", "1.9"], "asc", "1.9"),
        ("equal numbers: the byte-smallest", ["1.0", "1", "01"], "asc", "01"),
        ("above 2^53 neighbours are equal", ["9007199254740993", "9007199254740992"], "asc", "9007199254740992"),
        ("exponents", ["1e5", "99999"], "asc", "1e5"),
        ("underscores between digits", ["1_000", "999"], "asc", "1_000"),
        ("hexadecimal with an exponent", ["0x1p4", "15"], "asc", "0x1p4"),
        ("an underscore behind 0x", ["0x_1p4", "15"], "asc", "0x_1p4"),
        ("a leading zero is decimal", ["017", "16"], "asc", "017"),
        ("signs", ["+1", "-2"], "asc", "+1"),
        ("infinity in any case", ["iNfInItY", "1"], "asc", "iNfInItY"),
        ("a value too small is zero", ["1e-400", "1"], "desc", "1e-400"),
        ("NaN alone", ["NaN"], "asc", "NaN"),
        ("NaN is replaced by what follows it", ["NaN", "1"], "asc", "1"),
        ("NaN replaces what came before it", ["9", "nan"], "asc", "9"),
        ("-0 equals 0", ["-0", "0"], "asc", "-0"),
    ],
)
def test_numerical_without_filter(rule: str, tags: list[str], order: str, expected: Answer) -> None:
    assert answer(tags, numerical=order) == expected, rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "0x1",
        "0b1",
        "0o7",
        "1__0",
        "_1",
        "1_",
        "1e",
        "1e400",
        "9" * 400,
        "٣",
        "\uff11",
        "1.2.3",
        "1f",
        "+nan",
        "infin",
        "0x_p1",
        "1_e5",
        "1e_5",
        "0x1p",
        ".",
        "e5",
        "--1",
        "1,5",
        "0x1p99999",
        "1\n",
    ],
)
def test_texts_that_are_no_number(text: str) -> None:
    assert answer([text], numerical="") == NOT_NUMERIC


@pytest.mark.parametrize(
    ("rule", "tags", "pattern", "extract", "choice", "expected"),
    [
        ("equal numbers are random", ["1", "01"], ".*", "", {"numerical": ""}, ["01", "1"]),
        ("equal versions are random", ["v1.0.0", "1.0.0"], ".*", "", {"semver": "*"}, ["1.0.0", "v1.0.0"]),
        ("build metadata does not order", ["1.0.0+a", "1.0.0+b"], ".*", "", {"semver": "*"}, ["1.0.0+a", "1.0.0+b"]),
        ("with NaN everything can win", ["1", "5", "nan"], ".*", "", {"numerical": ""}, ["1", "5", "nan"]),
        ("equal texts are not", ["a1", "b1"], r"\d", "$0", {"numerical": ""}, "a1"),
        ("bytes are never equal", ["1", "01"], ".*", "", {"alphabetical": ""}, "1"),
    ],
)
def test_answers_that_depend_on_the_order_of_a_go_map(
    rule: str, tags: list[str], pattern: str, extract: str, choice: Mapping[str, str], expected: Answer
) -> None:
    assert answer(tags, pattern, extract, **choice) == expected, rule


# --- alphabetical
@pytest.mark.parametrize(
    ("rule", "tags", "order", "expected"),
    [
        ("asc takes the last", ["a", "b"], "asc", "b"),
        ("desc takes the first", ["a", "b"], "desc", "a"),
        ("large letters come before small ones", ["B", "a"], "asc", "a"),
        ("10 comes before 9", ["10", "9"], "asc", "9"),
        ("by bytes of UTF-8, not by UTF-16", ["\uffee", "😀"], "asc", "😀"),
    ],
)
def test_alphabetical(rule: str, tags: list[str], order: str, expected: str) -> None:
    assert answer(tags, alphabetical=order) == expected, rule


# --- semver
@pytest.mark.parametrize(
    "tag", ["1", "1.2", "v2", "V1.2.3", "vv1.2.3", "1.2.3.4", "1.2.3-01", "18446744073709551616.0.0"]
)
def test_texts_that_are_no_version(tag: str) -> None:
    assert answer([tag], semver=">=0.0.0-0") == NO_VERSION


@pytest.mark.parametrize("tag", ["v1.2.3", "2025.01.02", "1.2-rc.1", "1-a.b.c", "1.2.3-0a", "18446744073709551615.0.0"])
def test_texts_that_are_versions(tag: str) -> None:
    assert answer([tag], semver=">=0.0.0-0") == tag


def test_a_version_of_more_than_256_characters_is_none() -> None:
    assert answer([f"1.2.3-{'a' * 251}"], semver=">=0.0.0-0") == NO_VERSION
    assert answer([f"1.2.3-{'a' * 250}"], semver=">=0.0.0-0") != NO_VERSION


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["1.9.0", "1.10.0"], "1.10.0"),
        (["1.0.0-rc.9", "1.0.0-rc.10"], "1.0.0-rc.10"),
        (["1.0.0-1", "1.0.0-a"], "1.0.0-a"),
        (["1.0.0-a", "1.0.0-a.1"], "1.0.0-a.1"),
        (["1.0.0-rc", "1.0.0"], "1.0.0"),
        (["1.0.0-18446744073709551616", "1.0.0-2"], "1.0.0-18446744073709551616"),
        (["1.0.0-99999999999999999999", "1.0.0-100000000000000000000"], "1.0.0-99999999999999999999"),
        (["1.0.0", "v1.0.0"], "v1.0.0"),
        (["1.0.0+a", "1.0.0+b"], "1.0.0+b"),
    ],
)
def test_the_highest_version(tags: list[str], expected: str) -> None:
    assert answer(tags, semver=">=0.0.0-0") == expected


_RELEASES = ["0.0.0", "0.0.3", "0.0.4", "0.2.3", "0.2.9", "0.3.0", "1.2.3", "1.2.9", "1.3.0", "1.9.0", "1.9.1", "2.0.0"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            ("1.2.3", "1.2.3"),
            ("=1.2.3", "1.2.3"),
            ("v1.2.3", "1.2.3"),
            ("1.2", "1.2.9"),
            ("1", "1.9.1"),
            ("*", "2.0.0"),
        ),
        *(
            ("x", "2.0.0"),
            ("X", "2.0.0"),
            ("1.x", "1.9.1"),
            ("1.2.*", "1.2.9"),
            ("^1.2.3", "1.9.1"),
            ("^0.2.3", "0.2.9"),
        ),
        *(
            ("^0.0.3", "0.0.3"),
            ("^0.0", "0.0.4"),
            ("^0", "0.3.0"),
            ("^*", "0.0.0"),
            ("~1.2.3", "1.2.9"),
            ("~1", "1.9.1"),
        ),
        *(("~>1.2", "1.2.9"), ("~*", "2.0.0"), (">*", "2.0.0"), ("!=*", "2.0.0"), ("<*", NO_VERSION), ("<2", "1.9.1")),
        *((">1", "2.0.0"), (">1.2 <2", "1.9.1"), ("<=1.2", "1.2.9"), ("=>1.2.3", "2.0.0"), ("=<1.2.3", "1.2.3")),
        *(
            (">=1.2.3, <1.9.1", "1.9.0"),
            (">=1.2.3,<1.9.1", "1.9.0"),
            ("^1 !=1.9.1", "1.9.0"),
            ("0.2.x || ^1.2", "1.9.1"),
        ),
        *(("1.2.3 - 1.9.0", "1.9.0"), ("1.2 - 2", "2.0.0"), ("1.2.3-1.9.0", NO_VERSION), ("!=2.x", "1.9.1")),
        *(
            ("^ 1.2", "1.9.1"),
            ("   >=1.0.0   ", "2.0.0"),
            (">=1.2.4+build", "2.0.0"),
            ("01.2.3", "1.2.3"),
            ("*.1", "2.0.0"),
        ),
        *((">=1.2.3 <1.2.3", NO_VERSION), ("~1.2 || ~0.2", "1.2.9"), (">=1.0.0\t<2", "1.9.1")),
    ],
)
def test_ranges(text: str, expected: str) -> None:
    assert answer(_RELEASES, semver=text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "==1.2.3",
        "!1.2.3",
        "<>1",
        "> =1.2.3",
        ">=1 && <2",
        "^^1",
        "~=1",
        "=~1",
        "1.2.3 ||",
        "|| 1",
        "||",
        "-1",
        "foo",
        ">=",
        "1.2.3 -1.9.0",
        "1.2.3 - ",
        "1.2.3.4",
        ">=1;<2",
        "99999999999999999999",
        "1.2.3-01",
        "1.2.3 | 2",
        "(1.2.3)",
        ">=1 and <2",
        "latest",
        " ",
        "1" * 513,
        "||".join(["1"] * 33),
    ],
)
def test_ranges_that_are_refused(text: str) -> None:
    assert answer(["1.2.3"], semver=text) == INVALID_POLICY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">=1.0.0", "1.2.0"),
        (">=1.0.0-0", "2.0.0-rc.1"),
        ("*-0", "2.0.0-rc.1"),
        ("1.x || >=2.0.0-0", "2.0.0-rc.1"),
        (">=1.0.0-0 <2.0.0", "2.0.0-rc.1"),
        ("^1.2.0-a", "1.2.0"),
    ],
)
def test_prereleases_only_where_the_group_names_one(text: str, expected: str) -> None:
    assert answer(["1.2.0", "1.2.0-b", "2.0.0-rc.1"], semver=text) == expected


# --- what a Selection tells beside the winner
def test_runners_up_come_in_order_and_everyone_else_with_a_reason() -> None:
    found = select(policy(r"^m-(\d+)$", "$1", numerical=""), ["m-1", "m-10", "x", "m-9", "m-010"])
    assert found.possible == ("m-010", "m-10")
    assert found.winner is None
    assert [candidate.tag for candidate in found.runners_up] == ["m-9", "m-1"]
    assert [(miss.tag, miss.kind) for miss in found.unmatched] == [("x", "pattern")]
    assert any("random" in warning for warning in found.warnings)


def test_a_tag_behind_an_equal_extract_is_hidden() -> None:
    found = select(policy(r"-(\d+)$", "$1", numerical=""), ["b-1", "a-1"])
    assert found.winner == "a-1"
    assert [(miss.tag, miss.kind, miss.wanted) for miss in found.unmatched] == [("b-1", "hidden", "a-1")]


def test_a_failed_policy_still_says_who_was_left_out() -> None:
    found = select(policy("^b", numerical=""), ["b", "a"])
    assert found.error is not None
    assert [miss.kind for miss in found.unmatched] == ["not_numeric", "pattern"]


def test_surrogates_become_the_replacement_character() -> None:
    assert answer(["a\ud800"], "^a\ufffd$", alphabetical="") == "a\ufffd"


# --- reading a manifest
def test_a_spec_as_yaml_gives_it() -> None:
    spec = {
        "imageRepositoryRef": {"name": "frontend"},
        "filterTags": {"pattern": "^a$", "extract": None},
        "policy": {"numerical": {"order": "asc"}, "semver": None},
    }
    read = ImagePolicy.from_spec(spec, namespace="flux-system", name="app")
    assert read.ref == "flux-system:app"
    assert (read.repository, read.choice.kinds) == ("frontend", ("numerical",))
    assert read.filter is not None
    assert (read.filter.pattern, read.filter.extract) == ("^a$", "")


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ({"policy": {"semver": {"range": 1.0}}}, "spec.policy.semver.range"),
        ({"policy": []}, "spec.policy"),
        ({"policy": {"numerical": "asc"}}, "spec.policy.numerical"),
        ({"filterTags": "x"}, "spec.filterTags"),
        ({"filterTags": {"pattern": 7}}, "spec.filterTags.pattern"),
        ({"imageRepositoryRef": {"name": True}}, "spec.imageRepositoryRef.name"),
    ],
)
def test_a_wrong_type_is_named(spec: Mapping[str, object], where: str) -> None:
    with pytest.raises(ValueError, match=where.replace(".", r"\.")):
        ImagePolicy.from_spec(spec)
