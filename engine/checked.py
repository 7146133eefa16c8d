"""Values from files, which may be damaged: read, and compared with what a dataclass says of its fields."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from types import UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def from_json_text(text: str | bytes) -> object:
    """What a JSON text says.

    Raises:
        ValueError: It is none, or it is nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def checked(made: Made) -> Made:
    """A dataclass that was made of values from a file.

    Its fields may be texts, finite numbers, paths, `Literal`, tuples of any length, mappings, such dataclasses, and
    alternatives of these.

    Raises:
        ValueError: A field holds something else.
    """
    for name, kind in _fields(type(made)).items():
        if not _fits(getattr(made, name), kind):
            raise ValueError(f"{name} is no {kind}")
    return made


@functools.cache
def _fields(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(cast("Any", kind))}


def _fits(value: object, kind: object) -> bool:
    if (origin := get_origin(kind)) is not None:
        return _fits_parts(value, origin, get_args(kind))
    if dataclasses.is_dataclass(kind):
        fields = _fields(cast("type", kind))
        return isinstance(value, cast("type", kind)) and all(
            _fits(getattr(value, name), fields[name]) for name in fields
        )
    if kind is float:
        return type(value) is int or (type(value) is float and math.isfinite(value))
    return isinstance(value, cast("type", kind)) and isinstance(value, bool) == (kind is bool)


def _fits_parts(value: object, origin: object, parts: tuple[Any, ...]) -> bool:
    if origin is Literal:
        return any(value == each and type(value) is type(each) for each in parts)
    if origin is UnionType:
        return any(_fits(value, each) for each in parts)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(each, parts[0]) for each in cast("tuple[object, ...]", value))
    pairs = cast("dict[object, object]", value).items() if isinstance(value, dict) else [(None, None)]
    return all(_fits(key, parts[0]) and _fits(each, parts[1]) for key, each in pairs)
