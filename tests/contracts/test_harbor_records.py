"""The stand-in for Harbor against the records of a real one: every recorded request, answered as it was."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.harbor.artifacts import retain, rule
from tests.support.harbor.server import Harbor
from tests.support.harbor.state import CI, FULL, PUSH_ONLY, Account, Scan, Scanner
from tests.support.httpserver import Question
from tests.support.registries.images import OCI_INDEX, OCI_MANIFEST, image, index, sha256

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.harbor.state import Artifact, Project
    from tests.support.httpserver import Reply

FILE = Path(__file__).parents[3] / "shared" / "recorded" / "harbor" / "v2.15.2.jsonl"
RECORDS = [json.loads(line) for line in FILE.read_text().splitlines()] if FILE.exists() else []
HOST = "127.0.0.1:18480"
ONE = image("one")
FINAL = "master-0000001-1700000001"
_PASSING = {"date", "set-cookie", "x-request-id", "x-frame-options", "content-length"}
_LOOSE = (
    (r"sha256:[0-9a-f]{64}", "DIGEST"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"_state=[^&]*", "STATE"),
    (r"artifact \d+", "artifact N"),
    (r"/(projects|robots)/\d+$", r"/\1/N"),
)


def loose(text: str) -> str:
    for pattern, stands in _LOOSE:
        text = re.sub(pattern, stands, text)
    return text


@dataclass
class World:
    """The stand-in, brought to where the real one was at each record."""

    harbor: Harbor = field(default_factory=Harbor)
    body: bytes = b""
    authorization: str | None = None  # where a record needs another one than its account gives
    path: str | None = None

    def __post_init__(self) -> None:
        self.state = self.harbor.state
        del self.state.projects["website"], self.state.accounts[1:]
        for blob in (ONE.config, ONE.layer):
            self.state.blobs[sha256(blob)] = blob

    @property
    def site(self) -> Project:
        return self.state.projects["site"]

    def robots(self) -> None:
        for name, rights in (
            ("push", PUSH_ONLY),
            ("full", FULL),
            ("see", CI | {"robot:list"}),
            ("ro", {"repository:pull"}),
        ):
            self.state.add_robot(name, "s", "site", frozenset(rights))
        for name in ("one", "two", "three"):
            self.state.add_robot(name, "s", "site")
        self.state.add_robot("disabled", "s", "site").disabled = True
        self.state.add_robot("expired", "s", "site").expires = 1
        self.state.accounts.append(Account("robot$sysci", "s", {"*": PUSH_ONLY}, system=True))

    def user(self, record: dict[str, Any]) -> None:
        name = record["auth"].partition(":")[2]
        rights = frozenset(f"{one['resource']}:{one['action']}" for one in record["body"])
        self.state.accounts.append(Account(name, "s", {"site": rights}))

    def basic(self, name: str) -> str:
        name, _, wrong = name.partition("/")
        secret = "wrong" if wrong else self.state.account(name).secret
        return f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"

    def bearer(self, name: str) -> str:
        if name.startswith("anonymous token"):
            name = "admin/wrong password" if "wrong" in name else ""
        headers = {"host": HOST, **({"authorization": self.basic(name)} if name else {})}
        scope = "/service/token?service=harbor-registry&scope=repository:site/web:pull,push"
        answer = self.harbor.reply(Question("GET", scope, headers))
        return f"Bearer {json.loads(answer.body)['token']}"

    def expired(self) -> None:
        self.authorization = self.bearer("robot$site+full")
        self.state.tokens[self.authorization.removeprefix("Bearer ")].expires = 0

    def begin(self, record: dict[str, Any], body: bytes = b"") -> None:
        """An upload, whose place stands in the record's path."""
        headers = {"host": HOST, "authorization": self.bearer("robot$site+full")}
        location = self.harbor.reply(Question("POST", "/v2/site/web/blobs/uploads/", headers)).headers["Location"]
        name = location.partition("/uploads/")[2].partition("?")[0]
        self.path = re.sub(r"uploads/[^?]+", f"uploads/{name}", record["path"])
        self.path = re.sub(r"sha256:[0-9a-f]{64}", sha256(body), self.path)
        self.body = body

    def store(self, path: str, tag: str | None, digest: str = "", *, scan: Scan | None = None) -> Artifact:
        made = self.state.store(path, ONE.manifest.body, digest or ONE.manifest.digest, OCI_MANIFEST, tag)
        made.scan = scan
        return made

    def many(self) -> None:
        names = ["0zero", "Zeta", "_under", "a-b", "a.b", "a_b", "alpha", "unproven"]
        for tag in (*names, "master-0077450-1700027565", "master-007ee4f-1700008399", "master-ff6b2fa-1700026677"):
            self.store("site/many", tag)

    def quota(self, record: dict[str, Any]) -> None:
        self.begin(record, b"\0" * 400_000)
        self.site.used, self.site.quota = 2 << 20, int(2.3 * (1 << 20))

    def scanned(self, name: str, status: str, severity: str, ends: float | None = 0.0) -> None:
        self.store("site/scan", name, f"sha256:{name.encode().hex():0>64}", scan=Scan(ends, status, severity))

    def index(self, tag: str) -> None:
        both = index(ONE)
        self.state.store("site/scan", both.body, both.digest, OCI_INDEX, tag).scan = Scan(0.0)

    def late(self) -> None:
        self.authorization = self.bearer("robot$sysci")
        self.state.add_project("late")

    def missing_blobs(self) -> None:
        self.body = image("never uploaded").manifest.body

    def manifest(self) -> None:
        self.body = ONE.manifest.body

    def by_digest(self, record: dict[str, Any]) -> None:
        self.manifest()
        self.path = re.sub(r"sha256:[0-9a-f]{64}", ONE.manifest.digest, record["path"])

    def settings(self, **metadata: str) -> None:
        self.site.metadata = metadata

    def turn_authorization(self, value: str) -> None:
        self.authorization = value

    def turn(self, **switches: Any) -> None:
        for name, value in switches.items():
            setattr(self.state, name, value)


def _digest(record: dict[str, Any]) -> str:
    found = re.search(r"sha256:[0-9a-f]{64}", record["path"])
    assert found is not None
    return found[0]


# What happened between the records, by how the note of the next one begins; in order.
BETWEEN: tuple[tuple[str, Callable[[World, dict[str, Any]], object]], ...] = (
    ("token, project robot", lambda w, _: w.robots()),
    ("cancel upload", lambda w, r: w.begin(r)),
    ("begin upload, garbage bearer", lambda w, _: w.turn_authorization("Bearer garbage")),
    ("put manifest by tag", lambda w, _: w.manifest()),
    ("HEAD manifest by tag", lambda w, _: w.store("site/web", "unproven")),
    ("add a tag without push", lambda w, r: w.by_digest(r)),
    ("cross-repository mount from an existing", lambda w, _: w.store("site/api", "x")),
    ("PUT blob bigger", lambda w, r: w.quota(r)),
    ("read-only mode: systeminfo", lambda w, _: setattr(w.site, "quota", -1)),
    ("read-only mode: systeminfo", lambda w, _: w.turn(read_only=True)),
    ("immutable tag: put", lambda w, _: w.turn(read_only=False)),
    ("immutable tag: put", lambda w, _: setattr(w.site, "immutable", [rule("master-*")])),
    ("immutable tag: DELETE", lambda w, r: w.store("site/web", "master-0000002-1700000002", _digest(r))),
    ("DELETE manifest by tag (with", lambda w, _: setattr(w.site, "immutable", [])),
    ("retention policy", lambda w, _: w.settings(retention_id="1")),
    ("retention policy", lambda w, _: w.site.retention.append(retain("latestPushedK", 3))),
    ("external_url https while reached over http: /v2/", lambda w, _: w.turn(external_url=f"https://{HOST}")),
    ("prevent vulnerable: project", lambda w, _: w.turn(external_url="")),
    (
        "prevent vulnerable",
        lambda w, _: w.settings(auto_scan="true", prevent_vul="true", public="false", severity="high"),
    ),
    ("1,004 tags", lambda w, _: w.many()),
    (
        "artifact of a repository with a slash: encoded twice",
        lambda w, _: w.store("site/team/web", "v1", f"sha256:{'a' * 64}"),
    ),
    ("put by digest", lambda w, r: w.by_digest(r)),
    ("PUT manifest whose blobs", lambda w, _: w.missing_blobs()),
    ("prevent vulnerable, with a scanner, never scanned: GET", lambda w, _: w.turn(scanner=Scanner())),
    (
        "prevent vulnerable, with a scanner, never scanned: artifact",
        lambda w, _: w.store("site/web", "scanme", f"sha256:{'b' * 64}"),
    ),
    ("scan: just pushed", lambda w, _: w.scanned("t1", "Success", "None", None)),
    ("scan: ended well", lambda w, _: w.scanned("t1", "Success", "None")),
    ("scan: ended with", lambda w, _: w.scanned("t2", "Success", "Critical")),
    ("scan: the scan failed", lambda w, _: w.scanned("t3", "Error", "None")),
    ("scan: index right", lambda w, _: w.index("idx")),
    ("public project", lambda w, _: w.settings(auto_scan="false", prevent_vul="false", public="true", severity="high")),
    ("create a proxy", lambda w, _: w.settings(public="false")),
    ("proxy cache project: GET project", lambda w, _: w.state.projects["proxied"].metadata.update(retention_id="2")),
    ("expired token", lambda w, _: w.expired()),
    ("the registry behind core is down", lambda w, _: w.turn(registry_down=True)),
    ("DELETE manifest, no auth", lambda w, _: w.turn(registry_down=False)),
    ("tags with Basic", lambda w, _: w.store("site/web", "buildcache")),
    ("token made before", lambda w, _: w.late()),
    (
        "DELETE manifest by digest that two",
        lambda w, r: (w.store("site/del", "a", _digest(r)), w.store("site/del", "b", _digest(r))),
    ),
    ("the database is down", lambda w, _: w.turn(database_down=True)),
    ("permissions of a user", lambda w, _: w.turn(database_down=False)),
    ("permissions of a user", lambda w, r: w.user(r)),
)


def question(world: World, record: dict[str, Any]) -> Question:
    headers = {"host": HOST, **{key.lower(): value for key, value in record.get("request_headers", {}).items()}}
    kind, _, name = (record.get("auth") or "bearer:robot$site+full").partition(":")
    if world.authorization is not None:
        headers["authorization"] = world.authorization
    elif kind != "none":
        headers["authorization"] = world.basic(name) if kind == "basic" else world.bearer(name)
    body = json.dumps(record["request_json"]).encode() if "request_json" in record else world.body
    return Question(record["method"], world.path or record["path"], headers, body)


def shape(value: Any) -> Any:
    """Keys and types, not the values."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def told(reply: Reply, record: dict[str, Any]) -> dict[str, str]:
    """The headers the real one sent too."""
    mine = {key.lower(): value for key, value in reply.headers.items()}
    return {key: loose(mine.get(key, "absent")) for key in record["headers"] if key not in _PASSING}


def expected(record: dict[str, Any]) -> dict[str, str]:
    return {key: loose(value) for key, value in record["headers"].items() if key not in _PASSING}


def same_body(reply: Reply, record: dict[str, Any]) -> bool:
    """Words of errors to the letter; of other documents the keys and the types."""
    body = record["body"]
    if record["method"] == "HEAD":
        return True  # nothing of it is sent
    if "body_note" in record:  # cut: the start of a list
        body = [json.JSONDecoder().raw_decode(body, 1)[0]]
    if isinstance(body, str):
        return loose(reply.body.decode()) == loose(body)
    mine = json.loads(reply.body)
    if "permissions" in record["note"]:
        mine, body = (sorted(json.dumps(one, sort_keys=True) for one in found) for found in (mine, body))
    exact = "errors" in body or "permissions" in record["note"] or ("tags" in body and "n=" in record["path"])
    if exact:
        return bool(loose(json.dumps(mine)) == loose(json.dumps(body)))
    return bool(shape(mine) == shape(body))


@pytest.mark.skipif(not RECORDS, reason="no records of a real Harbor here (../shared/recorded/harbor)")
def test_it_answers_every_recorded_request_as_the_real_one_did() -> None:
    world, wrong = World(), []
    for number, record in enumerate(RECORDS):
        if "direction" in record:
            continue  # what Harbor sends, not what it answers
        world.body, world.authorization, world.path = b"", None, None
        for begins, step in BETWEEN:
            if record["note"].startswith(begins):
                step(world, record)
        reply = world.harbor.reply(question(world, record))
        got, wanted = (reply.status, told(reply, record)), (record["status"], expected(record))
        if got != wanted or not same_body(reply, record):
            what = f"{number} {record['note']}: {got} {reply.body.decode()[:2000]}"
            wrong.append(f"{what}\n   wanted {wanted} {json.dumps(record['body'])[:2000]}")
        if "Www-Authenticate" in reply.headers and "www-authenticate" not in record["headers"]:
            wrong.append(f"{number} {record['note']}: a challenge")
    assert not wrong, "\n".join(wrong)
