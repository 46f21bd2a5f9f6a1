from __future__ import annotations

import dataclasses

from buildtool.config import TagConfig
from buildtool.core.commit.ci import CiFacts
from buildtool.usecases.tag import current_tag

SHA = "abc1234def5678900987654321fedcbaabc1234d"


@dataclasses.dataclass
class Checkout:
    branch: str | None = "main"
    changes: tuple[str, ...] = ()
    head: tuple[str, int] = (SHA, 1)
    tags: tuple[str, ...] = ()


def test_the_document_holds_every_part() -> None:
    result = current_tag(Checkout("feature/x"), CiFacts(), TagConfig(8), flag=None, now=1_707_300_000)
    assert result.document({"web": "localhost:1/web:x"}) == {
        "schema": "buildtool.tag/v1",
        "tag": "feature-x-abc1234d-1707300000",
        "branch": "feature/x",
        "branch_source": "HEAD",
        "branch_in_tag": "feature-x",
        "release": None,
        "request": None,
        "sha": SHA,
        "time": 1_707_300_000,
        "dirty": False,
        "notes": ['branch "feature/x" is written "feature-x": a tag of ours does not hold /'],
        "images": {"web": "localhost:1/web:x"},
    }


def test_uncommitted_files_are_named_up_to_a_point() -> None:
    few = current_tag(Checkout(changes=("a", "b\x1b")), CiFacts(), TagConfig(), flag=None, now=1)
    assert few.tag.text == "main-abc1234-dirty-1"
    assert few.notes[0].startswith("uncommitted: a, b\\x1b; push refuses this tree")
    many = current_tag(Checkout(changes=tuple("abcdefgh")), CiFacts(), TagConfig(), flag=None, now=1)
    assert many.notes[0].startswith("uncommitted: a, b, c, d, e and 3 more;")


def test_a_checkout_of_another_branch_than_the_runs_is_said() -> None:
    ci = CiFacts(ref_name="main", ref_type="branch", commit=SHA, commit_variable="GITHUB_SHA")
    assert current_tag(Checkout(None), ci, TagConfig(), flag=None, now=1).notes == ()
    assert current_tag(Checkout("main"), ci, TagConfig(), flag=None, now=1).notes == ()
    assert "HEAD is on" in current_tag(Checkout("release"), ci, TagConfig(), flag=None, now=1).notes[0]
    assert current_tag(Checkout("release"), ci, TagConfig(), flag="x", now=1).notes == ()


def test_a_release() -> None:
    result = current_tag(Checkout(None, tags=("v1.2.3",)), CiFacts(), TagConfig(), flag=None, now=1_707_300_000)
    document = result.document({})
    assert (document["tag"], document["release"], document["branch"], document["branch_in_tag"]) == (
        "1.2.3",
        "v1.2.3",
        None,
        None,
    )
    dirty = current_tag(Checkout(None, ("a",), tags=("v1.2.3",)), CiFacts(), TagConfig(), flag=None, now=1)
    assert dirty.notes == ("uncommitted: a; push refuses this tree: a release is a commit",)


def test_a_branch_that_carries_a_version_is_said_to_be_the_branch() -> None:
    checkout = Checkout(tags=("v1.2.3", "nightly"))
    [note] = current_tag(checkout, CiFacts(), TagConfig(), flag=None, now=1_707_300_000).notes
    assert note == 'HEAD also carries v1.2.3: this is a build of "main" (--release releases it)'
    in_ci = CiFacts(ref_name="main", ref_type="branch", commit=SHA, commit_variable="GITHUB_SHA", running=True)
    assert current_tag(checkout, in_ci, TagConfig(), flag=None, now=1).notes == (), "a workflow decides by its events"
    asked = current_tag(checkout, CiFacts(), TagConfig(), flag=None, now=1, release=True)
    assert (asked.tag.text, asked.notes) == ("1.2.3", ())
