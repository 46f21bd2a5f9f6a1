"""Jobs and scripts of pods: what is said, at which line, and where nothing may be said."""

from __future__ import annotations

from textwrap import indent

import pytest

from buildtool.usecases.check.run import check
from tests.support.memory_files import MemoryFiles

HEAD = "apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: x\n  namespace: shop\n"


def found(text: str, path: str = "apps/x.yaml") -> list[tuple[str, int]]:
    """(code, line) of every finding."""
    return [(one.code, one.place.line if one.place else 0) for one in check(MemoryFiles({path: text}), None).findings]


def workload(kind: str, script: str) -> str:
    version = {"Job": "batch/v1", "CronJob": "batch/v1", "Pod": "v1"}.get(kind, "apps/v1")
    pod = "containers:\n  - name: x\n    image: busybox:1\n    command: [sh, -c]\n"
    pod += f"    args:\n      - |\n        {script}\n"
    start, depth = ("spec:\n", 2) if kind == "Pod" else ("spec:\n  template:\n    spec:\n", 6)
    return HEAD.format(version=version, kind=kind) + start + indent(pod, " " * depth)


@pytest.mark.parametrize(
    "script",
    [
        "apk add curl",
        "apk --no-cache add curl",
        "apt-get install -y curl",
        "apt install curl",
        "apt-get -qq -y install curl",
        "dnf install curl",
        "microdnf install curl",
        "pip install x",
        "pip3 install x",
        "npm ci",
        "npm install",
        "gem install x",
        "go install x@latest",
        "true; apk add curl",
        "set -e && pip install x",
    ],
)
def test_a_job_that_installs_packages(script: str) -> None:
    assert [code for code, _ in found(workload("Job", script))] == ["job-installs-packages"]
    assert found(workload("Deployment", script)) == [], "a Deployment starts once, a Job each time"


@pytest.mark.parametrize(
    "script",
    [
        "apk info",
        "apt-get update",
        "pip list",
        "npm run install-x",
        "echo installing",
        "# apk add curl",
        "go build",
        "npm test",
    ],
)
def test_a_job_that_installs_nothing(script: str) -> None:
    assert found(workload("Job", script)) == []


@pytest.mark.parametrize("kind", ["Job", "Deployment", "StatefulSet", "DaemonSet", "Pod"])
@pytest.mark.parametrize(
    "script",
    [
        "ssh-keyscan host >> known_hosts",
        "ssh -o StrictHostKeyChecking=no host",
        "ssh -o StrictHostKeyChecking=accept-new host",
        "ssh -o 'StrictHostKeyChecking no' host",
        "ssh -o UserKnownHostsFile=/dev/null host",
        "ssh -o stricthostkeychecking=off host",
    ],
)
def test_a_script_that_trusts_any_host(kind: str, script: str) -> None:
    assert [code for code, _ in found(workload(kind, script))] == ["ssh-host-key"]


@pytest.mark.parametrize(
    "script",
    ["ssh -o StrictHostKeyChecking=yes host", "ssh host", "# ssh-keyscan host", "UserKnownHostsFile=/etc/ssh/known"],
)
def test_a_script_that_knows_its_host(script: str) -> None:
    assert found(workload("Job", script)) == []


def test_a_script_in_a_file_and_in_a_configmap() -> None:
    config = f"{HEAD.format(version='v1', kind='ConfigMap')}data:\n  run.sh: |\n    set -e\n    ssh-keyscan host\n"
    assert found(config) == [("ssh-host-key", 9)]
    files = {
        "apps/run.sh": "#!/bin/sh\n\nssh-keyscan host\n# ssh-keyscan other\n",
        "apps/kustomization.yaml": "configMapGenerator:\n  - name: x\n    files: [run.sh]\n",
    }
    [finding] = check(MemoryFiles(files), None).findings
    assert (finding.code, str(finding.place)) == ("ssh-host-key", "apps/run.sh:3:1")


def with_environment(name: str, value: str) -> str:
    return workload("Deployment", "true").replace(
        "command: [sh, -c]", f'env: [{{name: {name}, value: "{value}"}}]\n          command: [sh, -c]'
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DB_PASSWORD", "hunter2", True),
        ("API_TOKEN", "hunter2", True),
        ("DB_PASSWORD", "$(OTHER)", False),
        ("DB_PASSWORD", "changeme", False),
        ("DB_PASSWORD", "", False),
        ("DB_PASSWORD_FILE", "hunter2", False),
        ("LEVEL", "hunter2", False),
        ("PWD", "hunter2", False),
    ],
)
def test_a_secret_that_is_written_out(name: str, value: str, *, said: bool) -> None:
    findings = check(MemoryFiles({"a.yaml": with_environment(name, value)}), None).findings
    assert [one.code for one in findings] == (["secret-literal"] if said else [])
    assert not any(value in one.message for one in findings if value), "the value itself is not repeated"


@pytest.mark.parametrize(
    ("spec", "codes"),
    [
        ("  ttlSecondsAfterFinished: 60\n", ["job-ttl"]),
        ("  ttlSecondsAfterFinished: 0\n", ["job-ttl"]),
        ("  backoffLimit: 2\n", []),
    ],
)
def test_a_job_that_deletes_itself(spec: str, codes: list[str]) -> None:
    text = workload("Job", "true").replace("spec:\n  template", f"spec:\n{spec}  template")
    assert [code for code, _ in found(text)] == codes
    if codes:
        assert found(text)[0][1] == 7


def test_a_private_key_in_a_script_is_a_secret() -> None:
    key = "echo '-----BEGIN RSA PRIVATE KEY-----'"
    assert [code for code, _ in found(workload("Job", key))] == ["secret-literal"]
    assert [code for code, _ in found(workload("Job", key.replace("PRIVATE", "PUBLIC")))] == []
