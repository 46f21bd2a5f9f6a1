"""The page: escaped, complete without a script, and readable on a phone in a real browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.handler.page import POLICY, HandlerPage
from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import Decision, Result
from buildtool.core.status.journey import Journey
from buildtool.core.status.station import Name, Reached, Station
from buildtool.core.text.secrets import Secrets
from buildtool.usecases.handler.journal import Row, Sighting
from tests.support.browser import Browser
from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.httpserver import Handler, Question

NOW = 1_795_600_000
HOSTILE = (
    "</title><script>document.title = 'owned'</script><img src=x onerror=alert(1)>\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}"
)
TAG = "master-3505ee9-1795567120"
STATIONS = [
    Station(Name.COMMIT, Reached.YES, f'master is at 3505ee9b1c2d "{HOSTILE}"', NOW - 240),
    Station(Name.PUBLISHED, Reached.YES, "sha256:0123456789ab, linux/arm64, commit as the tag says", NOW - 200),
    Station(Name.SELECTED, Reached.YES, "Flux's ImagePolicy flux-system:frontend has selected it", NOW - 90),
    Station(
        Name.COMMITTED,
        Reached.NO,
        "apps/frontend/deployment.yaml holds " + "x" * 300,
        cause="ImageUpdateAutomation flux-system/website is suspended",
        fix="flux resume image update website -n flux-system",
    ),
    Station(Name.APPLIED, Reached.UNKNOWN, "the account may not list Kustomization in flux-system"),
    Station(Name.RUNNING, Reached.UNKNOWN, "no health URL is configured", looked=False),
]
SIGHTING = Sighting(
    NOW - 3,
    "master",
    "3505ee9b1c2d" + "0" * 28,
    [
        Journey("frontend", TAG, STATIONS, marks=["rolled-back-master-c05e61d-1795566000"]),
        Journey("backend", TAG, [Station(name, Reached.YES, "seen", NOW) for name in Name]),
        Journey("rollback-handler", None, [Station(name, Reached.NO, "no tag is published") for name in Name]),
    ],
)
ROWS = [
    Row(Decision(NOW - 5, Result.REFUSED, "X-Signature is not the HMAC of the body with our key", Refusal.FORGED), 500),
    Row(Decision(NOW - 60, Result.ROLLED_BACK, "it is not healthy", None, "ns:web", "a" * 40, "web", TAG, TAG, TAG)),
    Row(Decision(NOW - 90, Result.FAILED, f"registry-unreachable: {HOSTILE}", None, "ns:web", "a" * 40, "web")),
    Row(Decision(NOW - 99, Result.DRY_RUN, "it is not healthy", None, "ns:web", "a" * 40, "web", TAG, TAG, TAG)),
]


def page(*, dry_run: bool = False) -> str:
    return HandlerPage(Secrets().clean, dry_run=dry_run).html(SIGHTING, ROWS, NOW)


class Elements(HTMLParser):
    """The names of all elements, and the text outside `style`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert not any(name.startswith("on") or name in {"src", "href"} for name, _ in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


def test_every_text_is_escaped_and_every_element_closed() -> None:
    found = Elements(page())
    assert found.open == []
    assert set(found.names) <= {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "article"),
        *("h1", "h2", "h3", "p", "ol", "li", "span", "code"),
    }
    assert "document.title = 'owned'" in found.text
    assert "\x1b" not in page()
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page()


def test_what_it_says() -> None:
    text = Elements(page()).text
    for words in ("frontend", TAG, "ImageUpdateAutomation flux-system/website is suspended", "500 times", "it runs"):
        assert words in text
    assert "what to do: flux resume image update website" in text
    assert "rolled-back-master-c05e61d-1795566000" in text
    assert "dry run" not in text.replace("dry-run", "")
    assert "dry run" in Elements(page(dry_run=True)).text


def test_secrets_do_not_show() -> None:
    secrets = Secrets()
    secrets.learn({"REGISTRY_PASSWORD": "hunter2-hunter2"})
    sighting = Sighting(NOW, problem="registry-auth: hunter2-hunter2 was refused")
    html = HandlerPage(secrets.clean, dry_run=False).html(sighting, [], NOW)
    assert "was refused" in html
    assert "hunter2" not in html


def test_before_anything_is_known() -> None:
    text = Elements(HandlerPage(str, dry_run=False).html(None, [], NOW)).text
    assert "Nobody has looked yet" in text
    assert "No alert has come" in text


@pytest.fixture
def address() -> Iterator[str]:
    def answer(handler: Handler, _question: Question) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        handler.reply(Reply(200, headers, page().encode()))

    with serve(answer) as host:
        yield f"http://{host}/"


def test_a_browser_runs_nothing_of_it(address: str, tmp_path: Path) -> None:
    document = Browser(tmp_path).document(address)
    assert "<title>Rollback handler</title>" in document
    assert "<script" not in document
    assert "<img" not in document
    assert len(re.findall(r"<article>", document)) == len(SIGHTING.journeys) + len(ROWS)
    assert len(re.findall(r"<li>", document)) == 6 * len(SIGHTING.journeys)


@pytest.mark.parametrize(("width", "height"), [(390, 2600), (1100, 1800)], ids=["a phone", "a desk"])
def test_nothing_is_cut_off_at_the_side(address: str, tmp_path: Path, width: int, height: int) -> None:
    """Longest words and all: the columns at both edges hold the background alone, from top to end."""
    picture = Browser(tmp_path).screenshot(address, width, height)
    assert (picture.width, picture.height) == (width, height)
    assert picture.colors > 20  # text is there
    background = picture.column(1)
    assert len(background) == 1
    assert all(picture.column(x) == background for x in (0, 2, width - 3, width - 2, width - 1))
    assert set(picture.rows[-1][: picture.pixel * 5]) == set(next(iter(background)))  # the end was reached
