"""What tests of the whole window share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio

SMALLEST = (900, 520)


def open_song(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    QApplication.processEvents()


def wait_for(qtbot: QtBot, done: Callable[[], bool], computing_seconds: float = 60.0) -> None:
    """Wait for what this process and its engine compute, until they have computed for so long without it.

    The clock would tell how busy the machine is: beside other programs a niced engine may take ten times as long.
    """
    end = _computed_seconds() + computing_seconds
    while True:
        with contextlib.suppress(qtbot.TimeoutError):
            qtbot.waitUntil(done, timeout=1000)
            return
        assert _computed_seconds() < end, "all that time went into something else"


def _computed_seconds() -> float:
    this, total = psutil.Process(), 0.0
    for process in (this, *this.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:2])
    return total


def delete_window(studio: Studio) -> None:
    """Delete it now; left to the next event loop, it would go in the middle of another test."""
    studio.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


Kind = TypeVar("Kind", bound=QWidget)


def visible(studio: Studio, kind: type[Kind]) -> list[Kind]:
    return [widget for widget in studio.window.findChildren(kind) if widget.isVisible()]
