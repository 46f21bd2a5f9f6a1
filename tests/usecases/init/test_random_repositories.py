"""Random repositories: a file differs from what it was in markers and new entries only, and once is enough."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildtool.core.flux.setters import LatestImage, preview
from buildtool.core.yaml.parser import parse
from buildtool.usecases.init.decisions import Answers, Existing
from buildtool.usecases.init.overlay import Overlay
from buildtool.usecases.init.propose import propose
from buildtool.usecases.init.survey import look
from tests.support.memory_files import MemoryFiles
from tests.support.odd_repos import cluster
from tests.support.scratch_repos import TINY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.usecases.init.propose import Proposal
    from buildtool.usecases.init.survey import Files

HOST = "r.example:5000"
ANSWERS = Answers(f"{HOST}/p", insecure=True, branch="main", name="shop", author=("F", "f@x"), commit="a" * 40)
MARKER = re.compile(r' # \{"\$imagepolicy": "[a-z0-9:-]+"\}')

NAMES = st.sampled_from([f"{HOST}/p/web", f"{HOST}/p/api", "web", "team/api", "docker.io/library/web", "q.io/x"])
TAGS = st.sampled_from(["1.0", "latest", "v1-a", "${TAG:-latest}", "$TAG"])
QUOTES = st.sampled_from(["{}", "'{}'", '"{}"', "&a{{}} {}", "!!str {}"])
BEHIND = st.sampled_from(["", "", "  ", " # a note", " #"])


@st.composite
def value(draw: st.DrawFn, text: str, number: int = 0) -> str:
    """A scalar as somebody may write it, and what stands behind it."""
    return draw(QUOTES).replace("{{}}", str(number)).format(text) + draw(BEHIND)


@st.composite
def compose_file(draw: st.DrawFn) -> str:
    lines = ["services:"]
    for number in range(draw(st.integers(1, 3))):
        whole = f"{draw(NAMES)}:{draw(TAGS)}"
        if draw(st.booleans()):
            lines += [f"  s{number}:", f"    image: {draw(value(whole, number))}", "    restart: always"]
        else:
            lines.append(f'  s{number}: {{restart: always, image: "{whole}"}}')
        lines += draw(st.sampled_from([[], ["", "  # between"], ["    "]]))
    return "\n".join(lines)


@st.composite
def values_file(draw: st.DrawFn) -> str:
    lines = ["# values"]
    for number in range(draw(st.integers(1, 3))):
        name, tag = draw(NAMES), draw(TAGS)
        host, _, path = name.partition("/")
        kind = draw(st.sampled_from(["split", "three", "whole", "beside", "no tag", "flow"]))
        lines += {
            "split": [
                f"a{number}:",
                "  image:",
                f"    repository: {draw(value(name))}",
                f"    tag: {draw(value(tag))}",
            ],
            "three": [
                f"a{number}:",
                "  image:",
                f"    registry: {host}",
                f"    repository: {path}",
                f"    tag: '{tag}'",
            ],
            "whole": [f"a{number}:", f"  image: {draw(value(f'{name}:{tag}'))}"],
            "beside": [f"a{number}:", f"  image: {name}", f"  tag: {draw(value(tag))}"],
            "no tag": [f"a{number}:", "  image:", f"    repository: {name}"],
            "flow": [f"a{number}: {{image: {{repository: '{name}', tag: '{tag}'}}}}"],
        }[kind]
    return "\n".join(lines)


@st.composite
def kustomization(draw: st.DrawFn) -> str:
    lines = ["resources: []", "images:"]
    for number in range(draw(st.integers(1, 3))):
        lines.append(f"  - name: x{number}")
        lines += [f"    newName: {draw(NAMES)}"] if draw(st.booleans()) else []
        lines += draw(st.sampled_from([[], ["    newTag: v1"], ["    newTag: 'v1' # why"], ["    digest: sha256:0"]]))
    return "\n".join(lines)


HOOKS = st.sampled_from(
    [None, "repos:\n- repo: a\n  rev: b\n  hooks: [{id: c}]", "repos: []", "# x\nrepos:\n    -   repo: local\n\n# y"]
)


@st.composite
def repository(draw: st.DrawFn) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {
        "web/Dockerfile": TINY,
        "web/index.txt": "x",
        "services/api/Dockerfile": TINY,
        "services/api/index.txt": "x",
    }
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    last = draw(st.sampled_from(["", "\n"]))
    texts = {
        "compose.yaml": draw(compose_file()),
        "chart/values.yaml": draw(values_file()),
        "k8s/kustomization.yaml": draw(kustomization()),
        ".pre-commit-config.yaml": draw(HOOKS),
    }
    files |= {path: (text + last).replace("\n", end) for path, text in texts.items() if text is not None}
    files |= draw(st.sampled_from([{}, cluster("a", "k8s"), cluster("a", "k8s") | cluster("b", "k8s")]))
    return files


def proposed(files: Files, existing: Existing | None = None) -> Proposal:
    return propose(look(files), ANSWERS, existing, lambda _: [])


def as_text(files: Mapping[str, str | bytes], path: str) -> str:
    text = files[path]
    return text if isinstance(text, str) else text.decode()


MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(repository())
def test_only_markers_and_entries_are_added(files: dict[str, str | bytes]) -> None:
    for change in proposed(MemoryFiles(files)).changes:
        assert (change.old is None) is (change.path not in files)
        if change.old is None:
            continue
        assert change.old == as_text(files, change.path)
        if change.path == ".pre-commit-config.yaml":
            rest = iter(change.new.splitlines())
            assert all(line in rest for line in change.old.splitlines())  # in the same order
            assert parse(change.new).problems == []
        else:
            assert MARKER.sub("", change.new) == change.old


@MANY
@given(repository())
def test_a_second_run_proposes_nothing(files: dict[str, str | bytes]) -> None:
    first = proposed(MemoryFiles(files))
    existing = Existing(first.texts["buildtool.toml"], tuple(first.images))
    again = proposed(Overlay(MemoryFiles(files), first.texts), existing)
    assert again.changes == []
    assert again.by_hand == [one for one in first.by_hand if one in again.by_hand]


@MANY
@given(repository())
def test_flux_writes_each_marked_value_to_the_image_it_held(files: dict[str, str | bytes]) -> None:
    """A marker never changes which image runs, only its tag."""
    proposal = proposed(MemoryFiles(files))
    policies = {one.policy: LatestImage(f"{HOST}/{one.path}", "main-1") for one in proposal.images}
    marked = {path: text for path, text in proposal.texts.items() if path in files and MARKER.search(text)}
    shown = preview(marked, policies)
    assert shown.errors == ()
    assert {change.path for change in shown.changes} <= set(marked)
    after = look(Overlay(MemoryFiles(files), {**marked, **shown.files}))
    assert [(use.path, use.image) for use in after.uses] == [
        (use.path, use.image) for use in look(MemoryFiles(files)).uses
    ]


@MANY
@given(repository())
def test_every_place_is_named_once_and_exists(files: dict[str, str | bytes]) -> None:
    proposal = proposed(MemoryFiles(files))
    for one in proposal.by_hand:
        path, _, line = one.place.partition(":")
        assert path in files or path in proposal.texts
        assert one.reason
        assert one.text
        if line:
            assert 1 <= int(line) <= len(as_text(files, path).split("\n"))
    told = [(one.place, one.text) for one in proposal.by_hand]
    assert len(told) == len(set(told))


@MANY
@given(repository())
def test_the_configuration_names_each_image_and_path_once(files: dict[str, str | bytes]) -> None:
    proposal = proposed(MemoryFiles(files))
    tables = tomllib.loads(proposal.texts["buildtool.toml"])["images"]
    assert list(tables) == [one.name for one in proposal.images]
    paths = [table.get("repository", name) for name, table in tables.items()]
    assert len(paths) == len(set(paths))
