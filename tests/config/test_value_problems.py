"""Each rule of a single value, by what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import value_problems
from buildtool.core.commit.tags import parse_tag
from buildtool.core.image.names import Platform, Repository

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
    value_problems.kustomization_problem: ["flux-system:apps", "a:b.c-d"],
    value_problems.url_problem: [
        "http://pi",
        "https://pi:3001/health?x=1#y",
        "http://[::1]:80/",
        "http://10.0.0.1/a@b",
    ],
    value_problems.host_problem: ["pi", "pi:5000", "10.0.0.1", "[::1]:5000", "a.b-c.d"],
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
    (value_problems.secret_problem, "id=x,id=y", "says the same thing twice"),
    (value_problems.secret_problem, "id=x,src=a,source=b", "says the same thing twice"),
    (value_problems.secret_problem, "id=x,type=vault", 'type is "vault"; buildx knows file and env'),
    (value_problems.kustomization_problem, "flux-system/apps", '"flux-system:apps"'),
    (value_problems.kustomization_problem, "apps", "is not namespace:name of a Kustomization"),
    (value_problems.kustomization_problem, ":apps", "is not namespace:name"),
    (value_problems.kustomization_problem, "a:b:c", "is not namespace:name"),
    (value_problems.url_problem, "localhost:3001/health", "is not a URL"),
    (value_problems.url_problem, "http://a@b/", "holds a user"),
    (value_problems.url_problem, "http://pi/ä", "write it as %XX"),
    (value_problems.url_problem, "http://pi:0/", "port 0 is not between"),
    (value_problems.url_problem, "HTTP://pi/", "is not a URL"),
    (value_problems.host_problem, "pi/x", "without user, scheme and path"),
    (value_problems.host_problem, "-pi", "is not a host"),
    (value_problems.host_problem, "pi:", "is not a host"),
    (value_problems.host_problem, "", "is not a host"),
    (value_problems.variable_problem, "1A", "is not the name of a build argument"),
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


# --- properties

SIGNS = st.text(alphabet="abzAZ019.:/@-_[]#?% \t=,é\x00", max_size=30)
RULES = sorted(GOOD, key=lambda rule: rule.__name__)


@given(st.sampled_from(RULES), SIGNS | st.text(max_size=40))
def test_a_rule_answers_any_text_in_one_line_or_says_nothing(rule: value_problems.Rule, value: str) -> None:
    problem = rule(value)
    assert problem is None or problem.strip()
    if problem is not None and "\n" not in value:
        assert "\n" not in problem


@given(SIGNS)
def test_a_registry_that_is_fine_makes_a_repository(value: str) -> None:
    if value_problems.registry_problem(value) is None and value.strip():
        host, _, project = value.partition("/")
        made = Repository(host, f"{project}/web" if project else "web")
        assert str(made) == f"{value}/web"
        assert made.at("main") == f"{value}/web:main"
        assert "@" not in value
        assert "://" not in value


@given(st.text(alphabet="abcXYZ0189", min_size=6, max_size=20), st.sampled_from(["http://", "https://", ""]))
def test_a_password_before_a_host_never_comes_back(password: str, scheme: str) -> None:
    for rule in (value_problems.registry_problem, value_problems.url_problem, value_problems.host_problem):
        problem = rule(f"{scheme}me:{password}@host.example:5000")
        assert problem is not None
        assert password not in problem


@given(SIGNS)
def test_a_fixed_tag_is_never_one_of_ours(value: str) -> None:
    if value_problems.tag_problem(value) is None:
        assert parse_tag(value) is None
        assert 1 <= len(value) <= 128


@given(branch=st.sampled_from(["main", "release-1", "x"]), time=st.integers(10**9, 10**10 - 1), dirty=st.booleans())
def test_our_own_tags_are_no_fixed_tags(branch: str, time: int, *, dirty: bool) -> None:
    tag = f"{branch}-abc1234-{'dirty-' if dirty else ''}{time}"
    assert "looks like a build's tag" in str(value_problems.tag_problem(tag))


@given(st.sampled_from(["linux", "windows", "darwin"]), st.sampled_from(["amd64", "arm64", "arm/v7", "riscv64"]))
def test_a_platform_that_is_fine_reads_back(system: str, machine: str) -> None:
    value = f"{system}/{machine}"
    assert value_problems.platform_problem(value) is None
    assert str(Platform.parse(value)).startswith(f"{system}/")
    assert value_problems.platform_problem(f"{value}/") is not None


@given(st.lists(st.sampled_from(["a", "b0", "c-d", "e.f", "g_h", "i__j"]), min_size=1, max_size=4))
def test_paths_are_made_of_components(parts: list[str]) -> None:
    path = "/".join(parts)
    assert value_problems.path_problem(path) is None
    for broken in (
        f"/{path}",
        f"{path}/",
        path.replace("a", "a//a") if "a" in path else f"{path}//",
        f"{path}-",
        f".{path}",
    ):
        assert value_problems.path_problem(broken) is not None
    assert f'write "{path.lower()}"' in str(value_problems.path_problem(path.upper()))


@pytest.mark.parametrize("value", ["/harbor", "/tools/harbor", "/h-1.x_~"])
def test_a_path_in_front_of_an_api(value: str) -> None:
    assert value_problems.url_path_problem(value) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("https://h/harbor", "whole URL"),
        ("harbor", "at its beginning"),
        ("/", "is not a path"),
        ("/harbor/", "none at its end"),
        ("//h", "is not a path"),
        ("/a b", "is not a path"),
        ("/a?b", "is not a path"),
        ("", "is not a path"),
    ],
)
def test_what_is_no_path_in_front_of_an_api(value: str, words: str) -> None:
    assert words in (value_problems.url_path_problem(value) or "")


@pytest.mark.parametrize(
    "registry", ["docker.io/team", "registry-1.docker.io/team", "ghcr.io/my-org", "[::1]:5000", "[fd00::1]/team"]
)
def test_registries_of_others(registry: str) -> None:
    assert value_problems.registry_problem(registry) is None


def test_an_owner_with_capitals_gets_the_name_to_write() -> None:
    assert 'write "my-org"' in (value_problems.registry_problem("ghcr.io/My-Org") or "")
