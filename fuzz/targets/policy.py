"""Policies, patterns and tags."""

from __future__ import annotations

import json

from buildtool.core.commit.branch import choose_branch
from buildtool.core.commit.checkout import Head
from buildtool.core.commit.ci import from_variables, is_fork
from buildtool.core.commit.tags import BuildFacts, make_tag, parse_tag
from buildtool.core.registry import harbor_documents
from buildtool.core.registry.doublestar import PatternError, match
from buildtool.core.registry.retention import UnknownRuleError, judge
from buildtool.usecases.policy_eval import evaluate_line
from fuzz.target import Target

_POLICIES = tuple(
    json.dumps({"id": 1, "tags": ["main-abc1234-1707300000", "1.2.3", "v1.0.0-rc.1", "007"], **case}).encode()
    for case in (
        {"policy": {"numerical": {"order": "asc"}}, "pattern": r"^main-[a-f0-9]+-(?P<ts>[0-9]+)$", "extract": "$ts"},
        {"policy": {"semver": {"range": ">=1.0.0 <2.0.0 || ~3.1 - 4"}}},
        {"policy": {"alphabetical": {"order": "desc"}}, "pattern": r"(?i)[[:alpha:]\d]{1,3}(a|b)*?\x{41}\pL\Q.+\E"},
    )
)
_REGEX = (
    rb"\Q",
    rb"\E",
    rb"\pL",
    rb"[^\pN]",
    rb"(?i)",
    rb"(?P<a>",
    rb"{1000}",
    rb"{2,}",
    rb"[[:word:]]",
    b"x||",
    b"^1.2 ",
)
_RETENTION = json.dumps(
    {
        "rules": [
            {
                "template": "latestPushedK",
                "params": {"latestPushedK": 1},
                "tag_selectors": [
                    {"kind": "doublestar", "decoration": "matches", "pattern": "**", "extras": '{"untagged":true}'}
                ],
                "scope_selectors": {
                    "repository": [{"kind": "doublestar", "decoration": "repoMatches", "pattern": "**"}]
                },
            }
        ],
        "artifacts": [
            {"digest": "sha256:a", "push_time": "2026-11-24T23:50:47.335Z", "pull_time": "0001-01-01T00:00:00.000Z"},
            {"digest": "sha256:b", "push_time": "2026-11-24T23:50:47Z", "tags": [{"name": "a", "immutable": False}]},
        ],
    }
).encode()
_VARIABLES = json.dumps(
    {"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/heads/main", "GITHUB_HEAD_REF": "", "CI_COMMIT_BRANCH": "a/b"}
).encode()


def _doublestar(data: bytes) -> None:
    pattern, _, name = data.decode("utf-8", "replace").partition("\n")
    match(pattern, name)


def _retention(data: bytes) -> None:
    document = json.loads(data)
    document = document if isinstance(document, dict) else {}
    rules = harbor_documents.rules(document.get("rules"))
    judge(rules, "web", harbor_documents.artifacts(document.get("artifacts")), 1_800_000_000)


def _variables(data: bytes) -> None:
    document = json.loads(data)
    is_fork(document)
    values = {str(name): str(value) for name, value in document.items()} if isinstance(document, dict) else {}
    facts = from_variables(values)
    branch, source = choose_branch(None, facts, Head(values.get("SHA"), values.get("BRANCH")), ("main",))
    make_tag(BuildFacts(branch, source, "ab" * 20, 1_800_000_000, dirty=False))


def _tag(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    parse_tag(text)
    tag = make_tag(BuildFacts(text, "--branch", "ab" * 20, 1_800_000_000, dirty=True))
    assert parse_tag(tag.text) is not None, tag.text


_NOT_JSON = (ValueError, RecursionError)
TARGETS = (
    Target("policy-line", _POLICIES, lambda data: evaluate_line(data, 1), share=3.0, words=_REGEX),
    Target("doublestar", (b"{a,b*}/**/[a-c]?\na/b/c", b"**\nmain-abc-1"), _doublestar, (PatternError,)),
    Target("retention", (_RETENTION,), _retention, (UnknownRuleError, *_NOT_JSON)),
    Target("ci-variables", (_VARIABLES,), _variables, _NOT_JSON),
    Target("branch", (b"main", "feature/\u00fc x".encode(), b"-dirty-1"), _tag),
)
