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

# What Qt's X11 plug-in needs besides what Qt needs anyway: shared library -> Debian package.
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}


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
    packages = " ".join(package for library, package in X11_LIBRARIES.items() if not _loads(library, load_library))
    if packages:
        return f"The window lacks system libraries; on Debian or Ubuntu, type: sudo apt-get install {packages}"
    return ""


def _loads(library: str, load_library: Callable[[str], object]) -> bool:
    try:
        load_library(library)
    except OSError:
        return False
    return True


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
