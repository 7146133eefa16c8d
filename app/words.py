"""The words and numbers of the window, in the language of the user.

Every sentence stands in the code in English, inside `tr`; packaging/translations.py collects them from there. Values go
in by `.format` on what `tr` returns, because an f-string is filled before it can be looked up. What the engine says
comes with its template and values, and goes through `told`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from string import Formatter

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from app.settings import LanguageChoice
from engine.api import Said
from resources import ROOT

# In the order of macOS's menus; in English and German.
_SIGNS = {"⌥": r"\balt\+", "⇧": r"\b(?:shift|umschalt)\+", "⌘": r"\b(?:ctrl|strg)\+"}
_HELD = re.compile(f"(?:{'|'.join(_SIGNS.values())})+", re.IGNORECASE)

MINUS = "−"

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What there is, each with its name in its own tongue."""


def tr(text: str, comment: str = "", n: int = -1) -> str:
    """The text in the user's language.

    Args:
        text: In English, with `{name}` where a value goes, and `%n` where the number goes.
        comment: Tells apart what is one word in English and several elsewhere.
        n: The number that decides between singular and plural.
    """
    said = QCoreApplication.translate("", text, comment or None, n)
    return mac_keys(said) if sys.platform == "darwin" else said


def mac_keys(text: str) -> str:
    """A text with the signs of macOS for keys that are held: Qt takes Command there for what is Ctrl elsewhere."""

    def signs(held: re.Match[str]) -> str:
        return "".join(sign for sign, names in _SIGNS.items() if re.search(names, held[0], re.IGNORECASE))

    return _HELD.sub(signs, text)


def tr_later(text: str) -> str:
    """Mark a text in a table, which is made before there is a language, so that it is collected; `tr` it at its use."""
    return text


def told(text: str) -> str:
    """What the engine says, in the user's language; a text that is not `Said` stays as it is."""
    if not isinstance(text, Said):
        return text
    values = {name: told(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return _NUMBERS.vformat(tr(text.template), (), values)


class _Numbers(Formatter):
    """Fills in as `str.format` does, but decimals and long numbers as the language writes them."""

    def format_field(self, value: object, format_spec: str) -> str:
        known = re.fullmatch(r"(?:0(\d))?,?(?:\.(\d)f)?", format_spec)
        if format_spec and known and isinstance(value, int | float):
            return number_text(value, int(known[2] or 0)).zfill(int(known[1] or 0))
        return super().format_field(value, format_spec)


_NUMBERS = _Numbers()


def number_text(value: float, digits: int = 0, *, signed: bool = False) -> str:
    """A finite number as it is written in the user's language, with this many digits behind the decimal mark.

    Args:
        value: What to write; less than nothing gets a minus as long as a plus.
        digits: How many; the value is rounded.
        signed: Whether more than nothing gets a plus.
    """
    sign = MINUS if value < 0 else "+" if signed else ""
    nothing = abs(value) < 0.5 / 10**digits  # after rounding
    return ("" if nothing else sign) + QLocale().toString(float(abs(value)), "f", digits)


def one_line(name: str) -> str:
    """A name from a tag or a file, without the line breaks and tabs that would push it out of its place."""
    return " ".join(name.split())


def size_text(count: int) -> str:
    """So many bytes, with two digits or three."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    amount, unit = (count / 1e6, "MB") if count < 999_500_000 else (count / 1e9, "GB")
    return f"{number_text(amount, 1 if amount < 9.95 else 0)} {unit}"


def language_of(choice: LanguageChoice, wishes: Sequence[str]) -> str:
    """The language to show: the chosen one, or the first of the system's wishes (such as `de-AT`) that there is."""
    if choice != "system":
        return choice
    found = (wish.split("-")[0].lower() for wish in wishes)
    return next((language for language in found if language in LANGUAGES), "en")


def install_language(application: QCoreApplication, choice: LanguageChoice) -> None:
    """Let `tr`, numbers, and Qt's own buttons and keys speak this language; call it before there is a window."""
    system = QLocale.system()
    language = language_of(choice, system.uiLanguages())
    numbers = system if system.name().startswith(f"{language}_") else QLocale(language)
    numbers.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    QLocale.setDefault(numbers)
    # English is beneath all: it knows the plurals, and the texts themselves stand in the code.
    files = [("bandsaw_en", str(ROOT / "translations"))]
    if language != "en":
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        files += [(f"qtbase_{language}", qt), (f"bandsaw_{language}", str(ROOT / "translations"))]
    for name, folder in files:
        translator = QTranslator(application)
        if translator.load(name, folder):
            application.installTranslator(translator)
