"""Each rule of a single value, by what it says."""

from __future__ import annotations

import pytest

from buildtool.config import value_problems

GOOD: dict[value_problems.Rule, list[str]] = {
    value_problems.registry_problem: [
        "192.168.0.40:5000",
        "192.168.0.40:5000/team",
        "localhost",
        "localhost:5000/a/b",
        "[::1]:5000",
        "harbor.example.org",
        "docker.io/library",
    ],
    value_problems.path_problem: ["frontend", "team/web-site", "a/b/c", "a__b", "a.b"],
    value_problems.image_name_problem: ["frontend", "my-app", "my_app", "A1"],
    value_problems.platform_problem: ["linux/arm64", "linux/arm/v7", "linux/aarch64", "windows/amd64"],
    value_problems.policy_problem: ["flux-system:frontend", "a:b.c"],
    value_problems.tag_problem: ["unproven", "buildcache", "_x", "next-1"],
    value_problems.secret_problem: ["id=npm,env=NPM_TOKEN", "id=key,src=~/k.pem", "id=x", "type=file,id=x,source=a b"],
    value_problems.variable_problem: ["VERSION", "_a1"],
    value_problems.builder_problem: ["pi", "buildtool-1.2_x"],
    value_problems.glob_problem: ["src/**", "a..b", "*.json"],
    value_problems.branch_problem: ["main", "release/1"],
}

BAD = [
    (value_problems.registry_problem, "http://192.168.0.40:5000", "and set insecure = true"),
    (value_problems.registry_problem, "HTTPS://harbor.example.org", "and set insecure = false"),
    (value_problems.registry_problem, "ftp://x", 'drop "ftp://"'),
    (value_problems.registry_problem, "192.168.0.40:5000/", 'drop the "/" at the end'),
    (value_problems.registry_problem, "192.168.0.40:5000/team:latest", "holds a tag or digest"),
    (value_problems.registry_problem, "192.168.0.40:5000/Team", 'write "team"'),
    (value_problems.registry_problem, "192.168.0.40:5000:6000", "is not a host or host:port"),
    (value_problems.registry_problem, "192.168.0.40:0", "port 0 is not between 1 and 65535"),
    (value_problems.registry_problem, "192.168.0.40:" + "9" * 5000, "port 999999999 is not between"),
    (value_problems.registry_problem, "harbor", "a name on Docker Hub: write the port too (harbor:80)"),
    (value_problems.registry_problem, "harbor/team", "a name on Docker Hub"),
    (value_problems.path_problem, "Web", 'write "web"'),
    (value_problems.path_problem, "web:1", "buildtool makes the tag"),
    (value_problems.path_problem, "/web", "is not a repository path"),
    (value_problems.path_problem, "a//b", "is not a repository path"),
    (value_problems.path_problem, "a___b", "is not a repository path"),
    (value_problems.image_name_problem, "team/web", "goes into its key `repository`"),
    (value_problems.platform_problem, "arm64", 'write "linux/arm64"'),
    (value_problems.platform_problem, "x86_64", 'write "linux/amd64"'),
    (value_problems.platform_problem, "pi", "for example linux/arm64"),
    (value_problems.platform_problem, "linux//arm64", "is not os/architecture"),
    (value_problems.platform_problem, "linxu/arm64", "did you mean linux?"),
    (value_problems.platform_problem, "linux/arm46", 'no architecture is called "arm46"'),
    (value_problems.platform_problem, "linux/arm/seven", "a variant looks like v7"),
    (value_problems.policy_problem, "flux-system/frontend", '"flux-system:frontend"'),
    (value_problems.policy_problem, "frontend", "is not namespace:name"),
    (value_problems.policy_problem, "flux-system:Front", "is not namespace:name"),
    (value_problems.tag_problem, "-x", "is not a tag"),
    (value_problems.tag_problem, "x" * 129, "is not a tag"),
    (value_problems.tag_problem, "main-abc1234-1707300000", "looks like a build's tag"),
    (value_problems.tag_problem, "20240101", "looks like a build's tag"),
    (value_problems.tag_problem, "v1.2.3", "looks like a build's tag"),
    (value_problems.secret_problem, "src=key.pem", "has no id="),
    (value_problems.secret_problem, "hunter2", "the secret itself never stands here"),
    (value_problems.secret_problem, "id=x,path=y", 'buildx knows no "path"'),
    (value_problems.secret_problem, "id=x,src=a,env=B", "keep one"),
    (value_problems.variable_problem, "A-B", "is not the name of a build argument"),
    (value_problems.builder_problem, "-pi", "is not a builder's name"),
    (value_problems.glob_problem, "/etc/passwd", "leaves the repository"),
    (value_problems.glob_problem, "a/../../b", "leaves the repository"),
    (value_problems.branch_problem, "refs/heads/main", '"main"'),
]


@pytest.mark.parametrize("rule", GOOD, ids=lambda rule: rule.__name__)
def test_what_is_fine(rule: value_problems.Rule) -> None:
    assert {value: rule(value) for value in GOOD[rule]} == dict.fromkeys(GOOD[rule])


@pytest.mark.parametrize(("rule", "value", "words"), BAD, ids=lambda part: getattr(part, "__name__", str(part)[:40]))
def test_what_is_wrong(rule: value_problems.Rule, value: str, words: str) -> None:
    assert words in str(rule(value))


@pytest.mark.parametrize("value", ["robot$ci:hunter2@host:5000", "https://robot$ci:hunter2@host"])
def test_credentials_are_not_repeated(value: str) -> None:
    problem = str(value_problems.registry_problem(value))
    assert "hunter2" not in problem
    assert "BUILDTOOL_REGISTRY_USERNAME" in problem
