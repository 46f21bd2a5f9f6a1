"""The same definition with other folders for its caches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from buildtool.core.build.cache_redirect import redirected
from buildtool.core.build.definition import Target, bake_definition
from buildtool.core.image.names import Platform

ODD = "/c/${x}"


def definition(read: list[str], written: list[str]) -> Any:
    target = Target("web", "/src", "/src/Dockerfile", [Platform.parse("linux/arm64")], None, {}, cache_from=read)
    targets = [replace(target, cache_to=written), replace(target, name="api", cache_from=[])]
    return bake_definition(targets, writes=["/out", "/c/web"], local_caches=["/c/web"])


def caches(found: Any, name: str = "web") -> dict[str, Any]:
    return {
        key: found.document["target"][name][key]
        for key in ("cache-from", "cache-to")
        if key in found.document["target"][name]
    }


def test_a_cache_is_written_to_the_other_folder_and_read_from_its_own() -> None:
    before = definition(["type=local,src=/c/web", "type=gha"], ["type=local,dest=/c/web,mode=max", "type=gha"])
    after = redirected(before, {"/c/web": "/c/.web.new"}, lambda _: True)
    assert caches(after) == {
        "cache-from": ["type=local,src=/c/web", "type=gha"],
        "cache-to": ["type=local,dest=/c/.web.new,mode=max", "type=gha"],
    }
    assert after.writes == ("/out", "/c/.web.new")
    assert (caches(after, "api"), after.targets) == ({}, before.targets)
    assert caches(before)["cache-to"][0] == "type=local,dest=/c/web,mode=max"


def test_what_is_not_there_is_not_read_and_what_has_no_folder_not_written() -> None:
    before = definition(["type=local,src=/c/web"], ["type=local,dest=/c/web"])
    after = redirected(before, {"/c/web": None}, lambda folder: folder != "/c/web")
    assert caches(after) == {}
    assert after.writes == ("/out",)


def test_folders_of_others_stay() -> None:
    before = definition([], ["type=local,dest=/d"])
    assert caches(redirected(before, {"/c/web": "/x"}, lambda _: True)) == caches(before)


def test_what_bake_would_evaluate_stays_literal() -> None:
    before = definition([f"type=local,src={ODD}"], [f"type=local,dest={ODD}"])
    after = redirected(before, {ODD: "/n/${y}"}, lambda folder: folder == ODD)
    assert caches(after) == {"cache-from": ["type=local,src=/c/$${x}"], "cache-to": ["type=local,dest=/n/$${y}"]}
