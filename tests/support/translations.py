"""Reads what translators wrote."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

from resources import ROOT


class Message(NamedTuple):
    """One entry of a .ts file."""

    source: str
    comment: str
    plural: bool
    texts: tuple[str, ...]
    finished: bool


def messages(language: str) -> list[Message]:
    root = ElementTree.parse(ROOT / "translations" / f"bandsaw_{language}.ts").getroot()
    return [_message(each) for each in root.iter("message")]


def _message(found: ElementTree.Element) -> Message:
    translation = found.find("translation")
    assert translation is not None
    plural = found.get("numerus") == "yes"
    texts = [each.text or "" for each in translation.iter("numerusform")] if plural else [translation.text or ""]
    source, comment = found.findtext("source", ""), found.findtext("comment", "")
    return Message(source, comment, plural, tuple(texts), translation.get("type") is None)


GERMAN = messages("de")
ENGLISH = messages("en")
