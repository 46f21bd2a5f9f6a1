"""Rules of `check` about the commit message of an ImageUpdateAutomation."""

from __future__ import annotations

from buildtool.errors.pages import Rule

TEMPLATE_REMOVED = Rule(
    code="automation-template-removed",
    title="a commit template uses a field that Flux removed",
    meaning="spec.git.commit.messageTemplate uses .Updated or .Changed.ImageResult.",
    reason="the automation stalls with RemovedTemplateField and commits nothing.",
    fix="use .Changed.Changes: {{ range .Changed.Changes }}{{ .Setter }}: {{ .OldValue }} -> {{ .NewValue }}{{ end }}",
)
TEMPLATE_INVALID = Rule(
    code="automation-template-invalid",
    title="a commit template that Flux cannot render",
    meaning="spec.git.commit.messageTemplate has wrong syntax, or names a field or function that Flux does not have.",
    reason="the API server takes it, and every run then ends with GitOperationFailed: no image is updated in git.",
    fix="correct the template: Go's text/template with sprig; the data are .AutomationObject, .Changed and .Values",
)
