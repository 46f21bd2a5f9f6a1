"""Caches that would be written over, and tags that a cache must not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.config.test_cross_checks import API, WEB

if TYPE_CHECKING:
    from tests.config.conftest import Project

TO = 'cache_to = ["{}"]\n'
BUILD = "main-abc1234-1700000000"

WRONG = {
    "cache under the candidate tag": (WEB + '[cache]\ntag = "unproven"', "6: cache.tag: is the candidate tag too"),
    "cache under a mark": (
        WEB + '[cache]\ntag = "rolled-back-x"',
        "6: cache.tag: has the form of the mark of a rollback",
    ),
    "the candidate tag": (
        WEB + TO.format("type=registry,ref=localhost:1/web:unproven"),
        '5: images.web.cache_to[0]: writes over the candidate tag "unproven"',
    ),
    "the candidate tag of another image": (
        WEB + TO.format("localhost:1/api:unproven") + API,
        '5: images.web.cache_to[0]: writes over the candidate tag "unproven"',
    ),
    "a tag of a build": (
        WEB + TO.format(f"localhost:1/web:{BUILD}"),
        f'5: images.web.cache_to[0]: "{BUILD}" has the form of a tag that is published',
    ),
    "the cache of [cache]": (
        WEB + TO.format("type=registry,ref=localhost:1/web:buildcache") + "[cache]\nenabled = true",
        "5: images.web.cache_to[0]: localhost:1/web:buildcache is the cache of images.web (cache.tag) too",
    ),
    "one reference twice": (
        WEB + TO.format("q.example/c:x") + API + TO.format("type=registry,ref=q.example/c:x"),
        "10: images.api.cache_to[0]: q.example/c:x is a destination of images.web.cache_to too",
    ),
    "one folder twice": (
        WEB + TO.format("type=local,dest=a/c") + API + TO.format("type=local,dest=./a//c"),
        "10: images.api.cache_to[0]: a/c is a destination of images.web.cache_to too",
    ),
    "the folder of cache.local": (
        WEB + TO.format("type=local,dest=c/web") + '[cache]\nlocal = "c"',
        "5: images.web.cache_to[0]: c/web is the cache of images.web (cache.local) too",
    ),
}
RIGHT = {
    "a tag of its own": WEB + TO.format("localhost:1/web:layers"),
    "the candidate tag elsewhere": WEB + TO.format("q.example/web:unproven"),
    "a cache that is off": WEB
    + "cache = false\n"
    + TO.format("localhost:1/web:buildcache")
    + "[cache]\nenabled = true",
    "two folders": WEB + TO.format("type=local,dest=a") + API + TO.format("type=local,dest=b"),
    "no place": WEB + TO.format("type=gha") + API + TO.format("type=gha"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_two_things_in_one_place(project: Project, text: str, words: str) -> None:
    assert [
        one.removeprefix("buildtool.toml:").partition(": each")[0].startswith(words) for one in project.mistakes(text)
    ] == [True]


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_has_a_place_of_its_own(project: Project, text: str) -> None:
    assert project.mistakes(text) == []
