"""One question with two answers, in a box that does not hold up the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        title: Of the box.
        text: The question.
        details: What either answer means.
        yes: Words of the button that does it.
        no: Words of the button that does nothing; Enter and Esc press it.
    """

    title: str
    text: str
    details: str
    yes: str
    no: str


def message_box(parent: QWidget, title: str, text: str, details: str) -> QMessageBox:
    """A box without buttons, whose words are shown as they are: names of files may look like HTML."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(details)
    return box


def ask(parent: QWidget, question: Question, on_yes: Callable[[], object]) -> QMessageBox:
    """Show the question over its window; the answer comes later."""
    box = message_box(parent, question.title, question.text, question.details)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    yes = box.addButton(question.yes, QMessageBox.ButtonRole.DestructiveRole)
    no = box.addButton(question.no, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    yes.clicked.connect(lambda _checked: on_yes())
    box.open()
    return box
