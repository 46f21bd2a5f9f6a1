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
