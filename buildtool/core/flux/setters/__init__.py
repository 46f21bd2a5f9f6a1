"""What Flux's image-automation-controller changes in files: setters, markers, and the form it writes.

    preview(files, images, update_path)   one whole run: changes, new texts, what is skipped or reformatted
    markers(text, path)                   every `$imagepolicy` comment, whether Flux reads it, and why not
    is_flux_form(text)                    what Flux would reformat; empty = only values would change
    skip_reason(text, path)               why Flux skips a file, or None

All are pure and bounded: hostile YAML ends in a reason, never in an exception.
"""

from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.flux.setters.changes import Change, LatestImage, Marker, Preview, Reformatted, Skipped
from buildtool.core.flux.setters.committed import committed_tags
from buildtool.core.flux.setters.flux_form import flux_form, is_flux_form
from buildtool.core.flux.setters.preview import is_read, preview, relative
from buildtool.core.flux.setters.visibility import markers, skip_reason

__all__ = [
    "TOKEN",
    "Change",
    "LatestImage",
    "Marker",
    "Preview",
    "Reformatted",
    "Skipped",
    "committed_tags",
    "flux_form",
    "is_flux_form",
    "is_read",
    "markers",
    "preview",
    "relative",
    "skip_reason",
]
