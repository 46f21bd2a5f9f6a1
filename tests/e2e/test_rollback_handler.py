"""The rollback handler as its real process: alerts over HTTP, a real git remote, a real registry."""

from __future__ import annotations

import concurrent.futures
import json
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support import apiserver, registry_view
from tests.support.alerted_site import BOT, KEY, KUSTOMIZATION, RECORDED, AlertedSite, signature
from tests.support.gitrepos import commit, git
from tests.support.handler_process import HandlerProcess, handling
from tests.support.httpserver import forward, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.httpserver import Handler, Question
    from tests.support.parts import Registries

NO_DELETES = {"storage": {"delete": {"enabled": False}}}
PATIENT = 'kustomizations = ["flux-system:web", "flux-system:all"]\ncool_down = 0\nper_day = 2'


class Between:
    """A proxy before the registry; `hook` is called with each request, and may forbid it or look at its end."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.before: Callable[[Question], None] = lambda _: None
        self.after: Callable[[Question], None] = lambda _: None

    def answer(self, handler: Handler, question: Question) -> None:
        self.before(question)
        reply = forward(self._host, question)
        self.after(question)
        handler.reply(reply)


@pytest.fixture
def registry(registry_server: Registries) -> Iterator[str]:
    server = registry_server(NO_DELETES)
    yield server.address
    server.stop()


@pytest.fixture
def site(tmp_path: Path, registry: str) -> Iterator[AlertedSite]:
    made = AlertedSite(tmp_path, registry)
    yield made
    made.close()


@pytest.fixture
def handler(site: AlertedSite, tmp_path: Path) -> Iterator[HandlerProcess]:
    with handling(tmp_path / "handler", str(site.remote)) as process:
        yield process


def marks(site: AlertedSite) -> set[str]:
    return {f"{name}:{tag}" for name in ("web", "api") for tag in site.tags(name) if tag.startswith("rolled-back-")}


def refused(handler: HandlerProcess, body: bytes) -> str:
    [decision] = handler.decide(body)
    assert decision["decision"] == "refused", decision
    return str(decision["refusal"])


def test_a_failed_deployment_goes_back_once(site: AlertedSite, handler: HandlerProcess) -> None:
    """Each retry is a new event; after the rollback they are about an older commit, or about a tag that is over."""
    a, b = site.deploy("A"), site.deploy("B")
    before = site.tags("web")
    body = site.alert("web")
    [decision] = handler.decide(body)
    assert (decision["decision"], decision["image"]) == ("rolled-back", "web")
    assert (decision["from"], decision["to"]) == (b, a)
    assert site.tags("web") - before == {decision["tag"], f"rolled-back-{b}"}
    assert site.digest("web", decision["tag"]) == site.digest("web", a)
    assert marks(site) == {f"web:rolled-back-{b}"}
    assert refused(handler, body) == "not-selected"  # replayed
    site.automate("web", decision["tag"])
    assert refused(handler, body) == "not-newest"
    assert refused(handler, site.alert("web")) == "is-rollback"  # the rollback does not get healthy either
    assert site.tags("web") - before == {decision["tag"], f"rolled-back-{b}"}


def test_commits_of_one_push_in_any_order(site: AlertedSite, handler: HandlerProcess) -> None:
    """The newest commit is about the other image, and a developer's on top of it touches none."""
    a, b = site.deploy("A"), site.publish("B")
    site.automate("web", b)
    body = site.alert("web")
    site.automate("api", b)
    assert refused(handler, body) == "not-newest"  # out of order
    commit(site.folder, "a word", **{"README.md": "hello\n"})
    site.push()
    [decision] = handler.decide(site.alert("web"))
    assert (decision["decision"], decision["from"], decision["to"]) == ("rolled-back", b, a)


def test_what_is_said_at_once(site: AlertedSite, handler: HandlerProcess) -> None:
    """No such request reaches the queue: each has its status, its line in the log, and writes nothing."""
    site.deploy("A")
    site.deploy("B")
    body, before = site.alert("web"), site.tags("web")
    progress: dict[str, Any] = {"severity": "info", "reason": "Progressing", "message": "Health check in progress"}
    secret = "timeout waiting for: [SealedSecret/website/key status: 'InProgress']"
    cases = [
        (401, "forged", handler.send(body, "")),
        (401, "forged", handler.send(body, signature(body, b"another key"))),
        (401, "forged", handler.send(body + b" ", signature(body))),
        (401, "forged", handler.send(body, signature(body).upper())),
        (413, "oversize", handler.send(body + b" " * (64 << 10))),
        (413, "oversize", httpx.post(handler.address, content=iter([b"x" * 40_000, b"x" * 40_000]))),
        (400, "malformed", handler.send(b"[" * 60_000)),
        (400, "malformed", handler.send(b'{"involvedObject": 3}')),
        (200, "harmless", handler.send(site.alert("web", **progress))),
        (200, "harmless", handler.send(site.alert("web", reason="BuildFailed"))),
        (200, "harmless", handler.send(site.alert("web", reason="DependencyNotReady"))),
        (200, "harmless", handler.send(site.alert("web", reason="ArtifactFailed"))),
        (200, "harmless", handler.send(site.alert("web", message=f"health check failed after 1s: {secret}"))),
    ]
    for status, refusal, answer in cases:
        assert (answer.status_code, answer.json()["refusal"]) == (status, refusal)
    assert [one["refusal"] for one in handler.decisions] == [refusal for _, refusal, _ in cases]
    assert handler.get("/alerts").status_code == 404
    assert httpx.put(handler.address).status_code == 405
    assert site.tags("web") == before


def test_what_is_refused_after_a_look(site: AlertedSite, handler: HandlerProcess) -> None:
    a, b = site.deploy("A"), site.deploy("B")
    assert refused(handler, site.alert("other")) == "foreign"
    assert refused(handler, site.alert("web", timestamp="2026-11-25T00:08:02Z")) == "stale"
    assert refused(handler, site.alert("web", metadata={})) == "not-newest"
    assert refused(handler, site.alert("web", revision=f"release@sha1:{site.head}")) == "not-newest"
    healthy = {"severity": "info", "reason": "ReconciliationSucceeded", "message": "Reconciliation finished"}
    late = site.alert("web")
    assert handler.send(site.alert("web", **healthy)).status_code == 200
    assert refused(handler, late) == "recovered"
    c = site.publish("C")
    assert refused(handler, site.alert("api")) == "not-selected"
    site.set_tag("api", c)
    commit(site.folder, "by hand")
    site.push()
    assert refused(handler, site.alert("api")) == "human"
    assert a != b
    assert marks(site) == set()


def test_the_automations_commit_that_does_more_is_a_persons(site: AlertedSite, handler: HandlerProcess) -> None:
    site.deploy("A")
    b = site.publish("B")
    site.set_tag("web", b)
    (site.folder / "apps/web/deployment.yaml").write_text(
        (site.folder / "apps/web/deployment.yaml").read_text(encoding="utf-8").replace("replicas: 1", "replicas: 0"),
        encoding="utf-8",
    )
    git(site.folder, "commit", "--quiet", "--all", "--message", "more", **BOT)
    site.push()
    assert refused(handler, site.alert("web")) == "human"


def test_a_thousand_at_once_are_one(site: AlertedSite, handler: HandlerProcess) -> None:
    a, b = site.deploy("A"), site.deploy("B")
    before = site.tags("web")
    bodies = [
        site.alert("web", message=f"health check failed after {n}s: [Deployment/website/web status: 'Failed']")
        for n in range(1000)
    ]
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda body: handler.send(body).status_code, bodies))
    assert set(answers) <= {202, 503}
    handler.settle()
    handler.wait(lambda: any(one["decision"] == "rolled-back" for one in handler.decisions))
    handler.settle()
    [done] = [one for one in handler.decisions if one["decision"] == "rolled-back"]
    assert {one["refusal"] for one in handler.decisions} <= {None, "duplicate", "not-selected", "busy"}
    assert site.tags("web") - before == {done["tag"], f"rolled-back-{b}"}
    assert done["to"] == a


def test_cool_down_and_daily_limit_are_told_by_the_registry_alone(tmp_path: Path, registry: str) -> None:
    """Each decision is made by a process that was just started: there is nothing else to remember by."""
    site = AlertedSite(tmp_path, registry, handler='kustomizations = ["flux-system:web", "flux-system:api"]\nper_day=2')
    tags = [site.deploy("A"), site.deploy("B")]

    def once(number: int, name: str) -> dict[str, Any]:
        with handling(tmp_path / f"handler-{number}", str(site.remote)) as handler:
            [decision] = handler.decide(site.alert(name))
            return decision

    first = once(1, "web")
    assert first["decision"] == "rolled-back"
    site.automate("web", first["tag"])
    tags.append(site.deploy("C"))
    assert once(2, "web")["refusal"] == "cool-down"
    second = once(3, "api")
    assert (second["decision"], second["to"]) == ("rolled-back", tags[1])
    site.automate("api", second["tag"])
    site.deploy("D")
    assert once(4, "api")["refusal"] == "cool-down"
    commit(site.folder, "less", **{"buildtool.toml": _without_cool_down(site)})
    site.push()
    assert once(5, "api")["refusal"] == "daily-limit"
    site.close()


def _without_cool_down(site: AlertedSite) -> str:
    return (site.folder / "buildtool.toml").read_text(encoding="utf-8") + "cool_down = 0\n"


def test_several_images_of_one_kustomization_go_back_together(tmp_path: Path, registry: str) -> None:
    site = AlertedSite(tmp_path, registry, handler=PATIENT)
    a, b = site.deploy("A"), site.deploy("B")
    with handling(tmp_path / "handler", str(site.remote)) as handler:
        decisions = handler.decide(site.alert("all"))
    assert {(one["image"], one["from"], one["to"]) for one in decisions} == {("web", b, a), ("api", b, a)}
    assert len({one["tag"] for one in decisions}) == 1
    assert marks(site) == {f"web:rolled-back-{b}", f"api:rolled-back-{b}"}
    site.close()


def test_what_the_repository_does_not_tell(tmp_path: Path, registry: str) -> None:
    """A Kustomization without an image, one that is nowhere, one that two clusters have, and setters that differ."""
    names = ", ".join(f'"flux-system:{name}"' for name in ("web", "images", "gone"))
    site = AlertedSite(tmp_path, registry, handler=f"kustomizations = [{names}]")
    site.deploy("A")
    b = site.deploy("B")
    with handling(tmp_path / "handler", str(site.remote)) as handler:
        assert refused(handler, site.alert("images")) == "no-image"
        assert refused(handler, site.alert("gone")) == "no-image"
        second = site.folder / "apps/web/second.yaml"
        first = (site.folder / "apps/web/deployment.yaml").read_text(encoding="utf-8")
        second.write_text(first.replace("name: web", "name: second").replace(b, b.replace("main-", "main-0")))
        commit(site.folder, "a second place")
        site.push()
        assert refused(handler, site.alert("web")) == "unclear"
        second.unlink()
        other = {
            "clusters/b/flux-system/gotk-sync.yaml": "# written by flux bootstrap\n",
            "clusters/b/apps.yaml": KUSTOMIZATION.format(name="web", path="apps/api"),
        }
        commit(site.folder, "a second cluster", **other)
        site.push()
        assert refused(handler, site.alert("web")) == "unclear"
        settings = (site.folder / "buildtool.toml").read_text(encoding="utf-8")
        commit(site.folder, "which of them", **{"buildtool.toml": settings + 'cluster = "clusters/home"\n'})
        site.push()
        [decision] = handler.decide(site.alert("web"))
        assert (decision["decision"], decision["from"]) == ("rolled-back", b)
    site.close()


def test_what_was_replaced_cannot_be_deployed_again(site: AlertedSite, handler: HandlerProcess) -> None:
    """It is marked as bad, or its tag is gone."""
    a = site.deploy("A")
    b = site.publish("B")
    site.automate("web", b)
    registry_view.retag(site.registry, "web", a, f"rolled-back-{a}")
    assert refused(handler, site.alert("web")) == "no-target"
    c = site.publish("C", "api")
    site.automate("api", "main-1234567-1700000001")
    site.automate("api", c)
    assert refused(handler, site.alert("api")) == "no-target"


def test_a_configuration_that_is_wrong_is_told_and_the_next_commit_counts(
    site: AlertedSite, handler: HandlerProcess
) -> None:
    site.deploy("A")
    site.deploy("B")
    good = (site.folder / "buildtool.toml").read_text(encoding="utf-8")
    commit(site.folder, "wrong", **{"buildtool.toml": good + "per_day = 0\n"})
    site.push()
    [decision] = handler.decide(site.alert("web"))
    assert (decision["decision"], "handler.per_day" in decision["reason"]) == ("failed", True)
    assert "handler.per_day" in handler.get("/").text
    commit(site.folder, "right", **{"buildtool.toml": good})
    site.push()
    [decision] = handler.decide(site.alert("web"))
    assert decision["decision"] == "rolled-back"


def test_what_the_cluster_says_counts(site: AlertedSite, tmp_path: Path) -> None:
    """It is healthy by now; or it was healthy with the same tag, so that something else has broken it."""
    site.deploy("A")
    site.deploy("B")
    deployed = site.head
    commit(site.folder, "a change of the manifests", **{"apps/web/extra.yaml": "kind: ConfigMap\n"})
    site.push()
    server = apiserver.ApiServer()
    with apiserver.running(server, tmp_path) as kubeconfig:
        options = ("--kubeconfig", str(kubeconfig))
        with handling(tmp_path / "handler", str(site.remote), *options) as handler:
            server.put(kustomization(applied=site.head, status="True"))
            assert refused(handler, site.alert("web")) == "recovered"
            server.put(kustomization(applied=deployed, status="False"))
            assert refused(handler, site.alert("web")) == "unchanged"
            server.forbidden.add("kustomizations")
            assert refused(handler, site.alert("web")) == "unclear"  # the tag, or the change after it
            git(site.folder, "revert", "--no-edit", "HEAD")
            site.push()
            [decision] = handler.decide(site.alert("web"))
            assert decision["decision"] == "rolled-back"  # nothing but the tag has changed


def kustomization(*, applied: str, status: str) -> dict[str, Any]:
    spec = {"path": "./apps/web", "sourceRef": {"kind": "GitRepository", "name": "flux-system"}}
    condition = apiserver.ready(reason="HealthCheckFailed", status=status)
    told = {"lastAppliedRevision": f"main@sha1:{applied}"}
    return apiserver.flux("Kustomization", "web", condition=condition, spec=spec, status=told)


def test_a_dry_run_writes_nothing(site: AlertedSite, tmp_path: Path) -> None:
    a, b = site.deploy("A"), site.deploy("B")
    before = site.tags("web")
    with handling(tmp_path / "handler", str(site.remote), "--dry-run") as handler:
        [decision] = handler.decide(site.alert("web"))
        assert "dry run" in handler.get("/").text
    assert (decision["decision"], decision["from"], decision["to"]) == ("dry-run", b, a)
    assert site.tags("web") == before


def test_a_rollback_that_fails_is_tried_again_at_the_next_alert(tmp_path: Path, registry: str) -> None:
    """The registry refuses the new tag after it has taken the mark."""
    proxy = Between(registry)
    with serve(proxy.answer) as address:
        site = AlertedSite(tmp_path, address, handler=PATIENT)
        a, b = site.deploy("A"), site.deploy("B")
        before = site.tags("web")

        def stop(question: Question) -> None:
            if question.method == "PUT" and "rolled-back-" not in question.path:
                raise ConnectionAbortedError

        with handling(tmp_path / "handler", str(site.remote)) as handler:
            proxy.before = stop
            [failed] = handler.decide(site.alert("web"))
            assert failed["decision"] == "failed"
            assert site.tags("web") - before == {f"rolled-back-{b}"}
            proxy.before = lambda _: None
            [done] = handler.decide(site.alert("web"))
        assert (done["decision"], done["to"]) == ("rolled-back", a)
        assert site.tags("web") - before == {done["tag"], f"rolled-back-{b}"}
        site.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(4))
def test_killed_between_two_steps_and_started_again_it_converges(
    tmp_path: Path, registry: str, when: str, number: int
) -> None:
    """Killed before and after each writing request and two reading ones; the next alert completes the rollback."""
    proxy = Between(registry)
    with serve(proxy.answer) as address:
        site = AlertedSite(tmp_path, address, handler=PATIENT)
        a, b = site.deploy("A"), site.deploy("B")
        before = site.tags("web")
        process = HandlerProcess(tmp_path / "handler", str(site.remote))
        process.start()
        points: list[Callable[[Question], bool]] = [
            lambda question: question.method == "GET" and question.path.endswith(f"/manifests/{a}"),
            lambda question: question.method == "PUT" and "/manifests/rolled-back-" in question.path,
            lambda question: question.method == "PUT" and "/manifests/main-" in question.path,
            lambda question: question.method == "GET" and "/blobs/" in question.path,
        ]
        killed = threading.Event()

        def kill(question: Question) -> None:
            if points[number](question) and not killed.is_set():
                killed.set()
                process.kill()

        setattr(proxy, when, kill)
        assert process.send(site.alert("web")).status_code == 202
        assert killed.wait(60)
        process.start()
        decisions = process.decide(site.alert("web"))
        process.end()
        new = site.tags("web") - before
        assert f"rolled-back-{b}" in new
        assert len(new) == 2, (new, decisions)
        [tag] = new - {f"rolled-back-{b}"}
        assert site.digest("web", tag) == site.digest("web", a)
        site.close()


def test_a_signal_lets_the_present_rollback_be_finished(tmp_path: Path, registry: str) -> None:
    proxy = Between(registry)
    with serve(proxy.answer) as address:
        site = AlertedSite(tmp_path, address, handler=PATIENT)
        site.deploy("A")
        b = site.deploy("B")
        before = site.tags("web")
        process = HandlerProcess(tmp_path / "handler", str(site.remote))
        process.start()
        writing, go_on = threading.Event(), threading.Event()

        def hold(question: Question) -> None:
            if question.method == "PUT" and "rolled-back-" in question.path:
                writing.set()
                go_on.wait(30)

        proxy.before = hold
        assert process.send(site.alert("web")).status_code == 202
        assert writing.wait(60)
        assert process.child is not None
        process.child.terminate()
        go_on.set()
        assert process.child.wait(60) == 0
        [decision] = process.decisions
        assert decision["decision"] == "rolled-back"
        assert site.tags("web") - before == {decision["tag"], f"rolled-back-{b}"}
        site.close()


def test_health_and_metrics(site: AlertedSite, handler: HandlerProcess) -> None:
    site.deploy("A")
    site.deploy("B")
    assert handler.get("/healthz").text == "ok\n"
    handler.send(site.alert("web"), "")
    handler.decide(site.alert("web"))
    answer = handler.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    name = "buildtool_rollback_handler"
    assert f'{name}_decisions_total{{decision="refused",refusal="forged"}} 1' in lines
    assert f'{name}_decisions_total{{decision="rolled-back",refusal=""}} 1' in lines
    assert f'{name}_rollbacks_total{{image="web"}} 1' in lines
    assert f"{name}_ready 1" in lines


def test_a_remote_that_comes_late(site: AlertedSite, tmp_path: Path) -> None:
    """Not ready, and alive; as soon as the remote is there, it is ready."""
    away = site.remote.rename(tmp_path / "away.git")
    process = HandlerProcess(tmp_path / "handler", str(site.remote))
    process.start(ready=False)
    process.wait(lambda: "git-" in process.get("/readyz").text)
    assert process.get("/healthz").status_code == 200
    [decision] = process.decide(site.alert("web"))
    assert decision["decision"] == "failed"
    away.rename(site.remote)
    process.wait(lambda: process.get("/readyz").status_code == 200)
    assert process.end() == 0


def test_what_cannot_be_started(site: AlertedSite, tmp_path: Path, handler: HandlerProcess) -> None:
    from tests.support.buildtool import buildtool  # noqa: PLC0415 -- the process above has its own way

    key = tmp_path / "key"
    key.write_bytes(b"")
    remote = ("rollback-handler", "--remote", str(site.remote))
    assert "is empty" in buildtool(*remote, "--key-file", str(key), cwd=tmp_path).stderr
    key.write_bytes(KEY)
    port = handler.address.rpartition(":")[2]
    ran = buildtool(*remote, "--key-file", str(key), "--host", "127.0.0.1", "--port", port, cwd=tmp_path)
    assert (ran.code, "cannot be listened on" in ran.stderr) == (2, True)
    for url, words in (
        ("ssh://git@example.invalid/a.git", "which host key"),
        ("git@example.invalid:a.git", "which host key"),
        ("http://example.invalid/a.git", "neither https"),
        ("https://user:pass@example.invalid/a.git", "a user or a password"),
    ):
        ran = buildtool("rollback-handler", "--remote", url, "--key-file", str(key), cwd=tmp_path)
        assert (ran.code, words in ran.stderr) == (2, True), ran
        assert "pass@" not in ran.stderr


def test_the_recorded_alerts_are_understood(site: AlertedSite, tmp_path: Path) -> None:
    """Real requests, with their own signatures: they are about commits that this branch does not stand on."""
    if not RECORDED.is_dir():
        pytest.skip("the recorded alerts do not lie beside the project")
    process = HandlerProcess(tmp_path / "handler", str(site.remote))
    (tmp_path / "handler" / "key").write_bytes((RECORDED / "token").read_bytes())
    process.start()
    for file in sorted(RECORDED.glob("alert-*.body")):
        headers = dict(
            line.split(": ", 1)
            for line in file.with_suffix(".headers").read_text(encoding="ascii").splitlines()
            if ": " in line
        )
        body = file.read_bytes()
        assert process.send(body, headers["X-Signature"]).status_code == 202
        assert process.send(body[:-1] + b" }", headers["X-Signature"]).status_code == 401
    process.settle()
    process.end()
    decisions = [one for one in process.decisions if one["refusal"] != "forged"]
    assert {one["refusal"] for one in decisions} <= {"stale", "foreign", "duplicate"}
    assert {one["kustomization"] for one in decisions} == {"flux-system:frontend", "flux-system:post-deploy"}
    assert json.dumps(decisions).count("8e9d0e1a9f0c2c34d3f47bfe6ba160b4f9ce2c40") >= 1
