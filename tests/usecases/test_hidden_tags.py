"""The tags that a push writes beside images."""

from __future__ import annotations

from dataclasses import replace

from buildtool.config.settings import CacheConfig, Config, ImageConfig, PushConfig
from buildtool.usecases.hidden_tags import hidden_tags

IMAGES = {
    "web": ImageConfig("web", (), cache=False),
    "api": ImageConfig("api", (), cache_to=("r.example/web:layers", "type=gha", "q.example/c")),
}
CONFIG = Config("r.example", IMAGES, root=None, push=PushConfig(candidate_tag="hidden"))  # type: ignore[arg-type]


def told(config: Config, *names: str) -> list[tuple[str, str, set[str]]]:
    return [(one.setting, one.tag, set(one.repositories)) for one in hidden_tags(config, names)]


def test_each_tag_and_where_it_is_written() -> None:
    candidate = ("push.candidate_tag", "hidden", {"r.example/web", "r.example/api"})
    own = [
        ("images.api.cache_to", "layers", {"r.example/web"}),
        ("images.api.cache_to", "latest", {"q.example/c"}),
    ]
    assert told(CONFIG, "web", "api") == [candidate, *own]
    enabled = replace(CONFIG, cache=CacheConfig(enabled=True, tag="kept"))
    assert told(enabled, "web", "api") == [candidate, ("cache.tag", "kept", {"r.example/api"}), *own]
    assert told(enabled, "web") == [("push.candidate_tag", "hidden", {"r.example/web"})]
