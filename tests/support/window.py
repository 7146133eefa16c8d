"""What tests of the whole window share."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio


def open_song(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready", timeout=5000)
    QApplication.processEvents()


def delete_window(studio: Studio) -> None:
    """Delete it now; left to the next event loop, it would go in the middle of another test."""
    studio.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


Kind = TypeVar("Kind", bound=QWidget)


def visible(studio: Studio, kind: type[Kind]) -> list[Kind]:
    return [widget for widget in studio.window.findChildren(kind) if widget.isVisible()]
