"""The status line's button, and the two dialogs behind it: all facts to copy, and the support file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QPushButton, QSizePolicy, QWidget

from app.errors import describe
from app.view.problem_dialog import DetailsDialog, show_problem
from app.view.widgets import button, column, label, row
from app.viewmodel.status import StatusState, versions
from app.viewmodel.support import LOG_LINES, SupportFacts, write_support_file
from app.words import told, tr, tr_later
from engine.api import WriteError

_PADDING = 18


class StatusButton(QPushButton):
    """One line of facts, cut where there is no room; pressed, it tells all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._line = ""

    def present(self, state: StatusState) -> None:
        """Show these facts."""
        self._line = state.line
        self.setVisible(bool(state.line))
        self.setAccessibleName(tr("Device and memory: {facts}").format(facts=state.line))
        self.setToolTip(state.line + "\n" + tr("Press for all facts (Ctrl+I)"))
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the whole line."""
        return QSize(self.fontMetrics().horizontalAdvance(self._line) + _PADDING + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As narrow as needed."""
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the line anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - _PADDING
        self.setText(self.fontMetrics().elidedText(self._line, Qt.TextElideMode.ElideRight, room))


def show_status(parent: QWidget, state: StatusState, sound: str) -> None:
    """Every fact about this session, to read and to copy."""
    facts = {**state.facts, tr_later("Sound"): sound, **versions()}
    text = tr("What the song on show was split on and why, and what the window and the engine use now.")
    lines = "\n".join(f"{tr(name)}: {tr(told(value))}" for name, value in facts.items())
    DetailsDialog(parent, tr("Device and memory"), text, lines).exec()


class SupportDialog(QDialog):
    """Says what a support file holds, and writes it."""

    def __init__(self, facts: Callable[[], SupportFacts], parent: QWidget) -> None:
        """Args: facts: Collects them when the file is written."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Save a support file"))
        self.setMinimumWidth(480)
        self._facts = facts
        self._names = QCheckBox(tr("With the names of my songs and folders"))
        self._names.setAccessibleName(tr("With the names of my songs and folders"))
        self._names.setToolTip(tr("Without this, every name is replaced by a mark such as file-1a2b3c4d.wav"))
        save = button(tr("Save…"), primary=True, tip=tr("Choose where to save it"))
        cancel = button(tr("Cancel"), tip=tr("Close without saving (Esc)"))
        save.clicked.connect(self._save)
        cancel.clicked.connect(self.reject)
        text = tr(
            "One zip file for whoever helps you with a problem. It holds versions, device and memory, your settings, "
            "the songs' technical facts and the last {count} lines of the log. It never holds audio, and nothing "
            "is sent: you decide what happens to the file."
        ).format(count=LOG_LINES)
        parts = (label(text, "", wrap=True), self._names, 1, row(1, cancel, save))
        self.setLayout(column(*parts, margins=(24, 20, 24, 20), spacing=14))
        save.setDefault(True)

    def _save(self) -> None:
        start = str(Path.home() / "bandsaw-support.zip")
        name, _filter = QFileDialog.getSaveFileName(self, tr("Save a support file"), start, "Zip (*.zip)")
        if not name:
            return
        path = Path(name)
        try:
            write_support_file(path, self._facts(), with_names=self._names.isChecked())
        except WriteError as error:
            show_problem(self, describe(error, path))
        else:
            self.accept()
