"""The texts of `images.NAME.tags`: what they may hold, and the tags that they make in a run."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.further_tags import FurtherTag, Run, further_tags, is_shared, template_problem
from buildtool.core.commit.marks import is_mark
from buildtool.core.commit.tags import BuildFacts, Tag, make_tag, parse_tag
from buildtool.core.commit.versions import Version
from buildtool.errors import FURTHER_TAG, BuildtoolError

SHA, NOW = "abc1234" + "0" * 33, 1_707_300_000
FOUR = ("latest", "{branch}", "{version}", "pr-{number}")
OCI = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")


def branch(name: str = "main", *, dirty: bool = False) -> Tag:
    return make_tag(BuildFacts(name, "HEAD", SHA, NOW, dirty))


def release(text: str = "1.2.3") -> Tag:
    return Tag(text, "", SHA, NOW, dirty=False, version=Version.parse(text))


def made(templates: tuple[str, ...], run: Run) -> dict[str, str]:
    """The text of each, or in angle brackets why there is none."""
    return {one.template: one.text or f"<{one.why}>" for one in further_tags(templates, run)}


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Run(branch()), ("latest", "main", "<this run is no release>", "<this run is about no pull request>")),
        (Run(branch("feature/x"), "12"), ("latest", "feature-x", "<this run is no release>", "pr-12")),
        (
            Run(branch("feature/x"), "12", deployed=False),
            (
                "<only a build that is deployed, or of a deploy branch, moves it>",
                "feature-x",
                "<this run is no release>",
                "pr-12",
            ),
        ),
        (Run(branch(dirty=True), "12"), ("<uncommitted files>",) * 4),
    ],
)
def test_what_a_build_of_a_branch_gets(run: Run, expected: tuple[str, ...]) -> None:
    assert tuple(made(FOUR, run).values()) == expected


def test_what_a_release_gets() -> None:
    more = (*FOUR, "{major}", "{major}.{minor}", "v{version}")
    assert made(more, Run(release())) == {
        "latest": "latest",
        "{branch}": "<a release has no branch>",
        "pr-{number}": "<this run is about no pull request>",
        "{major}": "1",
        "{major}.{minor}": "1.2",
        "v{version}": "v1.2.3",
    }, "{version} is the tag of the build itself"
    early = made(more, Run(release("1.2.3-rc.1")))
    assert {early[name] for name in ("latest", "{major}", "{major}.{minor}")} == {"<1.2.3-rc.1 is a pre-release>"}
    assert early["v{version}"] == "v1.2.3-rc.1"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{brnch}", "nothing is called {brnch} here; did you mean branch?"),
        ("{}", "nothing is called {} here; there are {branch}, {version}"),
        ("{time}", "nothing is called {time} here"),
        ("{branch", "makes no legal tag"),
        ("a}", "makes no legal tag"),
        ("-{branch}", "makes no legal tag"),
        ("{branch}/x", "makes no legal tag"),
        ("{version}+x", "makes no legal tag"),
        ("a" * 129, "makes no legal tag"),
        ("rolled-back-{branch}", "like the mark of a rollback"),
        ("withdrawn-x", "like the mark of a rollback"),
        ("{branch}-abc1234-1707300000", "makes tags like those of a build"),
    ],
)
def test_what_a_text_may_not_be(template: str, words: str) -> None:
    assert words in str(template_problem(template))


@pytest.mark.parametrize("template", [*FOUR, "{major}.{minor}", "v{version}-alpine", "_x", "stable"])
def test_what_a_text_may_be(template: str) -> None:
    assert template_problem(template) is None


@pytest.mark.parametrize(
    ("templates", "run", "words"),
    [
        (("latest", "{branch}"), Run(branch("latest")), '"latest" and "{branch}" both make the tag latest here'),
        (("{branch}", "pr-{number}"), Run(branch("pr-12"), "12"), "both make the tag pr-12 here"),
        (("{branch}",), Run(branch("main-abc1234-1707300000")), "which looks like the tag of a build"),
        (("{branch}",), Run(branch("rolled-back/x")), "which looks like the mark of a rollback"),
    ],
)
def test_a_branch_whose_name_makes_another_tag(templates: tuple[str, ...], run: Run, words: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        further_tags(templates, run)
    assert caught.value.kind is FURTHER_TAG
    assert words in caught.value.message


def test_one_that_is_too_long_is_not_written() -> None:
    [one] = further_tags(("{branch}-" + "x" * 60,), Run(branch("b" * 90)))
    assert one == FurtherTag(one.template, "", "it would have 151 characters, and a tag has at most 128")


@pytest.mark.parametrize(
    ("template", "shared"), [("latest", True), ("{major}", True), ("{branch}", False), ("pr-{number}", False),
                             ("v{version}", False)]
)  # fmt: skip
def test_which_are_shared(template: str, *, shared: bool) -> None:
    assert is_shared(template) is shared


PIECES = st.sampled_from([*"ab-._", "{branch}", "{version}", "{major}", "{minor}", "{number}", "latest", "1"])
TEMPLATES = st.lists(PIECES, min_size=1, max_size=6).map("".join).filter(lambda text: template_problem(text) is None)
RUNS = st.builds(
    Run,
    st.one_of(
        st.builds(branch, st.text(min_size=1, max_size=200), dirty=st.booleans()),
        st.sampled_from(["1.2.3", "0.0.1-rc.1", "10.20.30"]).map(release),
    ),
    st.sampled_from(["", "7"]),
    st.booleans(),
)


@given(st.lists(TEMPLATES, max_size=4, unique=True), RUNS)
def test_whatever_the_run_each_tag_is_legal_and_none_of_ours(templates: list[str], run: Run) -> None:
    try:
        found = further_tags(templates, run)
    except BuildtoolError as error:
        assert error.kind is FURTHER_TAG  # noqa: PT017 -- one of two ends
        return
    texts = [one.text for one in found if one.text]
    assert len(set(texts)) == len(texts)
    assert run.tag.text not in texts
    for text in texts:
        assert OCI.fullmatch(text)
        assert parse_tag(text) is None
        assert not is_mark(text)
    assert all(one.why for one in found if not one.text)
