"""Which source is this repository: by its name, then by its URL; unknown where neither tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.objects import objects_in
from buildtool.core.flux.tree.sources import Sources, Where, git_urls, normal_url
from buildtool.core.yaml.parser import parse

HERE, THERE = "github.com/me/site", "github.com/me/other"


@pytest.mark.parametrize(
    ("sources", "kind", "name", "where"),
    [
        (Sources(), "GitRepository", "flux-system", Where.HERE),
        (Sources(), "GitRepository", "", Where.HERE),
        (Sources(), "Bucket", "flux-system", Where.HERE),
        (Sources(), "Bucket", "x", Where.ELSEWHERE),
        (Sources(), "OCIRepository", "x", Where.ELSEWHERE),
        (Sources(), "GitRepository", "x", Where.UNKNOWN),
        (Sources(remote=HERE), "GitRepository", "x", Where.UNKNOWN),
        (Sources(urls={"x": {HERE}}), "GitRepository", "x", Where.UNKNOWN),
        (Sources(urls={"x": {HERE}}, remote=HERE), "GitRepository", "x", Where.HERE),
        (Sources(urls={"x": {HERE}}, remote=HERE), "", "x", Where.HERE),
        (Sources(urls={"x": {THERE}}, remote=HERE), "GitRepository", "x", Where.ELSEWHERE),
        (Sources(urls={"x": {HERE, THERE}}, remote=HERE), "GitRepository", "x", Where.UNKNOWN),
        (Sources(urls={"x": {HERE}, "flux-system": {HERE}}), "GitRepository", "x", Where.HERE),
        (Sources(urls={"x": {THERE}, "flux-system": {HERE}}), "GitRepository", "x", Where.ELSEWHERE),
        (Sources(urls={"x": {"${URL}"}}, remote=HERE), "GitRepository", "x", Where.UNKNOWN),
        (Sources(urls={"${X}": {HERE}}, remote=HERE), "GitRepository", "${X}", Where.UNKNOWN),
        (Sources(own=frozenset({"mine"})), "GitRepository", "mine", Where.HERE),
    ],
)
def test_where_a_source_is(sources: Sources, kind: str, name: str, where: Where) -> None:
    assert sources.of(kind, name) is where


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/me/site",
        "https://github.com/me/site.git",
        "https://user:pw@github.com/me/site.git/",
        "ssh://git@github.com/me/site",
        "ssh://git@github.com:22/me/site.git",
        "git@github.com:me/site.git",
        " HTTPS://GitHub.com/Me/Site ",
        "git+ssh://git@github.com/me/site",
    ],
)
def test_one_form_of_a_url(url: str) -> None:
    assert normal_url(url) == HERE


@given(
    st.sampled_from(["h", "git.example.org"]),
    st.from_regex(r"\A[a-z]{1,4}(?:/[a-z]{1,4}){0,2}\Z"),
    st.integers(1, 65535),
)
def test_the_same_repository_by_every_way(host: str, path: str, port: int) -> None:
    forms = [f"https://{host}/{path}", f"https://{host}:{port}/{path}.git", f"ssh://git@{host}:{port}/{path}"]
    assert {normal_url(form) for form in [*forms, f"git@{host}:{path}.git"]} == {f"{host}/{path}"}
    assert normal_url(f"https://{host}/{path}x") != f"{host}/{path}"


def test_urls_of_repositories_and_of_what_an_instance_syncs_from() -> None:
    text = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: site}
spec: {url: "https://github.com/me/site.git"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata: {name: site}
spec: {url: "https://github.com/me/no"}
---
apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux}
spec: {sync: {kind: GitRepository, url: "ssh://git@github.com/me/other"}}
---
apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux}
spec: {sync: {kind: OCIRepository, url: "oci://ghcr.io/me/no", name: image}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: flux-instance}
spec: {values: {instance: {sync: {url: "https://github.com/me/site", name: mine}}}}
"""
    assert git_urls(objects_in("a.yaml", parse(text))) == {"site": {HERE}, "flux-system": {THERE}, "mine": {HERE}}
