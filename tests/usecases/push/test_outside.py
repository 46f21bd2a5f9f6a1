"""Paths outside of the repository: found wherever a configuration can name one, and refused where that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.context import ContextFiles
from buildtool.config import load
from buildtool.errors import OUTSIDE_REPOSITORY, BuildtoolError, Exit
from buildtool.usecases.push.outside import Outside, outside, require_inside

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.config import Config

HEAD = 'registry = "127.0.0.1:5000"\n[images.web]\nplatforms = ["linux/amd64"]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository, and a folder `elsewhere` beside it."""
    folder = tmp_path / "repo"
    for name in ("repo/svc", "elsewhere", "repository-with-a-longer-name"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    (folder / "link").symlink_to("../elsewhere")
    return folder


def configured(root: Path, lines: str, folder: str = "") -> Config:
    file = root / folder / "buildtool.toml"
    file.write_text(HEAD + lines.replace("TOP", str(root.parent)), encoding="utf-8")
    return load(file, {})


def found(root: Path, lines: str, folder: str = "") -> list[Outside]:
    config = configured(root, lines, folder)
    return outside(config, list(config.images.values()), ContextFiles(), str(root))


def test_the_folder_of_the_caches_is_named_once_and_at_its_line(root: Path) -> None:
    lines = '[images.api]\nplatforms = ["linux/amd64"]\n[cache]\nlocal = "TOP/elsewhere/caches"'
    [one] = found(root, lines)
    assert (one.image, one.key, one.access) == ("", "cache.local", "write")
    assert str(one) == f"cache.local writes {root.parent}/elsewhere/caches"
    with pytest.raises(BuildtoolError) as caught:
        require_inside([one], configured(root, lines))
    assert str(caught.value.place).endswith("buildtool.toml:7")
    assert found(root, '[cache]\nlocal = "svc/caches"') == []


@pytest.mark.parametrize(
    ("lines", "key", "path", "access"),
    [
        ('context = "../elsewhere"\ndockerfile = "TOP/repo/Dockerfile"', "context", "elsewhere", "read"),
        ('context = "TOP/elsewhere"\ndockerfile = "TOP/repo/Dockerfile"', "context", "elsewhere", "read"),
        ('context = "link"\ndockerfile = "TOP/repo/Dockerfile"', "context", "elsewhere", "read"),
        (
            'context = "../repository-with-a-longer-name"\ndockerfile = "TOP/repo/Dockerfile"',
            "context",
            "repository-with-a-longer-name",
            "read",
        ),
        ('dockerfile = "../elsewhere/Dockerfile"', "dockerfile", "elsewhere/Dockerfile", "read"),
        ('dockerfile = "TOP/elsewhere/Dockerfile"', "dockerfile", "elsewhere/Dockerfile", "read"),
        ('dockerfile = "link/Dockerfile"', "dockerfile", "elsewhere/Dockerfile", "read"),
        ('contexts = {more = "../elsewhere"}', "contexts", "elsewhere", "read"),
        (
            'contexts = {more = "oci-layout://TOP/elsewhere/layout:1.0@sha256:1"}',
            "contexts",
            "elsewhere/layout",
            "read",
        ),
        ('secrets = ["id=npm,src=../elsewhere/token"]', "secrets", "elsewhere/token", "read"),
        ('secrets = ["id=npm,type=file,source=TOP/token"]', "secrets", "token", "read"),
        ('secrets = ["id=../token"]', "secrets", "token", "read"),
        ('ssh = ["git=TOP/key"]', "ssh", "key", "read"),
        ('cache_from = ["type=local,src=../elsewhere"]', "cache_from", "elsewhere", "read"),
        ('cache_to = ["mode=max,type=local,dest=../out"]', "cache_to", "out", "write"),
        ("""cache_to = ['type=local,"dest=TOP/out,with a comma"']""", "cache_to", "out,with a comma", "write"),
    ],
)
def test_what_leaves_the_repository_is_found(root: Path, lines: str, key: str, path: str, access: str) -> None:
    assert found(root, lines) == [Outside("web", key, str(root.parent / path), access)]


@pytest.mark.parametrize(
    "lines",
    [
        "",
        'context = "svc"\nsecrets = ["id=npm,env=NPM_TOKEN", "id=key,src=key.pem", "id=any"]',
        'context = "svc/../svc"',
        'context = "TOP/repo/svc"',
        'contexts = {a = "docker-image://../x", b = "https://example.com/x.git", c = "oci-layout://svc/layout:1"}',
        'cache_from = ["type=gha", "type=registry,ref=../x", "host/image:cache", "type=local,src=cache"]',
        'cache_to = ["type=local,dest=cache", "type=inline", "type=s3,dest=/x"]',
    ],
)
def test_what_stays_inside_is_not(root: Path, lines: str) -> None:
    assert found(root, lines) == []


def test_a_folder_in_another_part_of_the_repository_is_inside(root: Path) -> None:
    lines = 'context = ".."\ndockerfile = "../Dockerfile"\nsecrets = ["id=a,src=../token"]'
    assert found(root, lines, "svc") == []


def test_the_repository_may_be_reached_by_a_link(root: Path) -> None:
    (root.parent / "short").symlink_to("repo")
    config = configured(root, 'context = "svc"')
    assert outside(config, list(config.images.values()), ContextFiles(), str(root.parent / "short")) == []


def test_the_refusal_names_all_and_the_line_of_the_first(root: Path) -> None:
    lines = 'secrets = ["id=npm,src=/run/token"]\ncache_to = ["type=local,dest=/var/cache"]\n'
    config = configured(root, lines)
    with pytest.raises(BuildtoolError) as caught:
        require_inside(outside(config, list(config.images.values()), ContextFiles(), str(root)), config)
    error = caught.value
    assert (error.kind, error.kind.exit) == (OUTSIDE_REPOSITORY, Exit.NO)
    assert error.message == "web: secrets reads /run/token; web: cache_to writes /var/cache"
    assert str(error.place).endswith("/buildtool.toml:4")
    assert "--allow-outside" in error.fix


def test_many_are_counted(root: Path) -> None:
    names = ", ".join(f'"id=n{number},src=/run/{number}"' for number in range(13))
    config = configured(root, f"secrets = [{names}]")
    with pytest.raises(BuildtoolError, match=r"/run/9; and 3 more$"):
        require_inside(outside(config, list(config.images.values()), ContextFiles(), str(root)), config)


def test_nothing_outside_is_nothing_to_refuse(root: Path) -> None:
    config = configured(root, "")
    require_inside([], config)
    with pytest.raises(BuildtoolError, match="web: context reads /elsewhere"):
        require_inside([Outside("web", "context", "/elsewhere", "read")], config)
