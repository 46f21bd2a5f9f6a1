from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.core.image.names import Repository
from buildtool.errors import REGISTRY_ANSWER, REGISTRY_PROJECT, BuildtoolError
from tests.support.httpserver import Reply

if TYPE_CHECKING:
    from tests.adapters.registry.conftest import Clients, Script

PATH = "/v2/frontend/tags/list"


def page(names: Any, link: str = "") -> Reply:
    return Reply(200, {"Link": link} if link else {}, json.dumps({"name": "frontend", "tags": names}).encode())


def tags(clients: Clients, script: Script, **settings: Any) -> list[str]:
    return list(clients(script.host, **settings).tags(Repository(script.host, "frontend")))


@pytest.mark.parametrize(
    "link",
    [
        '</v2/frontend/tags/list?last=b&n=2>; rel="next"',
        "<http://internal:5000/v2/frontend/tags/list?last=b&n=2>; rel=next",
        '<?last=b&n=2>; foo="x"; REL="next"',
        '</v2/other>; rel="prev", </v2/frontend/tags/list?last=b&n=2>; rel="next"',
    ],
)
def test_links(clients: Clients, script: Script, link: str) -> None:
    script.on("GET", PATH, page(["a", "b"], link), page(["c"]))
    assert tags(clients, script, page_size=2) == ["a", "b", "c"]
    assert script.lines() == [f"GET {PATH}?n=2", f"GET {PATH}?last=b&n=2"]


def test_nothing_is_asked_of_a_page_nobody_reads(clients: Clients, script: Script) -> None:
    script.on("GET", PATH, page(["a", "b"], f'<{PATH}?last=b>; rel="next"'), page(["c"]))
    found = clients(script.host).tags(Repository(script.host, "frontend"))
    assert next(found) == "a"
    assert len(script.asked) == 1


@pytest.mark.parametrize("link", ["/v2/site/frontend/tags/list", "http://inner:5000/v2/site/frontend/tags/list"])
def test_a_next_page_as_the_registry_behind_a_proxy_with_a_path_writes_it(
    clients: Clients, script: Script, link: str
) -> None:
    path = "/v2/harbor/site/frontend/tags/list"
    script.on("GET", path, page(["a"], f'<{link}?last=a&n=1>; rel="next"'), page(["b"]))
    assert list(clients(script.host).tags(Repository(script.host, "harbor/site/frontend"))) == ["a", "b"]
    assert script.lines() == [f"GET {path}", f"GET {path}?last=a&n=1"]


def test_pages_of_quay(clients: Clients, script: Script) -> None:
    """Its older answers name the next page by a token of their own."""
    script.on("GET", PATH, page(["b", "a"], f'<{PATH}?n=2&next_page=gAAAAABl-x%3D%3D>; rel="next"'), page(["c"]))
    assert tags(clients, script) == ["b", "a", "c"]
    assert script.lines()[1] == f"GET {PATH}?n=2&next_page=gAAAAABl-x%3D%3D"


def test_a_circle_ends(clients: Clients, script: Script) -> None:
    script.on("GET", PATH, page(["a"], f'<{PATH}?last=a>; rel="next"'))
    with pytest.raises(BuildtoolError) as caught:
        tags(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    "link", ["</v2/other/tags/list?last=a>", f"<{PATH}>", "<http://[::1>", "<http://evil/steal?last=a>"]
)
def test_a_next_page_that_is_something_else(clients: Clients, script: Script, link: str) -> None:
    script.on("GET", PATH, page(["a"], f'{link}; rel="next"'))
    with pytest.raises(BuildtoolError) as caught:
        tags(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER


def test_the_tag_a_page_begins_after_was_deleted(clients: Clients, script: Script) -> None:
    """As zot does: 404 for a `last` that is not there any more."""
    gone = Reply(404, {}, b'{"errors":[{"code":"TAG_INVALID"}]}')
    script.on("GET", PATH, page(["a", "b"], f'<{PATH}?last=b>; rel="next"'), gone, page(["a", "c", "d"]))
    assert tags(clients, script) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, {}, b'{"errors":[{"code":"NAME_UNKNOWN"}]}'),
        Reply(404, {}, b'{"errors":[{"code":"NOT_FOUND","message":"repository x not found"}]}'),
        page(None),
        page([]),
    ],
)
def test_nothing_there(clients: Clients, script: Script, reply: Reply) -> None:
    script.on("GET", PATH, reply)
    assert tags(clients, script) == []


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"tags": {}}', b'{"tags": [1]}', b'{"tags": "a"}', b"\xff", b"[" * 99_999]
)
def test_what_is_no_list(clients: Clients, script: Script, body: bytes) -> None:
    script.on("GET", PATH, Reply(200, {}, body))
    with pytest.raises(BuildtoolError) as caught:
        tags(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER


def test_a_404_of_something_else_is_not_an_empty_repository(clients: Clients, script: Script) -> None:
    script.on("GET", PATH, Reply(404, {"Content-Type": "text/html"}, b"<html>not here</html>"))
    with pytest.raises(BuildtoolError) as caught:
        tags(clients, script)
    assert caught.value.kind is REGISTRY_ANSWER


def test_harbor_without_a_project(clients: Clients, script: Script) -> None:
    body = b'{"errors":[{"code":"BAD_REQUEST","message":"invalid repository name: frontend"}]}'
    script.on("GET", PATH, Reply(400, {}, body))
    with pytest.raises(BuildtoolError) as caught:
        tags(clients, script)
    assert caught.value.kind is REGISTRY_PROJECT


def test_a_hundred_thousand_tags_cost_little_memory(clients: Clients, script: Script) -> None:
    """One answer of 3.5 MB, read and handed over tag by tag."""
    names = [f"master-{number:07x}-{1_700_000_000 + number}" for number in range(100_000)]
    script.on("GET", PATH, page(names))
    client = clients(script.host)
    tracemalloc.start()
    try:
        count = sum(1 for _ in client.tags(Repository(script.host, "frontend")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 40 << 20
