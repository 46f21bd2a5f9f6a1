"""The types of the values that a commit message template sees, as far as they decide whether it renders.

Source: internal/source (TemplateData) and internal/update (Result) of image-automation-controller 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Type:
    """A type of Go. `kind` is struct, map, slice, string, bool, int, float, complex or any (not known).

    `methods` are those without arguments; `filled` says that a map or list has an element whenever Flux commits.
    """

    name: str
    kind: str
    fields: Mapping[str, Type] = field(default_factory=dict)
    methods: Mapping[str, Type] = field(default_factory=dict)
    key: Type | None = None
    element: Type | None = None
    filled: bool = False


ANY = Type("interface {}", "any")
STRING = Type("string", "string")
BOOL = Type("bool", "bool")
INT = Type("int", "int")


def _map(key: Type, element: Type, name: str = "", *, filled: bool = False) -> Type:
    return Type(name or f"map[{key.name}]{element.name}", "map", key=key, element=element, filled=filled)


def _slice(element: Type, *, filled: bool = False) -> Type:
    return Type(f"[]{element.name}", "slice", key=INT, element=element, filled=filled)


_CHANGE = Type("update.Change", "struct", dict.fromkeys(("OldValue", "NewValue", "Setter"), STRING))
_TYPE_META = Type("yaml.TypeMeta", "struct", dict.fromkeys(("APIVersion", "Kind"), STRING))
_NAME_META = Type("yaml.NameMeta", "struct", dict.fromkeys(("Name", "Namespace"), STRING))
_META = {**_TYPE_META.fields, **_NAME_META.fields, "TypeMeta": _TYPE_META, "NameMeta": _NAME_META}
_RESOURCE = Type("yaml.ResourceIdentifier", "struct", _META)
_OBJECT = Type("update.ObjectIdentifier", "struct", {**_META, "ResourceIdentifier": _RESOURCE})
_CHANGES = _slice(_CHANGE, filled=True)
_OBJECTS = _map(_OBJECT, _CHANGES, "update.ObjectChanges", filled=True)
_RESULT = Type(
    "update.Result",
    "struct",
    {"FileChanges": _map(STRING, _OBJECTS, filled=True)},
    {"Changes": _CHANGES, "Objects": _OBJECTS},
)
_NAMESPACED = Type(
    "types.NamespacedName",
    "struct",
    dict.fromkeys(("Namespace", "Name"), STRING),
    {"String": STRING, "MarshalLog": ANY},
)
DATA = Type(
    "source.TemplateData",
    "struct",
    {"AutomationObject": _NAMESPACED, "Changed": _RESULT, "Values": _map(STRING, STRING)},
)
# What functions take and return, by the names that `functions` uses.
NAMED = {
    "any": ANY,
    "string": STRING,
    "bool": BOOL,
    "int": INT,
    "int64": Type("int64", "int"),
    "uint32": Type("uint32", "int"),
    "float64": Type("float64", "float"),
    "complex128": Type("complex128", "complex"),
    "dict": _map(STRING, ANY),
    "list": _slice(ANY),
    "texts": _map(STRING, STRING),
    "strings": _slice(STRING),
    "ints": _slice(INT),
}
