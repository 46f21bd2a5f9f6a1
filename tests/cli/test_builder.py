"""`buildtool builder`, as it is typed, with a docker of the test's own; what it does is in tests/usecases/builder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.buildtool import buildtool
from tests.support.json_keys import keys

if TYPE_CHECKING:
    from tests.support.buildtool import Ran

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
CONFIG = """\
registry = "192.0.2.1:5000"
insecure = true
[images.web]
platforms = ["linux/arm64"]
[builder]
"""
NODES = 'driver = "remote"\n[[builder.nodes]]\nendpoint = "tcp://192.0.2.9:1234"\nplatforms = ["linux/arm64"]\n'
# A buildx whose builders are its records alone; its one node runs as long as there is a file `on`.
DOCKER = """\
#!/bin/sh
case "$2" in
version) echo github.com/docker/buildx v0.13.1 x ;;
create)
  for one in "$@"; do case $one in --name=*) name=${one#*=} ;; --node=*) node=${one#*=} ;; esac; done
  mkdir -p "$BUILDX_CONFIG/instances"
  platforms='[{"os": "linux", "architecture": "arm64"}]'
  printf '{"Driver": "remote", "Nodes": [{"Name": "%s", "Endpoint": "tcp://192.0.2.9:1234", "Platforms": %s}]}' \\
    "$node" "$platforms" > "$BUILDX_CONFIG/instances/$name" ;;
inspect)
  for name in "$@"; do :; done
  [ -e "$BUILDX_CONFIG/instances/$name" ] || { echo "ERROR: no builder \\"$name\\" found" >&2; exit 1; }
  status=inactive; [ -e "$BUILDX_CONFIG/on" ] && status=running
  printf 'Name: %s\\nDriver: remote\\n\\nNodes:\\nName: %s-0\\nEndpoint: tcp://192.0.2.9:1234\\n' "$name" "$name"
  printf 'Status: %s\\nPlatforms: linux/arm64*, linux/amd64\\n' "$status" ;;
du) printf 'Reclaimable: 0B\\nTotal: 0B\\n' ;;
rm) rm "$BUILDX_CONFIG/instances/$3" ;;
esac
"""


@pytest.fixture
def typed(tmp_path: Path) -> Any:
    """Run the command in a folder with this `[builder]`."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").write_text(DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    (tmp_path / "buildx").mkdir()
    (tmp_path / "buildx" / "on").write_text("")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    env = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "BUILDX_CONFIG": f"{tmp_path}/buildx", "BUILDTOOL_REGISTRY": ""}

    def run(*arguments: str, builder: str = NODES, **more: str) -> Ran:
        (tmp_path / "buildtool.toml").write_text(CONFIG + builder)
        return buildtool("builder", *arguments, cwd=tmp_path, env={**env, **more})

    return run


def test_up_show_and_down(typed: Any) -> None:
    assert typed("show").code == 3
    up = typed("up")
    assert up.code == 0, up
    lines = [line.split(maxsplit=1) for line in up.stdout.splitlines()]
    assert [line[0] for line in lines] == ["builder", "driver", "status", "node", "native", "emulated", "fits"]
    assert lines[2:3] + lines[4:] == [
        ["status", "running"],
        ["native", "linux/arm64"],
        ["emulated", "linux/amd64"],
        ["fits", "yes"],
    ]
    assert typed("show").stdout == up.stdout
    down = typed("down")
    assert (down.code, down.stdout) == (0, f"{lines[0][1].partition(' ')[0]}: removed\n")
    again = typed("down")
    assert (again.code, again.stdout) == (0, "")
    assert "there is no builder to remove" in again.stderr


def test_what_does_not_fit_is_one_line_each_with_its_fix(typed: Any, tmp_path: Path) -> None:
    typed("up")
    (tmp_path / "buildx" / "on").unlink()
    shown = typed("show")
    assert shown.code == 3
    lines = shown.stdout.splitlines()
    at = lines.index("fits      no")
    assert lines[at + 1].startswith("differs   node ")
    assert lines[at + 2].startswith("          fix: ")


def test_the_documents(typed: Any) -> None:
    up = typed("up", "--json").document
    assert (up["schema"], up["fits"], up["made_by_buildtool"], up["chosen_by"]) == (
        "buildtool.builder/v1",
        True,
        True,
        "[builder]",
    )
    assert typed("show", "--json").document == up
    down = typed("down", "--json").document
    assert down == {
        "schema": "buildtool.builder-down/v1",
        "builders": [{"name": up["name"], "removed": True, "why": None, "fix": None}],
        "note": None,
    }
    assert json.dumps(down)


def test_a_named_builder_that_is_not_there(typed: Any) -> None:
    ran = typed("up", builder=f'name = "farm"\n{NODES}')
    assert ran.code == 11
    assert 'no builder "farm" found' in ran.stderr


def test_a_variable_names_another_one(typed: Any) -> None:
    typed("up")
    ran = typed("down", BUILDX_BUILDER="farm")
    assert "farm (BUILDX_BUILDER) was not made for this configuration: it stays" in ran.stderr


def test_a_remote_builder_without_nodes(typed: Any) -> None:
    ran = typed("up", builder='driver = "remote"\n')
    assert ran.code == 11
    assert "no node says where a buildkitd listens" in ran.stderr
    assert "[[builder.nodes]]" in ran.stderr


def test_without_docker(typed: Any, tmp_path: Path) -> None:
    (tmp_path / "bin" / "docker").unlink()
    ran = typed("up", PATH=f"{tmp_path}/bin")
    assert ran.code == 11
    assert "docker-missing" in ran.stderr


def test_the_documentation_names_every_key_and_no_other(typed: Any, tmp_path: Path) -> None:
    typed("up")
    (tmp_path / "buildx" / "on").unlink()
    used = NODES.replace("1234", "1235")
    typed("up", builder=used)
    for document in (typed("show", "--json", builder=used).document, typed("down", "--json").document):
        section = PAGE.partition(f": {document['schema']}\n")[2].partition("\n## ")[0]
        assert set(keys(document)) == set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))
