"""Several automations over one repository."""

from __future__ import annotations

from buildtool.core.flux.setters import LatestImage, preview
from buildtool.core.flux.setters.runs import Run, run_all

APP = 'image: old:1 # {"$imagepolicy": "ns:app"}\n'
WEB = 'web: old:1 # {"$imagepolicy": "ns:web:tag"}\n'
IMAGES = {"ns:app": LatestImage("r.io/app", "v1")}
OTHERS = {"ns:web": LatestImage("r.io/web", "v2")}
BAD = {"ns:app": LatestImage("r.io/A", "v1")}


def test_one_run_is_what_preview_says() -> None:
    texts = {"a.yaml": "\n" + APP, "b.yaml": APP + "\tx: 1\n", "c.txt": APP}
    alone, found = preview(texts, IMAGES), run_all(texts, [Run("ns/one", "", IMAGES)])
    assert (found.changes, found.files, found.errors) == (list(alone.changes), dict(alone.files), {})
    assert list(found.reformatted.values()) == list(alone.reformatted)
    assert list(found.skipped.values()) == list(alone.skipped)


def test_each_run_sees_what_the_runs_before_it_wrote() -> None:
    found = run_all({"a.yaml": APP + WEB}, [Run("ns/one", "", IMAGES), Run("ns/two", "", OTHERS)])
    assert found.files["a.yaml"] == (APP + WEB).replace("old:1", "r.io/app:v1", 1).replace("old:1", "v2")
    assert [change.setter for change in found.changes] == ["ns:app", "ns:web:tag"]


def test_what_two_automations_write_alike_is_one_change() -> None:
    found = run_all({"a.yaml": APP}, [Run("ns/one", "", IMAGES), Run("ns/two", "", IMAGES)])
    assert len(found.changes) == 1


def test_a_run_that_fails_writes_nothing_and_stops_nobody() -> None:
    runs = [Run("ns/bad", "", BAD), Run("ns/gone", "nowhere", OTHERS), Run("ns/good", "", OTHERS)]
    found = run_all({"a.yaml": APP + WEB}, runs)
    assert [change.setter for change in found.changes] == ["ns:web:tag"]
    assert list(found.errors) == ["ns/bad", "ns/gone"]
    assert "no such file or directory" in found.errors["ns/gone"]


def test_through_a_link_the_file_behind_it_is_written() -> None:
    texts = {"apps/link.yaml": APP, "base/a.yaml": APP, "apps/deep/again.yaml": APP}
    links = {"apps/link.yaml": "base/a.yaml", "apps/deep/again.yaml": "base/a.yaml"}
    found = run_all(texts, [Run("", "apps", IMAGES)], links)
    assert list(found.files) == ["base/a.yaml"]
    assert [(change.path, change.line) for change in found.changes] == [("base/a.yaml", 1)]


def test_a_link_and_its_file_in_two_runs() -> None:
    texts = {"apps/link.yaml": APP + WEB, "base/a.yaml": APP + WEB}
    runs = [Run("ns/one", "apps", IMAGES), Run("ns/two", "base", OTHERS)]
    found = run_all(texts, runs, {"apps/link.yaml": "base/a.yaml"})
    assert found.files == {"base/a.yaml": (APP + WEB).replace("old:1", "r.io/app:v1", 1).replace("old:1", "v2")}
