"""The soak itself: a sample of every disturbance, and that a broken promise is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from soak.promises import LEFT, OLDER, PROMISES, SPLIT, UNPROVEN, at_once, in_the_end
from soak.races import races
from soak.table import Row, markdown
from soak.world import PASSWORD, Site
from tests.support import registry_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries


@pytest.fixture
def site(tmp_path: Path, registry_server: Registries, engine: Mapping[str, str]) -> Iterator[Site]:
    server = registry_server()
    yield Site(tmp_path / "site", server.address, engine)
    server.stop()


@pytest.mark.engine
@pytest.mark.timeout(300)
def test_broken_promises_are_seen(site: Site) -> None:
    first = site.shop.git("rev-parse", "HEAD")
    assert site.push().code == 0
    assert in_the_end(site, first) == []
    web, _ = site.repositories
    [tag] = registry_view.tags(site.host, web)
    newer = f"{tag[:-10]}{int(tag[-10:]) + 5}"
    registry_view.retag(site.host, web, tag, newer)
    assert [kind for kind, _ in in_the_end(site, first)] == [SPLIT]
    assert {kind for kind, _ in in_the_end(site, site.change())} == {SPLIT, OLDER}
    registry_view.retag(site.host, web, tag, "main-0000000-1700000000")
    registry_view.retag(site.host, web, tag, "latest")
    assert [kind for kind, _ in at_once(site)] == [UNPROVEN, UNPROVEN]
    (site.folder / "left").write_text(f"auth {PASSWORD}\n", encoding="utf-8")
    assert [words for kind, words in in_the_end(site, first) if kind == LEFT] == [
        f"{site.folder}/left holds the password"
    ]


@pytest.mark.engine
@pytest.mark.timeout(300)
def test_a_race_of_four_clones(site: Site) -> None:
    row = races(site, 1, common=False)
    assert (row.times, row.broken) == (4, [])
    assert row.published >= 1


def test_the_table() -> None:
    rows = [Row("kill -9"), Row("signals")]
    rows[0].add(published=True, broken=[(SPLIT, "x"), (SPLIT, "y")])
    rows[0].add(published=False, broken=[(OLDER, "z")])
    lines = markdown(rows).splitlines()
    assert lines[2] == "| kill -9 | 2 | 1 | 0 | 2 | 0 | 1 | 0 |"
    assert lines[3] == "| signals | 0 | 0 | 0 | 0 | 0 | 0 | 0 |"
    assert len(lines[0].split(" | ")) == 3 + len(PROMISES)
