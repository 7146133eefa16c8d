"""Loads pytest-qt where Qt works, and says so where it does not; a window test may leave no thread or timer behind."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

# Property tests: the same examples on every run, and no clock.
settings.register_profile("bandsaw", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("bandsaw")

# What pytest-xdist calls this process where several share the tests; else nothing.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # there are as many processes as processors

# Compiled once for all the processes that tests start, whatever their cache folder. Not for all workers: numba may mix
# up the machine code of two processes that compile a function for different arguments at the same moment.
os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).parents[1] / ".pytest_cache" / "kernels" / WORKER)

# Where matplotlib keeps its list of fonts.
os.environ["MPLCONFIGDIR"] = str(Path(__file__).parents[1] / ".pytest_cache" / "matplotlib")

# Kernels for GPUs run on the CPU; read when Triton is imported, which PyTorch may do at any time.
os.environ.setdefault("TRITON_INTERPRET", "1")

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _qt_obstacle() -> str:
    """Why Qt cannot be loaded, such as a missing system library; pytest-qt would then end the whole run."""
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        return str(error)
    return ""


QT_MISSING = _qt_obstacle()
pytest_plugins = [] if QT_MISSING else ["pytestqt.plugin"]

if not QT_MISSING:
    from PySide6.QtCore import QLocale

    QLocale.setDefault(QLocale("en"))  # numbers in English on every desktop, also without an application

APP_TESTS = Path(__file__).parent / "app"
WITHOUT_QT = {"test_playback.py", "test_outputs.py", "test_device_chain.py", "test_pace.py"}


def pytest_configure(config: pytest.Config) -> None:
    """On a desktop, windows of several processes would take the focus and the clipboard from each other."""
    if config.getoption("numprocesses", default=None):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # also for the workers, which start after this


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt fails the test; as a mark, because the option is unknown where pytest-qt is not loaded.

    Workers take files in this order, and begin with those that take long: at the end, none waits long for another.
    """
    if WORKER:
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)
    for item in items if not QT_MISSING else []:
        item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
        # What the platform without a screen says of itself whenever a dialog or a tool window opens.
        item.add_marker(pytest.mark.qt_log_ignore(r"This plugin does not support (propagateSizeHints|raise)\(\)"))


def pytest_collection_finish() -> None:
    """What importing has made stays: from here on, whoever looks for garbage or for timers passes over it."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    if QT_MISSING:
        return f"!!! THE TESTS OF THE WINDOW ARE SKIPPED: Qt cannot be loaded ({QT_MISSING}) !!!"
    return f"window tests on the Qt platform {os.environ.get('QT_QPA_PLATFORM', 'of this desktop')}"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if QT_MISSING and collection_path.parent == APP_TESTS and collection_path.name not in WITHOUT_QT:
        return True
    return None


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application in English on every desktop; without its words a number would have no singular."""
    from app.words import install_language

    install_language(qapp, "en")
    return qapp


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """Waits a minute for what comes at once where the machine is not busy: else its own five seconds may be too few."""
    for name in ("waitUntil", "waitSignal"):
        monkeypatch.setattr(qtbot, name, partial(getattr(qtbot, name), timeout=60_000))
    return qtbot


@pytest.fixture(autouse=True)
def nothing_runs_on(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test whose QThread or QTimer runs on after it.

    Python collects garbage on whatever thread asks for memory, such as that of a later test's worker. A timer that is
    destroyed there is not stopped, and the event loop of its own thread goes on calling what is no more.
    """
    yield
    if "qapp" in request.fixturenames:
        from PySide6.QtCore import QThread, QTimer
        from shiboken6 import isValid

        # By type: `isinstance` would ask every object, and some of them answer with a warning.
        found = [each for each in gc.get_objects() if type(each) in (QThread, QTimer) and isValid(each)]
        threads = [each for each in found if type(each) is QThread and each.isRunning()]
        threads = [thread for thread in threads if thread is not QThread.currentThread()]
        timers = [each for each in found if type(each) is QTimer and each.isActive()]
        for thread in threads:
            thread.quit()
            thread.wait(2000)
        for timer in timers:
            timer.stop()
        assert not threads, "a QThread outlives its test"
        assert not timers, "a QTimer outlives its test"
