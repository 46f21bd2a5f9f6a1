"""The document of `push --json` as a GitHub Actions step summary (Markdown) and step outputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from buildtool.core.text.printable import markdown as markdown_text
from buildtool.core.text.printable import markdown_code, mermaid, output_name
from buildtool.core.text.units import size as as_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.errors import BuildtoolError

_SHORT_DIGEST = len("sha256:") + 12
_OUTPUTS = {"tag": "tags", "reference": "references", "digest": "digests", "status": "statuses"}


def outputs(document: Mapping[str, Any]) -> dict[str, str]:
    """Step outputs by name, of what exists in the registry.

    `tag` where this run published exactly one; `tag-<image>`, `reference-<image>`, `digest-<image>` and
    `status-<image>` of each image that is there (in a dry run those that are unchanged); the same of all images as JSON
    objects by the image's name: `tags`, `references`, `digests`, `statuses`; the whole document as `json`. No value
    holds a line break.
    """
    there = [image for image in document["images"] if image.get("digest")]
    tag = document["tag"] if not document.get("dry_run") else None
    return {
        **({"tag": tag} if tag else {}),
        **{output_name(f"{key}-{image['image']}"): image[key] for image in there for key in _OUTPUTS},
        **{name: compact({image["image"]: image[key] for image in there}) for key, name in _OUTPUTS.items()},
        "json": compact(document),
    }


def markdown(document: Mapping[str, Any]) -> str:
    """A table of what was published, what Flux will select, warnings, and a timeline drawn by Mermaid."""
    images = document["images"]
    parts = [
        f"## {_heading(document)}",
        _commit(document),
        _table(
            ["Image", "Status", "Reference", "Digest", "Size", "Platforms"],
            [_published(one) for image in images for one in _with_mirrors(image)],
        ),
        _further(images),
        "### What Flux will select",
        _table(["Image", "Policy", "Now", "After the next scan"], [_selected(image) for image in images]),
        "\n".join(f"> **Warning** {markdown_text(warning)}" for warning in document.get("warnings", ())),
        _timeline(document),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def built_markdown(document: Mapping[str, Any]) -> str:
    """A table of what `build` built and proved, and warnings."""
    rows = [
        [
            markdown_text(image["image"]),
            markdown_code(image["digest"][:_SHORT_DIGEST]),
            as_size(image["size"]),
            markdown_text(", ".join(image["platforms"])),
        ]
        for image in document["images"]
    ]
    parts = [
        "## Built and proven, nothing published",
        _commit(document),
        _table(["Image", "Digest", "Size", "Platforms"], rows),
        "\n".join(f"> **Warning** {markdown_text(warning)}" for warning in document["warnings"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def failure(error: BuildtoolError) -> str:
    """What failed, where, why, and what to type."""
    place = f"{markdown_code(error.place)}: " if error.place else ""
    return (
        f"## buildtool: {markdown_text(error.kind.title)}\n\n{place}{markdown_text(error.message)}\n\n"
        f"**Why** {markdown_text(error.kind.meaning)}\n\n**Fix** {markdown_text(error.fix)}\n\n"
        f"More: {markdown_code(f'buildtool explain {error.kind.code}')} (exit code {error.kind.exit.value})\n"
    )


def _heading(document: Mapping[str, Any]) -> str:
    """What happened, with the tags that were published (in a dry run: would be)."""
    tags = sorted({image["tag"] for image in document["images"] if image["status"] != "unchanged"})
    if not tags:
        return "Nothing to publish"
    return f"{'Would publish' if document.get('dry_run') else 'Published'} {', '.join(map(markdown_code, tags))}"


def _commit(document: Mapping[str, Any]) -> str:
    """The commit, and the branch or release that it is."""
    if document.get("release"):
        return f"Commit {markdown_code(document['revision'])}, release {markdown_code(document['release'])}."
    return f"Commit {markdown_code(document['revision'])} of branch {markdown_code(document['branch'])}."


def _further(images: Sequence[Mapping[str, Any]]) -> str:
    """The tags beside those of the builds; "" where none is configured."""
    rows = [
        [
            markdown_text(image["image"]),
            markdown_code(one["tag"] or one["template"]),
            markdown_text(f"{one['status']}: {one['reason']}" if one["reason"] else one["status"]),
        ]
        for image in images
        for one in image.get("further_tags", ())
    ]
    return f"### Further tags\n\n{_table(['Image', 'Tag', 'Status'], rows)}" if rows else ""


def _with_mirrors(image: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The image, and each of its mirrors as one more."""
    return [image, *({**image, **mirror} for mirror in image.get("mirrors", ()))]


def _published(image: Mapping[str, Any]) -> list[str]:
    digest, size = image.get("digest"), image.get("size")
    return [
        markdown_text(image["image"]),
        markdown_text(image["status"]),
        markdown_code(image["reference"]),
        markdown_code(digest[:_SHORT_DIGEST]) if digest else "",
        "" if size is None else as_size(size),
        markdown_text(", ".join(image["platforms"])),
    ]


def _selected(image: Mapping[str, Any]) -> list[str]:
    before, after = image["flux"]["before"], image["flux"]["after"]
    if not image.get("policy"):
        return [markdown_text(image["image"]), "none", "", "Flux does not deploy this image"]
    now = markdown_code(before) if before else "nothing yet"
    if not after:
        return [markdown_text(image["image"]), markdown_code(image["policy"]), now, "no tag matches"]
    then = f"stays with {markdown_code(after)}" if after == before else f"**{markdown_code(after)}**"
    return [markdown_text(image["image"]), markdown_code(image["policy"]), now, then]


def _timeline(document: Mapping[str, Any]) -> str:
    """Commit, build, publish, and Flux's two steps for the images whose selection changes."""
    images = document["images"]
    moves = [image for image in images if _moves(image)]
    lines = [
        "```mermaid",
        "timeline",
        f"    title {mermaid(document['tag'] or document['revision'][:12])}",
        "    section Build",
        f"        commit {mermaid(document['revision'][:12])} : {_made_of(document)}",
        *(f"        {mermaid(image['image'])} : {mermaid(image['status'])}{_in_megabytes(image)}" for image in images),
        "    section Flux",
        *(f"        scan selects : {mermaid(image['image'])} {mermaid(image['flux']['after'])}" for image in moves),
        f"        commit to git : {_changes(len(moves))}",
        "        cluster and VM : follow git" if moves else "        cluster and VM : stay as they are",
        "```",
    ]
    return "\n".join(lines)


def _made_of(document: Mapping[str, Any]) -> str:
    release = document.get("release")
    return f"release {mermaid(release)}" if release else f"branch {mermaid(document['branch'])}"


def _changes(count: int) -> str:
    return {0: "none", 1: "1 image changes"}.get(count, f"{count} images change")


def _moves(image: Mapping[str, Any]) -> bool:
    flux = image["flux"]
    return bool(image.get("policy") and flux["after"] and flux["after"] != flux["before"])


def _in_megabytes(image: Mapping[str, Any]) -> str:
    return f" {as_size(image['size'])}" if image.get("size") is not None else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def compact(value: object) -> str:
    """JSON in one line, as a step output holds it."""
    return json.dumps(value, separators=(",", ":"))
