"""Texts to read and to copy: what went wrong, with details for a report, and facts about this session."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from app.errors import Problem
from app.view.widgets import button, label, row
from app.words import tr


class DetailsDialog(QDialog):
    """A headline, a sentence or two, and a longer text that can be selected and copied."""

    def __init__(self, parent: QWidget, title: str, text: str, details: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self._details = QPlainTextEdit(details)
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setAccessibleName(tr("Details"))
        self._details.setMinimumHeight(180)
        copy = button(tr("Copy details"), tip=tr("Copy the details to the clipboard"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details.toPlainText()))
        close = button(tr("Close"), primary=True, tip=tr("Close (Esc)"))
        close.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(label(title, "headline", wrap=True))
        if text:
            layout.addWidget(label(text, "", wrap=True))
        layout.addWidget(self._details, 1)
        layout.addLayout(row(copy, 1, close))
        close.setDefault(True)
        close.setFocus()


def show_problem(parent: QWidget, problem: Problem) -> None:
    """Say what went wrong and what to do, with the details to copy."""
    DetailsDialog(parent, problem.title, f"{problem.text} {problem.advice}", problem.details).exec()
