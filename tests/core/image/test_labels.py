from __future__ import annotations

import pytest

from buildtool.core.image.labels import COMMIT_TIME, CREATED, REVISION, Origin, commit_time, image_labels


def labels(**extra: str) -> dict[str, str]:
    origin = Origin("a" * 40, "", 1_707_000_000)
    return image_labels(origin, created=1_707_300_000, version="v", inputs="", extra=extra)


def test_the_build_and_the_commit_have_their_own_times() -> None:
    found = labels()
    assert found[CREATED] == "2024-02-07T10:00:00Z"
    assert commit_time(found[COMMIT_TIME]) == 1_707_000_000


def test_a_users_label_does_not_replace_ours_and_empty_ones_are_left_out() -> None:
    found = labels(**{REVISION: "mine", "team": "web"})
    assert (found[REVISION], found["team"]) == ("a" * 40, "web")
    assert "org.opencontainers.image.source" not in found


@pytest.mark.parametrize("label", [None, "", "yesterday", "-5", "1.5", "٣", "9" * 40, " 5"])
def test_a_label_that_is_no_time(label: str | None) -> None:
    assert commit_time(label) is None
