"""What the API server refuses, in its words, at the place where it stands; and nothing of what it may take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.objects import objects_in
from buildtool.core.flux.schema.problem import Cause
from buildtool.core.flux.schema.validate import validate
from buildtool.core.yaml.parser import parse
from tests.core.flux.schema.cases import (
    ALERT,
    AUTOMATION,
    BUCKET,
    GIT,
    HELM,
    KUSTOMIZATION,
    POLICY,
    RECEIVER,
    REPOSITORY,
    SOUND,
    edited,
    kind_of,
    read,
)

DURATION = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"


@pytest.mark.parametrize("text", SOUND, ids=kind_of)
def test_sound_objects_have_no_problem(text: str) -> None:
    assert validate(read(text)) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "message", "fix"),
    [
        # unknown fields
        (POLICY, "filterTags:", "filter:", "spec.filter: field not declared in schema", "write filterTags"),
        (POLICY, "imageRepositoryRef", "imagerepositoryRef", "spec.imagerepositoryRef: field not", "write imageRep"),
        (POLICY, "  labels:", "  label:", "metadata.label: field not declared in schema", "write labels"),
        (POLICY, "\nspec:", "\nspecs:", "specs: field not declared in schema", "write spec"),
        (
            AUTOMATION,
            "  update:\n    path: ./",
            "  path: ./\n  update:",
            "spec.path: field not",
            "path is a field of spec.up",
        ),
        (KUSTOMIZATION, "  prune", "  pruning", "spec.pruning: field not declared in schema", "write prune"),
        (HELM, "  values:", "  value:", "spec.value: field not declared in schema", "write values"),
        (HELM, "  values:", "  xyz: 1\n  values:", "spec.xyz: field not declared in schema", "the fields here are "),
        # missing fields
        (REPOSITORY, "  interval: 5m\n", "", "spec.interval: Required value", "add interval"),
        (REPOSITORY, "interval: 5m", "interval:", "spec.interval: Required value", "add interval"),
        (GIT, "  url: ssh://git@example.com/web.git\n", "", "spec.url: Required value", "add url"),
        (AUTOMATION, "email: f", "name: f", "spec.git.commit.author.email: Required value", "add email"),
        (
            AUTOMATION,
            "author:\n        email: flux@example.com",
            "{}",
            "spec.git.commit.author: Required",
            "add author",
        ),
        (POLICY, "  name: web\n", "", "metadata.name: Required value", "add name"),
        (RECEIVER, "  - kind: ImageRepository\n      name", "  - name", "spec.resources[0].kind: Required", "add kind"),
        # enums
        (POLICY, "asc", "ASC", 'order: Unsupported value: "ASC": supported values: "asc", "desc"', "write asc"),
        (POLICY, "asc", '""', 'spec.policy.numerical.order: Unsupported value: ""', "write one of asc, desc"),
        (AUTOMATION, "Setters", "Setter", 'spec.update.strategy: Unsupported value: "Setter"', "write Setters"),
        (AUTOMATION, "GitR", "OCIR", 'kind: Unsupported value: "OCIRepository": supported', "write GitRepository"),
        (POLICY, "spec:", "spec:\n  digestReflectionPolicy: Sometimes", 'Unsupported value: "Sometimes"', "one of"),
        (ALERT, "kind: Kustomization", "kind: Kustomisation", 'Unsupported value: "Kustomisation"', "Kustomization"),
        # durations and patterns
        (
            REPOSITORY,
            "5m",
            "1d",
            f"Invalid value: \"1d\": spec.interval in body should match '{DURATION}'",
            "write 24h",
        ),
        (REPOSITORY, "5m", '"60"', 'Invalid value: "60": spec.interval', "write the unit: 60s, 60m or 60h"),
        (REPOSITORY, "5m", "1 minute", 'Invalid value: "1 minute": spec.interval in body should', "write 1m"),
        (REPOSITORY, "5m", "5 min", 'Invalid value: "5 min"', "write 5m"),
        (REPOSITORY, "5m", "2 weeks", 'Invalid value: "2 weeks"', "write 336h"),
        (REPOSITORY, "5m", "often", 'Invalid value: "often"', "write numbers with a unit"),
        (REPOSITORY, "5m", "5m\n  timeout: 1h", 'Invalid value: "1h": spec.timeout', ""),
        (
            GIT,
            "ssh://git@example.com/web.git",
            "git@example.com:o/web.git",
            "spec.url in body should match",
            "ssh://git@e",
        ),
        (GIT, "ssh://git@example.com/web.git", "example.com/web.git", "spec.url in body should match", ""),
        (POLICY, "  name: web\n", "  name: Web_1\n", 'metadata.name: Invalid value: "Web_1"', ""),
        (POLICY, "app: web", f"app: {'x' * 64}", "metadata.labels.app: Too long: may not be more than 63 bytes", ""),
        # types
        (
            REPOSITORY,
            "5m",
            "60",
            'Invalid value: "integer": spec.interval in body must be of type string',
            "60s, 60m or 60h",
        ),
        (
            REPOSITORY,
            "5m",
            "1.5",
            'Invalid value: "number": spec.interval in body must be of type string',
            "1.5s, 1.5m or 1.5h",
        ),
        (POLICY, "app: web", "app: true", 'metadata.labels.app in body must be of type string: "boolean"', '"true"'),
        (
            KUSTOMIZATION,
            "true",
            '"true"',
            'spec.prune in body must be of type boolean: "string"',
            "true without quotes",
        ),
        (KUSTOMIZATION, "./apps", "./apps\n  dependsOn: x", 'dependsOn in body must be of type array: "string"', ""),
        (
            POLICY,
            "numerical:\n      order: asc",
            "[numerical]",
            'spec.policy in body must be of type object: "array"',
            "",
        ),
        (
            HELM,
            "chartRef:\n    kind: OCIRepository\n    name: web",
            "chartRef: web",
            "spec.chartRef in body must be",
            "",
        ),
        # limits
        (
            REPOSITORY,
            "5m",
            f"5m\n  exclusionList: [{', '.join('abcdefghijklmnopqrstuvwxyz')}]",
            "Too many: 26: must",
            "",
        ),
        (
            GIT,
            "url: ssh",
            "ref: {}\n  ignore: x\n  secretRef: {name: 5}\n  url: ssh",
            "spec.secretRef.name in body must",
            '"5"',
        ),
        # rules between fields
        (
            POLICY,
            "spec:",
            "spec:\n  interval: 5m",
            "spec.interval is only accepted when spec.digestReflectionPolicy",
            "",
        ),
        (POLICY, "spec:", "spec:\n  digestReflectionPolicy: Always", "spec.interval must be set when", ""),
        (HELM, "  chartRef:\n    kind: OCIRepository\n    name: web\n", "", "either chart or chartRef must be set", ""),
        (RECEIVER, "  secretRef:\n    name: token\n", "", "secretRef is required when type is not generic-oidc", ""),
        (RECEIVER, "type: harbor", "type: generic-oidc", "generic-oidc receivers must define at least one", ""),
        (
            BUCKET,
            "bucketName",
            "serviceAccountName: x\n  bucketName",
            "not supported for the 'generic' Bucket provider",
            "",
        ),
        # kinds
        (
            POLICY,
            "ImagePolicy",
            "ImagePolice",
            'kind: no matches for kind "ImagePolice" in version',
            "write ImagePolicy",
        ),
    ],
)
def test_what_is_refused(text: str, old: str, new: str, message: str, fix: str) -> None:
    problem = validate(edited(text, (old, new)))[0]
    assert message in str(problem)
    assert fix in problem.fix
    assert problem.place.path == "flux/a.yaml"


def test_the_place_is_that_of_the_key_or_value() -> None:
    (unknown,) = validate(edited(POLICY, ("filterTags", "filter")))
    assert (unknown.place.line, unknown.place.column) == (11, 3)
    (wrong,) = validate(edited(POLICY, ("asc", "ASC")))
    assert (wrong.place.line, wrong.place.column) == (16, 14)


def test_a_spec_below_metadata_is_said_to_be_misplaced() -> None:
    head, spec = POLICY.split("spec:\n")
    inside = "".join(f"  {line}\n" for line in ["spec:", *spec.splitlines()])
    (problem,) = validate(read(head + inside))
    assert str(problem) == "metadata.spec: field not declared in schema"
    assert "beside metadata" in problem.fix


def test_a_misspelled_field_is_not_missing_as_well() -> None:
    problems = validate(edited(REPOSITORY, ("interval: 5m", "intervall: 5m")))
    assert [problem.cause for problem in problems] == [Cause.UNKNOWN_FIELD]


def test_several_mistakes_are_all_there_in_order_of_place() -> None:
    problems = validate(edited(POLICY, ("asc", "ASC"), ("pattern:", "patern:"), ("app: web", "app: 1")))
    assert [problem.field for problem in problems] == [
        "metadata.labels.app",
        "spec.filterTags.patern",
        "spec.policy.numerical.order",
    ]


def test_rules_are_not_judged_where_a_value_is_wrong() -> None:
    broken = edited(POLICY, ("spec:", "spec:\n  interval: 5m"), ("asc", "ASC"))
    assert [problem.cause for problem in validate(broken)] == [Cause.VALUE]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (REPOSITORY, "5m", "${INTERVAL}"),
        (REPOSITORY, "5m", "${INTERVAL:=1d}"),
        (REPOSITORY, "interval: 5m", "${FIELDS}: x"),
        (REPOSITORY, "5m", "{{ .Values.interval }}"),
        (REPOSITORY, "5m", "'{{ interval }}'"),
        (REPOSITORY, "5m", "ENC[AES256_GCM,data:abc,type:str]"),
        (KUSTOMIZATION, "true", "yes"),
        (KUSTOMIZATION, "true", "${PRUNE}"),
        (KUSTOMIZATION, "./apps", "./apps\n  patches: ${PATCHES}"),
        (POLICY, "v1\n", "v1beta2\nfoo: bar\n"),
        (POLICY, "image.toolkit.fluxcd.io/v1", "example.com/v1"),
        (POLICY, "kind: ImagePolicy", "kind: Something"),
        (POLICY, "spec:", "$patch: delete\nx: 1\nspec:"),
        (POLICY, "spec:", "status: {nonsense: [1]}\nspec:"),
        (POLICY, "spec:", "sops: {mac: x}\nspec:"),
        (POLICY, "  labels:", "  annotations: {config.kubernetes.io/local-config: 'true'}\n  label:"),
        (POLICY, "  labels:", "  annotations: {kustomize.toolkit.fluxcd.io/reconcile: disabled}\n  label:"),
        (POLICY, "  labels:", "  creationTimestamp: null\n  labels:"),
        (POLICY, "  name: web\n", "  generateName: web-\n"),
        (POLICY, "extract: $ts", "extract:"),
        (POLICY, "order: asc", "order:"),
        (AUTOMATION, "  update:\n    path: ./\n    strategy: Setters\n", ""),
        (AUTOMATION, "    strategy: Setters\n", ""),
        (RECEIVER, "type: harbor", "type: ${TYPE}"),
    ],
)
def test_what_is_unknown_or_defaulted_is_not_judged(text: str, old: str, new: str) -> None:
    assert validate(edited(text, (old, new))) == []


def test_a_merge_key_may_bring_what_is_missing() -> None:
    merged = edited(REPOSITORY, ("interval: 5m", "<<: {interval: 5m}"))
    assert validate(merged) == []


def test_aliases_are_judged_where_they_are_used() -> None:
    aliased = edited(REPOSITORY, ("image: registry.example/web", "image: &x registry.example/web"), ("5m", "*x"))
    assert [problem.field for problem in validate(aliased)] == ["spec.interval"]


def test_an_object_that_is_something_else_ends_the_list_early() -> None:
    noise = "".join(f"  field{number}: 1\n" for number in range(500))
    assert len(validate(read(POLICY + noise))) == 20


@given(st.sampled_from(SOUND), st.data())
def test_no_damage_to_an_object_ends_in_anything_but_problems(text: str, data: st.DataObject) -> None:
    lines = text.splitlines()
    number = data.draw(st.integers(3, len(lines) - 1))
    key = lines[number].partition(":")[0]
    value = data.draw(
        st.sampled_from(["1", "[]", "{}", "null", "'x'", "{a: {b: [c]}}", "- 1", "!x y", "*a", "1e3", "&a b"])
    )
    lines[number] = f"{key}: {value}"
    for item in objects_in("a.yaml", parse("\n".join(lines))):
        assert all(problem.place.line >= 1 and problem.message for problem in validate(item))
