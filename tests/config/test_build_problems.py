from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.config import build_problems as problems

if TYPE_CHECKING:
    from buildtool.config.value_problems import Rule


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (problems.ssh_problem, ["default", "default=/run/agent.sock", "git=keys/id_ed25519", "git=a,b"]),
        (problems.extra_host_problem, ["db", "db.example", "a-b.c_d", "10.0.0.1"]),
        (problems.addresses_problem, ["10.0.0.2", "::1", "10.0.0.2,fd00::2", "host-gateway"]),
        (problems.size_problem, ["64m", "1g", "1.5g", "67108864", "64MiB", "64 mb", "1b"]),
        (problems.ulimit_problem, ["nofile=1024", "nofile=1024:4096", "core=0:0", "memlock=-1:-1", "stack=1:-1"]),
        (problems.stage_problem, ["build", "0", "build-1.x"]),
    ],
)
def test_good_values(rule: Rule, values: list[str]) -> None:
    assert [rule(value) for value in values] == [None] * len(values)


@pytest.mark.parametrize(
    ("rule", "value", "words"),
    [
        (problems.ssh_problem, "=/run/agent.sock", "begins with no id"),
        (problems.ssh_problem, "git=", "an empty path"),
        (problems.ssh_problem, "git=a,,b", "an empty path"),
        (problems.ssh_problem, "git", "write git=PATH"),
        (problems.ssh_problem, "two words", "begins with no id"),
        (problems.extra_host_problem, "db..example", "not the name of a host"),
        (problems.extra_host_problem, "db example", "not the name of a host"),
        (problems.extra_host_problem, "", "not the name of a host"),
        (problems.addresses_problem, "10.0.0.256", '"10.0.0.256" is not an IP address, nor host-gateway'),
        (problems.addresses_problem, "10.0.0.2,", '"" is not an IP address'),
        (problems.addresses_problem, "db", '"db" is not an IP address'),
        (problems.size_problem, "64 megabytes", "for example 128m"),
        (problems.size_problem, "-1m", "for example 128m"),
        (problems.size_problem, "0", "is no room at all"),
        (problems.size_problem, "0.0g", "is no room at all"),
        (problems.ulimit_problem, "nofile", "is not NAME=SOFT:HARD"),
        (problems.ulimit_problem, "nofile=", "is not NAME=SOFT:HARD"),
        (problems.ulimit_problem, "nofile=1:", "is not NAME=SOFT:HARD"),
        (problems.ulimit_problem, "nofile=1:2:3", "is not NAME=SOFT:HARD"),
        (problems.ulimit_problem, "nofile=many", "is not NAME=SOFT:HARD"),
        (problems.ulimit_problem, "files=1:2", 'no limit is called "files" (core, cpu'),
        (problems.ulimit_problem, "nofile=4096:1024", "the soft limit is above the hard one"),
        (problems.ulimit_problem, "nofile=-1:1024", "the soft limit is above the hard one"),
        (problems.stage_problem, "a b", "is not the name of a stage"),
        (problems.stage_problem, "", "is not the name of a stage"),
    ],
)
def test_bad_values(rule: Rule, value: str, words: str) -> None:
    assert words in (rule(value) or "")
