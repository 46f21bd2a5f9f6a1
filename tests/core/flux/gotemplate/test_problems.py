"""What Flux cannot render, in Go's words; and nothing of what it renders or what nobody can know."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from buildtool.core.flux.gotemplate.problems import problems

CALLS_OF_EACH_OTHER = """\
{{ template "a" . }}
{{ define "a" }}{{ template "b" . }}{{ template "b" . }}{{ end }}
{{ define "b" }}{{ template "a" . }}{{ template "a" . }}{{ end }}
"""
EVERYTHING = """\
Automated image update

Automation name: {{ .AutomationObject }} {{ .AutomationObject.Namespace }}/{{ .AutomationObject.Name }}
Files:
{{ range $filename, $_ := .Changed.FileChanges -}}
- {{ $filename }}
{{ end -}}
Objects:
{{ range $resource, $changes := .Changed.Objects -}}
- {{ $resource.Kind }} {{ $resource.Name }} {{ $resource.APIVersion }} {{ $resource.Namespace }}
  Changes:
{{- range $_, $change := $changes }}
    - {{ $change.OldValue }} -> {{ $change.NewValue }}
{{ end -}}
{{ end -}}
Cluster {{ .Values.cluster | default "prod" | upper | quote }}
"""


@pytest.mark.parametrize(
    "template",
    [
        "",
        "plain text with .Updated and {.Changed}",
        EVERYTHING,
        '{{range .Changed.Changes}}{{println .OldValue "->" .NewValue}}{{end}}',
        "{{- /* a comment */ -}} text",
        '{{ range .Changed.Changes }}{{ if contains ":" .NewValue }}{{ continue }}{{ end }}{{ .Setter }}{{ end }}',
        "{{ if .Values.a }}x{{ else if .Values.b }}y{{ else }}z{{ end }}",
        "{{ with .Values.a }}{{ . }}{{ else with .Values.b }}{{ . }}{{ end }}",
        '{{ define "line" }}{{ .Setter }}{{ end }}{{ range .Changed.Changes }}{{ template "line" . }}{{ end }}',
        '{{ block "b" .Changed }}{{ len .Changes }}{{ end }}',
        "{{ $n := 0 }}{{ range .Changed.Changes }}{{ $n = add $n 1 }}{{ end }}{{ $n }}",
        "{{ (index .Changed.Changes 0).NewValue }}",
        "{{ (first .Changed.Changes).NoSuchField }}",
        '{{ index .Values "cluster" }}',
        "{{ .Values.a.b.c }}",
        "{{ $.Changed.Changes | len }}",
        '{{ printf "%d %s" (len .Changed.Changes) `raw` }}',
        "{{ range $i, $c := .Changed.Changes }}{{ $i }}{{ $c.Setter }}{{ end }}",
        "{{ range 3 }}{{ . }}{{ end }}",
        "{{ 0x1F }}{{ 1_000 }}{{ 1.5e3 }}{{ 'a' }}{{ 1+2i }}{{ true }}{{ .5 }}{{ -1 }}",
        "{{ and .Values.a (.Values.b | upper) }}",
        '{{ ternary "a" "b" (eq 1 2) }}',
        '{{ "a" | regexReplaceAll "a" "b" }}',
        "{{ range .Changed.Objects }}{{ range . }}{{ .NewValue }}{{ end }}{{ end }}",
        "${VERSION} {{ .AutomationObject.Name }}",
        "{{ ${ACTION} }}",
        '{{ template "t" }}{{ define "t" }}{{ .Anything.At.All }}{{ end }}',
    ],
)  # fmt: skip
def test_what_flux_renders(template: str) -> None:
    assert problems(template) == []


@pytest.mark.parametrize(
    ("template", "message"),
    [
        # syntax
        ("{{ .Changed", "unclosed action"),
        ("{{ .Changed }", 'unexpected "}" in operand'.replace('"}"', "<}>")),
        ("{{ range .Changed.Changes }}", "unexpected EOF"),
        ("{{ end }}", "unexpected {{end}}"),
        ("{{ if .Values.a }}x{{ else }}y{{ else }}z{{ end }}", "expected end; found {{else}}"),
        ("{{ }}", "missing value for command"),
        ("{{ if }}x{{ end }}", "missing value for if"),
        ("{{ /* x */ }}", "unexpected </> in command"),
        ("{{/* x }}", "unclosed comment"),
        ("{{/* x */ y}}", "comment ends before closing delimiter"),
        ('{{ "x }}', "unterminated quoted string"),
        ("{{ `x }}", "unterminated raw quoted string"),
        ("{{ 'x }}", "unterminated character constant"),
        ("{{ 'ab' }}", "illegal number syntax"),
        ('{{ "\\q" }}', "invalid syntax"),
        ('{{ (upper "a" }}', "unclosed left paren"),
        ('{{ upper "a") }}', "unexpected right paren"),
        ("{{ 1 | 2 }}", "non executable command in pipeline stage 2"),
        ("{{ $x }}", 'undefined variable "$x"'),
        ("{{ range $a, $b, $c := .Values }}{{ end }}", "too many declarations in range"),
        ("{{ range $a, 1 := .Values }}{{ end }}", "range can only initialize variables"),
        ("{{ break }}", "{{break}} outside {{range}}"),
        ("{{ .Values-a }}", "bad character U+002D '-'"),
        ("{{ .Values.a.}}", "unexpected <.> in operand"),
        ("{{ 1x }}", "bad number syntax"),
        ("{{ 1+2 }}", "bad number syntax"),
        ("{{ 089 }}", "illegal number syntax"),
        ("{{ 99999999999999999999 }}", "illegal number syntax"),
        ("{{ : }}", "expected :="),
        ("{{ é! }}", "bad character U+0021 '!'"),
        ("{{ \u00a7 }}", "unrecognized character in action: U+00A7 '§'"),
        ("{{ template x }}", "unexpected <x> in template clause"),
        ('{{ if .Values.a }}{{ define "x" }}{{ end }}{{ end }}', "unexpected <define> in command"),
        ('{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}', 'multiple definition of template "a"'),
        ('{{ define "a" }}x{{ else }}{{ end }}', "unexpected {{else}} in define clause"),
        ("{{ 1.a }}", "bad number syntax"),
        ('{{ "a".b }}', "unexpected . after term"),
        # functions
        ("{{ shout .Values.a }}", 'function "shout" not defined'),
        ("{{ now }}", 'function "now" not defined'),
        ('{{ env "HOME" }}', 'function "env" not defined'),
        ("{{ toYaml .Values }}", 'function "toYaml" not defined'),
        ("{{ upper }}", "wrong number of args for upper: want 1 got 0"),
        ('{{ .Values.a | upper "b" }}', "wrong number of args for upper: want 1 got 2"),
        ("{{ printf }}", "wrong number of args for printf: want at least 1 got 0"),
        ("{{ eq 1 }}", "missing argument for comparison"),
        ("{{ upper 5 }}", "expected string; found"),
        ("{{ upper nil }}", "cannot assign nil to string"),
        ('{{ trunc "5" .Values.a }}', "expected int; found"),
        ("{{ upper .Changed.Changes }}", "wrong type for value; expected string; got []update.Change"),
        ("{{ .Changed | lower }}", "wrong type for value; expected string; got update.Result"),
        ('{{ hasKey .Values "a" }}', "expected map[string]interface {}; got map[string]string"),
        ("{{ len .Changed }}", "len of type update.Result"),
        ("{{ index .Changed 1 }}", "can't index item of type update.Result"),
        ('{{ index .Changed.Changes "a" }}', "value has type string; should be int"),
        ('{{ fail "no" }}', "error calling fail"),
        ("{{ add 18446744073709551615 1 }}", "a number overflows int"),
        ("{{ 18446744073709551615 }}", "18446744073709551615 overflows int"),
        ("{{ nil }}", "nil is not a command"),
        ("{{ nil.Foo }}", "unexpected . after term"),
        ("{{ (nil).Foo }}", "nil is not a command"),
        ('{{ template "missing" . }}', 'template "missing" not defined'),
        # fields
        ("{{ .Images }}", "can't evaluate field Images in type source.TemplateData"),
        ("{{ .Changed.Images }}", "can't evaluate field Images in type update.Result"),
        ("{{ range .Changed.Changes }}{{ .NewTag }}{{ end }}", "can't evaluate field NewTag in type update.Change"),
        ("{{ range .Changed.Changes }}{{ .Changed }}{{ end }}", "can't evaluate field Changed in type update.Change"),
        ("{{ .AutomationObject.Name.First }}", "can't evaluate field First in type string"),
        ("{{ .Changed.Objects.web }}", "can't evaluate field web in type update.ObjectChanges"),
        ("{{ range $o, $c := .Changed.Objects }}{{ $o.Image }}{{ end }}", "Image in type update.ObjectId"),
        ("{{ .Changed.Changes 1 }}", "wrong number of args for Changes: want 0 got 1"),
        ("{{ .AutomationObject.Name 1 }}", "Name has arguments but cannot be invoked as function"),
        ("{{ .Values.a 1 }}", "a is not a method but has arguments"),
        ("{{ 1 | .Values.a }}", "a is not a method but has arguments"),
        ('{{ "a" "b" }}', "can't give argument to non-function"),
        ("{{ with .Changed }}{{ .Values }}{{ end }}", "can't evaluate field Values in type update.Result"),
        ("{{ range .AutomationObject.Name }}{{ end }}", "range can't iterate over a value of type string"),
        ("{{ range $i, $x := 3 }}{{ end }}", "more than one variable"),
        ('{{ define "t" }}{{ .Images }}{{ end }}{{ template "t" . }}', "can't evaluate field Images"),
    ],
)  # fmt: skip
def test_what_flux_cannot_render(template: str, message: str) -> None:
    first = problems(template)[0]
    assert message in first.message
    assert first.certain
    assert not first.removed


@pytest.mark.parametrize(
    "template", ["{{ range .Updated.Images }}{{ . }}{{ end }}", "{{ .Changed.ImageResult.Files }}"]
)
def test_fields_of_older_versions_of_flux(template: str) -> None:
    (problem,) = problems(template)
    assert problem.removed


@pytest.mark.parametrize(
    "template",
    [
        "{{ if .Values.a }}{{ .Images }}{{ end }}",
        "{{ with .Values.a }}{{ $.Images }}{{ end }}",
        '{{ range splitList "," .Values.a }}{{ $.Images }}{{ end }}',
        "{{ range .Changed.Changes }}{{ break }}{{ end }}{{ if .Values.a }}{{ else }}{{ .Images }}{{ end }}",
        "{{ range .Changed.Changes }}{{ if .Setter }}{{ continue }}{{ end }}{{ $.Images }}{{ end }}",
        "{{ and .Values.a .Images }}",
    ],
)  # fmt: skip
def test_a_mistake_in_a_part_that_may_not_run_is_not_certain(template: str) -> None:
    (problem,) = problems(template)
    assert "can't evaluate field Images" in problem.message
    assert not problem.certain


def test_the_line_and_one_problem_for_each_mistake() -> None:
    found = problems("a\n{{ .Images }}\n{{ .Images }} {{ .Tags }}\n")
    assert [(problem.message.split()[3], problem.line) for problem in found] == [("Images", 2), ("Tags", 3)]


@pytest.mark.parametrize(
    "template",
    [
        "{{ " + "(" * 5_000,
        "{{ if 1 }}" * 4_000,
        "{{ if 1 }}" + "{{ else if 1 }}" * 3_000,
        "{{" * 20_000,
        "{{ " + "." * 40_000,
        "{{ $x" * 9_000,
        "{{ " + "a|" * 20_000,
        "{{ " + "1" * 40_000 + " }}",
        '{{ define "t" }}{{ template "t" . }}{{ end }}{{ template "t" . }}',
        "".join(f'{{{{ define "t{n}" }}}}{{{{ template "t{n + 1}" . }}}}{{{{ end }}}}' for n in range(200))
        + '{{ template "t0" . }}',
        CALLS_OF_EACH_OTHER,
        "x" * 1_000_000 + "{{ nope }}",
    ],
)  # fmt: skip
def test_hostile_templates_end(template: str) -> None:
    assert len(problems(template)) <= 5


PARTS = st.sampled_from(
    [
        "{{",
        "}}",
        "{{-",
        "-}}",
        " ",
        ".",
        "$",
        "$x",
        ":=",
        "=",
        "|",
        "(",
        ")",
        ",",
        '"a"',
        "`b`",
        "'c'",
        "1",
        "1.5",
        "nil",
        "if",
        "else",
        "end",
        "range",
        "with",
        "define",
        "template",
        "block",
        "break",
        ".Changed.Changes",
        ".Values.a",
        "upper",
        "printf",
        "/*",
        "*/",
        "\n",
        "text",
        "é",
    ]
)


@given(st.lists(PARTS, max_size=25).map("".join))
@example("{{.Changed.Changes|")
def test_any_text_has_an_answer(template: str) -> None:
    for problem in problems(template):
        assert problem.message
        assert 1 <= problem.line <= template.count("\n") + 1
