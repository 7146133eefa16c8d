"""Sentences that know what they were made of, so that a window can say them in another language.

They are in English and go wherever a text goes, also to another process; what is put together from them otherwise than
by `say` is plain English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any, cast

Value = str | int | float

# How templates have values written; others could ask for texts of any length.
_FORM = re.compile(r"(0\d)?,?(\.\d)?[dfge]?")


class Said(str):
    """A sentence, or a part of one.

    Attributes:
        template: In English, with `{name}` where a value goes, as `str.format` takes it.
        values: By name; a text may be `Said` itself.
    """

    __slots__ = ("template", "values")

    def __new__(cls, template: str, values: Mapping[str, Value]) -> Said:
        """Fill the template in."""
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made

    def __reduce__(self) -> tuple[type[Said], tuple[str, Mapping[str, Value]]]:
        """What a copy, or one for another process, is made from."""
        return Said, (self.template, self.values)


def say(template: str, /, **values: Value) -> Said:
    """A sentence of this template, which packaging/translations.py collects, with these values."""
    return Said(template, values)


def to_json(text: str) -> object:
    """A text for a JSON file: as it is, or what it was made of."""
    if not isinstance(text, Said):
        return text
    values = {name: to_json(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return {"template": text.template, "values": values}


def from_json(stored: object) -> str:
    """A text back from a JSON file.

    Raises:
        ValueError: It is not what `to_json` gave.
    """
    if not isinstance(stored, dict):
        return str(stored)
    try:
        found = cast("dict[str, Any]", stored)
        values = {
            name: from_json(value) if isinstance(value, dict) else value for name, value in found["values"].items()
        }
        for _text, name, form, _conversion in Formatter().parse(found["template"]):
            if name is not None and (name not in values or not _FORM.fullmatch(form or "")):
                raise ValueError(f"no template: {found['template']}")
        return Said(found["template"], values)
    except (AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(f"no text: {stored}") from error
