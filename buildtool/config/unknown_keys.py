"""Keys of buildtool.toml that do not exist: misspelt, or written in the wrong table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.config.load_state import ENOUGH
from buildtool.config.schema import IMAGE, IMAGES, TABLES, TOP
from buildtool.config.value_problems import image_name_problem
from buildtool.config.value_types import found
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from buildtool.config.schema import Table
    from buildtool.config.value_types import ReportMistake


def report(document: Mapping[str, Any], wrong: ReportMistake) -> list[str]:
    """Report every key that has no meaning; the names of the images that can be read further."""
    tables = {table.name: table for table in TABLES}
    for name in tables.keys() & document.keys():
        _table(document[name], tables[name], (name,), wrong)
    for name in _strangers(document, {*tables, *TOP.names(), IMAGES}, wrong):
        wrong(f"unknown key{_hint(name, document[name])}", name)
    return _images(document, wrong)


def _strangers(table: Mapping[str, Any], known: Collection[str], wrong: ReportMistake, *at: str) -> list[str]:
    """The keys that are not known, as far as a person reads them."""
    names = [name for name in table if name not in known]
    if len(names) > ENOUGH:
        wrong(f"{len(names) - ENOUGH} more unknown keys", *at)
    return names[:ENOUGH]


def _images(document: Mapping[str, Any], wrong: ReportMistake) -> list[str]:
    images = document.get(IMAGES, {})
    if not isinstance(images, dict):
        wrong(f"expected tables [images.NAME], found {found(images)}", IMAGES)
        return []
    if not images:
        wrong("is missing: write at least one [images.NAME]", IMAGES)
    good = []
    for name, value in images.items():
        if isinstance(value, dict) and not image_name_problem(name):
            _table(value, IMAGE, (IMAGES, name), wrong)
            good.append(name)
        elif isinstance(value, dict):
            wrong(str(image_name_problem(name)), IMAGES, name)
        else:
            known = "; a key of an image stands below [images.NAME]" if name in IMAGE.names() else ""
            wrong(f"expected a table [images.NAME], found {found(value)}{known}", IMAGES, name)
    return good


def _table(value: object, table: Table, path: tuple[str, ...], wrong: ReportMistake) -> None:
    if not isinstance(value, dict):
        wrong(f"expected a table [{'.'.join(path)}], found {found(value)}", *path)
        return
    for name in _strangers(value, table.names(), wrong, *path):
        elsewhere = "; it is a key of the top: write it above the first [table]" if name in TOP.names() else ""
        wrong(f"unknown key{elsewhere or did_you_mean(name, table.names()) or _owner(name)}", *path, name)


def _hint(name: str, value: object) -> str:
    if isinstance(value, dict) and set(value) & set(IMAGE.names()):
        return f"; an image's table is written [images.{name}]"
    return did_you_mean(name, [*TOP.names(), IMAGES, *(table.name for table in TABLES)]) or _owner(name)


def _owner(name: str) -> str:
    """`; it is a key of [push]`, where exactly one other table has it."""
    owners = [table for table in (*TABLES, IMAGE) if name in table.names()]
    if len(owners) != 1:
        return ""
    return f"; it is a key of [{'images.NAME' if owners[0] is IMAGE else owners[0].name}]"
