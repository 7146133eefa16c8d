"""What has to be right before the window opens: a display, Qt's system libraries, a log."""

from __future__ import annotations

import faulthandler
import logging
import sys
from collections.abc import Callable, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

_LOG_BYTES = 1_000_000
_SET_UP = Path(__file__).parents[1] / "packaging" / "start.py"


def display_obstacle(environment: Mapping[str, str], load_library: Callable[[str], object]) -> str:
    """Why Qt could not open a window here, in one sentence; empty when it can.

    Asked beforehand, because without a display or a library of its X11 plug-in Qt ends the whole process.

    Args:
        environment: The process's environment variables.
        load_library: Loads a shared library by name and raises OSError when it is missing.
    """
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return ""
    if not environment.get("DISPLAY"):
        return "There is no screen to open a window on; `bandsaw split SONG --out FOLDER` works without one."
    try:
        load_library("libxcb-cursor.so.0")
    except OSError:
        return "The window needs the system library libxcb-cursor: sudo apt-get install libxcb-cursor0"
    return ""


def missing_library_text(error: ImportError) -> str:
    """One sentence for a Qt that cannot be loaded."""
    if not sys.platform.startswith("linux"):
        return f"The window cannot be opened: {error}"
    text = f"The window needs a system library that is missing ({error})"
    if not _SET_UP.exists():  # in a bundle
        return text
    return text + "; python3 packaging/start.py installs what is missing, or says how"


def start_log(file: Path, notify: Callable[[str], None]) -> None:
    """Write warnings, crashes and unexpected errors to a log, and tell the user in one line when there was one.

    Args:
        file: The log; a folder that cannot be written to leaves the log on standard error.
        notify: Takes one sentence for the status line.
    """
    from app.words import tr

    logger = logging.getLogger()
    logger.setLevel(logging.INFO)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
        faulthandler.enable(file.with_name("crash.log").open("a", encoding="utf-8"))
    except OSError as error:
        logger.addHandler(logging.StreamHandler())
        logger.warning("no log file: %s", error)

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logger.error("unexpected error", exc_info=(kind, error, trace))
        notify(tr("Something went wrong inside Bandsaw; Help, Open the log folder has the details"))

    sys.excepthook = on_error
    _log_qt_messages(logger.getChild("qt"))


def _log_qt_messages(logger: logging.Logger) -> None:
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }

    def on_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        logger.log(levels.get(kind, logging.ERROR), "%s", text)

    qInstallMessageHandler(on_message)
