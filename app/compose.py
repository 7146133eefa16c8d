"""Builds every object of the window once, and takes it all down again."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.jobs.runner import JobRunner
from app.jobs.worker import Engine
from app.playback.player import Player
from app.settings import Places, SettingsStore, user_places
from app.startup import start_log
from app.view.keyboard import EnterPressesButtons
from app.view.main_window import MainWindow, Models, Surroundings
from app.view.theme import Theme
from app.viewmodel.display import DisplayModel
from app.viewmodel.drag import DragModel
from app.viewmodel.export import ExportModel
from app.viewmodel.export_form import ExportForm
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.session import Session
from app.viewmodel.transport import Playback, TransportModel
from engine.api import EngineProcess, Separation
from resources import ROOT, demo_song


@dataclass(frozen=True)
class Parts:
    """What differs between the product and a test.

    Attributes:
        splitter: Splits songs.
        exporter: Writes files; an engine of its own, so that an export need not wait for a song that is being split.
        player: Plays the stems.
        places: Where settings, stems and the log go.
        demo: The song to try first, if there is one.
    """

    splitter: Engine
    exporter: Engine
    player: Playback
    places: Places
    demo: Path | None


def product_parts() -> Parts:
    """The real engine, sound and folders."""
    return Parts(EngineProcess(), EngineProcess(), Player(), user_places(), demo_song())


class Studio:
    """The window and everything behind it."""

    def __init__(self, application: QApplication, parts: Parts) -> None:
        """Build all of it; `window.show()` opens it and `close` ends it."""
        self._parts = parts
        self.runner = JobRunner()
        self.settings = SettingsStore(parts.places.config / "settings.json")
        history = History()
        self.models = Models(
            session=Session(parts.splitter, self.runner, self.settings, parts.places.cache / "separations"),
            mixer=MixerModel(parts.player, history),
            transport=TransportModel(parts.player),
            display=DisplayModel(),
            export=ExportModel(parts.exporter, self.runner),
            form=ExportForm(self.settings),
            drag=DragModel(parts.exporter, self.runner, self.settings, parts.places.cache / "drag"),
            history=history,
        )
        self.window = MainWindow(self.models, Surroundings(self.settings, Theme(application), parts.places, parts.demo))
        EnterPressesButtons(application, self.window)
        self.models.session.opened.connect(self._open)

    def close(self) -> None:
        """Stop jobs, sound and engines, and delete this session's stems."""
        if not self.runner.cancel_all():
            self._close_engines()
        self.runner.close()
        self._close_engines()
        self.models.session.close()
        self.models.transport.close()

    def _open(self, separation: Separation | None) -> None:
        """Put another song on show: gains need loaded signals, and lanes need strips and a visible part."""
        self.window.load(None)  # the lanes of the song before know nothing of this one's stages
        self.models.transport.load(separation)
        self.models.mixer.load(separation)
        self.models.display.load(separation)
        self.window.load(separation)

    def _close_engines(self) -> None:
        self._parts.splitter.close()
        self._parts.exporter.close()


def run(files: Sequence[Path]) -> int:
    """Open the window with these songs and return the exit code when it is closed."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Bandsaw")
    application.setDesktopFileName("bandsaw")
    application.setWindowIcon(QIcon(str(ROOT / "icons" / "bandsaw.svg")))
    parts = product_parts()
    studio = Studio(application, parts)
    start_log(parts.places.log_file, studio.window.notice)
    # Ctrl+C in the terminal closes the window; Python's own handler would wait for the next event.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    studio.window.show()
    if files:
        studio.models.session.add(files)
    code = application.exec()
    studio.close()
    return code
