from __future__ import annotations

import pytest

from buildtool.core.commit.ci import from_variables, is_fork


def test_addresses_for_labels_and_summaries() -> None:
    ci = from_variables(
        {"GITHUB_SERVER_URL": "https://git.example/", "GITHUB_REPOSITORY": "team/site", "GITHUB_RUN_ID": "7"}
    )
    assert ci.source_url == "https://git.example/team/site"
    assert ci.run_url == "https://git.example/team/site/actions/runs/7"
    assert from_variables({}).run_url is None


def side(name: str | None) -> dict[str, object]:
    return {"repo": {"full_name": name} if name else None}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"pull_request": {"head": side("other/site"), "base": side("team/site")}}, True),
        ({"pull_request": {"head": side("team/site"), "base": side("team/site")}}, False),
        ({"pull_request": {"head": side(None), "base": side("team/site")}}, True),
        ({"pull_request": {"head": side("team/site")}}, None),
        ({"pull_request": {"head": {"repo": {"full_name": 5}}, "base": side("a/b")}}, True),
        ({"pull_request": []}, None),
        ({"pull_request": {}}, None),
        ([], None),
        (None, None),
    ],
)
def test_whether_a_pull_request_is_a_forks(event: object, expected: bool | None) -> None:  # noqa: FBT001
    assert is_fork(event) is expected
