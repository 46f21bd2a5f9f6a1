"""Whether a checkout is a release: by the CI event, by a detached HEAD, or because it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import TagConfig
from buildtool.core.commit.checkout import Head
from buildtool.core.commit.ci import CiFacts
from buildtool.core.commit.naming import build_facts, tag_of
from buildtool.core.commit.release import choose_release, version_in, version_tags
from buildtool.core.commit.versions import Version
from buildtool.errors import GIT_NO_BRANCH, GIT_NO_VERSION, GIT_OTHER_COMMIT, USAGE, BuildtoolError

if TYPE_CHECKING:
    from buildtool.errors import Kind

SHA, OTHER = "a" * 40, "b" * 40
FORM = "v{version}"
TAGGED = CiFacts(ref_name="v1.2.3", ref_type="tag", commit=SHA, commit_variable="GITHUB_SHA", running=True)
PUSHED = CiFacts(ref_name="main", ref_type="branch", commit=SHA, commit_variable="GITHUB_SHA", running=True)
UNKNOWN = CiFacts(running=True)
LOCAL = CiFacts()


def head(branch: str | None = None, *tags: str, sha: str = SHA) -> Head:
    return Head(sha, branch, tags=tags)


@pytest.mark.parametrize(
    ("ci", "checkout", "asked", "expected"),
    [
        (TAGGED, head(None, "v1.2.3"), False, ("v1.2.3", "GITHUB_REF_NAME")),
        (TAGGED, head(None), False, ("v1.2.3", "GITHUB_REF_NAME")),  # the tag was not fetched: the event names it
        (TAGGED, head("main", "v1.2.3", "v9.0.0"), True, ("v1.2.3", "GITHUB_REF_NAME")),
        (PUSHED, head("main", "v1.2.3"), False, None),
        (PUSHED, head(None, "v1.2.3"), False, None),
        (PUSHED, head(None, "v1.2.3"), True, ("v1.2.3", "--release")),
        (UNKNOWN, head(None, "v1.2.3"), False, None),
        (UNKNOWN, head(None, "v1.2.3"), True, ("v1.2.3", "--release")),
        (LOCAL, head(None, "v1.2.3"), False, ("v1.2.3", "HEAD")),
        (LOCAL, head("main", "v1.2.3"), False, None),
        (LOCAL, head("main", "v1.2.3"), True, ("v1.2.3", "--release")),
        (LOCAL, head(None), False, None),
        (LOCAL, head(None, "nightly"), False, None),
        (LOCAL, head(None, "nightly", "v1.2.3-rc.1", "v1.2.3"), False, ("v1.2.3", "HEAD")),
    ],
)
def test_when_a_checkout_is_a_release(
    ci: CiFacts, checkout: Head, asked: bool, expected: tuple[str, str] | None  # noqa: FBT001 -- the case
) -> None:  # fmt: skip
    found = choose_release(None, ci, checkout, FORM, asked=asked)
    assert (found and (found.tag, found.source)) == expected


def test_the_users_branch_is_no_release() -> None:
    assert choose_release("main", TAGGED, head(None, "v1.2.3"), FORM, asked=False) is None
    facts = build_facts(head(None, "v1.2.3"), LOCAL, TagConfig(), flag="main", time=1_700_000_000)
    assert (facts.branch, facts.release) == ("main", None)


@pytest.mark.parametrize(
    ("flag", "ci", "checkout", "asked", "kind", "words"),
    [
        ("main", LOCAL, head(None, "v1.2.3"), True, USAGE, "--branch and --release exclude each other"),
        (None, TAGGED, head(None, "v1.2.3", sha=OTHER), False, GIT_OTHER_COMMIT, "the code here is not the event's"),
        (None, LOCAL, head("main"), True, GIT_NO_VERSION, "HEAD carries no git tag"),
        (None, LOCAL, head("main", "a", "b"), True, GIT_NO_VERSION, "its tags are a, b; a release needs one"),
        (None, LOCAL, head(None, "v1.2.3+5"), False, GIT_NO_VERSION, '"1.2.3+5" has build metadata'),
        (None, LOCAL, head(None, "v01.2.3"), False, GIT_NO_VERSION, "no semantic version of three numbers"),
        (None, LOCAL, head(None, f"v1.2.3-{'a' * 130}"), False, GIT_NO_VERSION, "it has 136 characters"),
    ],
)
def test_what_is_refused(  # the facts, one by one
    flag: str | None, ci: CiFacts, checkout: Head, asked: bool, kind: Kind, words: str  # noqa: FBT001 -- the case
) -> None:  # fmt: skip
    with pytest.raises(BuildtoolError) as caught:
        choose_release(flag, ci, checkout, FORM, asked=asked)
    assert caught.value.kind is kind
    assert words in caught.value.message


def test_an_event_about_another_tag_names_no_branch() -> None:
    nightly = CiFacts(ref_name="nightly", ref_type="tag", commit=SHA, commit_variable="GITHUB_SHA", running=True)
    assert choose_release(None, nightly, head(None, "nightly", "v1.2.3"), FORM, asked=False) is None
    with pytest.raises(BuildtoolError, match='about the tag "nightly", which is no version to be released') as caught:
        build_facts(head(None, "nightly"), nightly, TagConfig(), flag=None, time=1)
    assert caught.value.kind is GIT_NO_BRANCH
    with pytest.raises(BuildtoolError, match='"nightly" is not of the form') as caught:
        choose_release(None, nightly, head(None, "nightly"), FORM, asked=True)
    assert caught.value.kind is GIT_NO_VERSION


def test_the_other_versions_of_a_commit_are_named() -> None:
    found = choose_release(None, LOCAL, head(None, "v1.2.3-rc.1", "v1.2.3", "v1.2.3+x"), FORM, asked=False)
    assert found is not None
    assert found.notes == ("HEAD carries v1.2.3-rc.1 too: the highest version counts",)


def test_the_tag_of_a_release_is_its_version() -> None:
    facts = build_facts(head(None, "v1.2.3"), LOCAL, TagConfig(), flag=None, time=1_700_000_000)
    tag = tag_of(facts, TagConfig())
    assert (tag.text, tag.branch, tag.version, tag.dirty) == ("1.2.3", "", Version(1, 2, 3), False)
    changed = build_facts(Head(SHA, None, dirty=True, tags=("v1.2.3",)), LOCAL, TagConfig(), flag=None, time=1)
    assert tag_of(changed, TagConfig()).text == "1.2.3-dirty"


@pytest.mark.parametrize(
    ("tag", "form", "version"),
    [
        ("v1.2.3", "v{version}", "1.2.3"),
        ("1.2.3", "{version}", "1.2.3"),
        ("web/1.2.3", "web/{version}", "1.2.3"),
        ("release-1.2.3-final", "release-{version}-final", "1.2.3"),
        ("v1.2.3", "{version}", None),
        ("v1.0", "v{version}", None),
        ("vnext", "v{version}", None),
        ("v", "v{version}", None),
        ("api/v1.2.3", "v{version}", None),
    ],
)
def test_the_form_of_the_git_tags(tag: str, form: str, version: str | None) -> None:
    assert version_in(tag, form) == version


@given(st.lists(st.integers(0, 99).map(lambda number: f"v1.0.{number}"), unique=True))
def test_the_highest_version_comes_first(tags: list[str]) -> None:
    assert version_tags([*tags, "nightly", "v1.0.0+x"], FORM) == sorted(tags, key=lambda tag: -int(tag[5:]))
