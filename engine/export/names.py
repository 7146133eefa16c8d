"""Names of exported files: a template with fields such as `{artist} - {title} ({stem})`.

A field without a value goes, and what joins it to its neighbour goes with it: without an artist that template gives
`Title (Vocals)`. What a file system refuses is replaced, and long values are cut before short ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from string import Formatter

from engine.naming import MAX_NAME_BYTES, safe_name
from engine.said import say

NAME_FIELDS = ("artist", "title", "album", "stem", "stage", "file", "model")
DEFAULT_NAMES = "{artist} - {title} ({stem})"

# Stands for a value that is missing; no value holds it.
_MISSING = "\0"
_EMPTY_BRACKETS = re.compile(r"\s*(\(\s*\0\s*\)|\[\s*\0\s*\]|\{\s*\0\s*\})")
_MISSING_AND_JOINT = re.compile(r"\0\s*[-–—_,.·|~]+\s*")
_JOINT_AND_MISSING = re.compile(r"\s*[-–—_,.·|~]+\s*\0")


class TemplateError(ValueError):
    """A template that cannot be filled in; its text says why and is meant for the user."""


def check_template(template: str) -> None:
    """Check that a template can be filled in.

    Raises:
        TemplateError: It has a field that there is not, or a brace without its partner.
    """
    for field in template_fields(template):
        if field not in NAME_FIELDS:
            known = ", ".join(f"{{{name}}}" for name in NAME_FIELDS)
            raise TemplateError(say("There is no {field}: the fields are {known}.", field=f"{{{field}}}", known=known))


def template_fields(template: str) -> list[str]:
    """The fields of a template in their order.

    Raises:
        TemplateError: A brace has no partner.
    """
    return [field for _text, field in _parts(template) if field is not None]


def filled_in(template: str, values: Mapping[str, str]) -> str:
    """The name that a template gives with these values, short enough for any disk; empty if nothing is left of it.

    Args:
        template: Passes `check_template`.
        values: One for each of `NAME_FIELDS`; empty where it is not known.
    """
    parts = _parts(template)
    name = ""
    # Values are cut more and more, all to one length, so that the longest gives way and the stem's name stays.
    for limit in range(MAX_NAME_BYTES, 0, -1):
        name = _joined(parts, {field: _cut(value, limit) for field, value in values.items()})
        if len(name.encode("utf-8", "replace")) <= MAX_NAME_BYTES:
            break
    return safe_name(name)


def distinct(name: str, suffix: str, taken: Collection[str]) -> str:
    """The name with its suffix, or with ` (2)` and so on before it, where one of `taken` is the same to some disk."""
    unique, count = name + suffix, 1
    while same_to_a_disk(unique) in taken:
        count += 1
        unique = f"{name} ({count}){suffix}"
    return unique


def same_to_a_disk(name: str) -> str:
    """Equal for names that some file system takes for one: upper and lower case, composed and combining accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _parts(template: str) -> list[tuple[str, str | None]]:
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise TemplateError(say("A brace has no partner: write {{{{ or }}}} for a brace in the name.")) from error
    if any(form or conversion for _text, _field, form, conversion in parts):
        raise TemplateError(say("A field is only its name in braces, such as {{title}}."))
    return [(text, field) for text, field, _form, _conversion in parts]


def _joined(parts: list[tuple[str, str | None]], values: Mapping[str, str]) -> str:
    pieces: list[str] = []
    for text, field in parts:
        pieces.append(text.replace(_MISSING, ""))
        if field is not None:
            pieces.append(values[field].replace(_MISSING, "").strip() or _MISSING)
    name = "".join(pieces)
    for pattern in (_EMPTY_BRACKETS, _MISSING_AND_JOINT, _JOINT_AND_MISSING):
        name = pattern.sub("", name)
    return " ".join(name.replace(_MISSING, "").split())


def _cut(text: str, max_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:max_bytes].decode("utf-8", "ignore")
