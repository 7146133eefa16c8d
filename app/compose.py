"""Builds every object of the window once, and takes it all down again."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.instance import OpenedFiles, SingleInstance
from app.jobs.awake import KeepAwake
from app.jobs.runner import JobRunner
from app.jobs.worker import Engine
from app.playback.devices import PortAudioDevices
from app.playback.player import Player
from app.settings import Places, SettingsStore, user_places
from app.startup import start_log
from app.view.given import Models, Surroundings
from app.view.keyboard import FocusKeys
from app.view.main_window import MainWindow
from app.view.notify import Notifier
from app.view.theme import Theme
from app.viewmodel.abx import AbxModel
from app.viewmodel.compare import CompareModel
from app.viewmodel.display import DisplayModel
from app.viewmodel.drag import DragModel
from app.viewmodel.export import ExportModel
from app.viewmodel.export_form import ExportForm
from app.viewmodel.history import History
from app.viewmodel.keeper import Keeper
from app.viewmodel.library import LibraryModel
from app.viewmodel.metronome import MetronomeModel
from app.viewmodel.mixer import MixerModel
from app.viewmodel.models import ModelsModel
from app.viewmodel.on_show import OnShow
from app.viewmodel.output import OutputModel
from app.viewmodel.playback import Playback
from app.viewmodel.queue_file import QueueFile
from app.viewmodel.queue_history import QueueHistory
from app.viewmodel.reference import ReferenceModel
from app.viewmodel.session import Session
from app.viewmodel.status import StatusModel
from app.viewmodel.transport import TransportModel
from app.words import install_language
from engine.api import EngineProcess, ResultsLibrary, Separation
from resources import ROOT, demo_song

# How long Python lets one thread go on while the sound device waits for another; its own 5 ms is a block of sound.
SWITCH_SECONDS = 0.001


@dataclass(frozen=True)
class Parts:
    """What differs between the product and a test.

    Attributes:
        splitter: Splits songs.
        exporter: Writes files; an engine of its own, so that an export need not wait for a song that is being split.
        player: Plays the stems.
        places: Where settings, stems and the log go.
        demo: The song to try first, if there is one.
        stay_awake: Told whenever work begins or ends.
    """

    splitter: Engine
    exporter: Engine
    player: Playback
    places: Places
    demo: Path | None
    stay_awake: Callable[[bool], None] = lambda _on: None


def product_parts() -> Parts:
    """The real engine, sound and folders."""
    player = Player(devices=PortAudioDevices())
    return Parts(EngineProcess(), EngineProcess(), player, user_places(), demo_song(), KeepAwake().set)


class Studio:
    """The window and everything behind it."""

    def __init__(self, application: QApplication, parts: Parts) -> None:
        """Build all of it; `window.show()` opens it and `close` ends it."""
        self._parts = parts
        self.runner = JobRunner()
        self.settings = SettingsStore(parts.places.settings_file)
        self._library = ResultsLibrary(parts.places.cache / "library")
        queue = QueueFile(parts.places.config / "queue.json")
        session = Session(parts.splitter, self.runner, self.settings, self._library, queue)
        history = History()
        on_show = OnShow(session)
        self._queue_history = QueueHistory(session, history)
        transport = TransportModel(parts.player, history)
        mixer = MixerModel(parts.player, history)
        self.models = Models(
            session=session,
            library=LibraryModel(self._library, self.runner, self.settings, session),
            models=ModelsModel(parts.exporter, self.runner, self.settings),
            compare=CompareModel(self._library, self.runner, mixer, history),
            mixer=mixer,
            transport=transport,
            metronome=MetronomeModel(parts.player, self.runner),
            output=OutputModel(transport, self.settings),
            display=DisplayModel(),
            export=ExportModel(parts.exporter, self.runner),
            form=ExportForm(self.settings),
            drag=DragModel(parts.exporter, self.runner, self.settings, parts.places.cache / "drag"),
            history=history,
            abx=AbxModel(parts.player, self.runner),
            reference=ReferenceModel(self.runner),
            status=StatusModel(lambda: [parts.splitter.pid, parts.exporter.pid]),
        )
        self.window = MainWindow(self.models, Surroundings(self.settings, Theme(application), parts.places, parts.demo))
        FocusKeys(application, self.window)
        self._keeper = Keeper(mixer, transport)
        on_show.opened.connect(self._open)
        on_show.completed.connect(self._complete)
        on_show.grown.connect(transport.set_ready)
        transport.wanted.connect(session.want)
        self._on_show = on_show
        self.models.session.changed.connect(self._stay_awake)
        self.models.export.changed.connect(self._stay_awake)
        self.models.models.changed.connect(self._stay_awake)
        self._notifier = Notifier(self.window)
        self.models.session.finished.connect(self._notifier.tell)
        self.models.abx.ended.connect(self.models.mixer.refresh)
        self.models.abx.ended.connect(self.models.transport.refresh)
        self.models.reference.offered.connect(self.models.mixer.set_reference)
        self.models.compare.exchanged.connect(self._exchange)
        self.models.library.changed.connect(self.models.compare.refresh)
        self.models.library.deleting.connect(self.models.compare.leave)

    def start(self, files: Sequence[Path]) -> None:
        """Show the window, bring back the songs of last time, and add these."""
        self.window.show()
        self.models.library.tidy(former_folder=self._parts.places.cache / "separations")
        self.models.session.restore()
        if files:
            self.models.session.add(files)

    def receive(self, files: Sequence[Path]) -> None:
        """Come to the front with what another start was given; an open dialog keeps the song that it is about."""
        self._notifier.bring_to_front()
        if files:
            self.models.session.add(files, behind=QApplication.activeModalWidget() is not None)

    def close(self) -> None:
        """Stop jobs, sound and engines; finished stems stay in the library."""
        self.models.session.freeze()
        if not self.runner.cancel_all():
            self._close_engines()
        self.runner.close()
        self._close_engines()
        self.models.session.close()
        self.models.transport.close()
        self._keeper.close()
        self.models.status.close()
        self._library.close()
        self._parts.stay_awake(False)

    def _stay_awake(self, _state: object) -> None:
        models = self.models
        exporting = models.export.state.phase == "running"
        self._parts.stay_awake(exporting or models.models.state.working or models.session.state.working)

    def _open(self, separation: Separation | None) -> None:
        """Put another song on show."""
        self.models.abx.close()
        self.window.load(None)  # the lanes of the song before know nothing of this one's stages
        song = self.models.session.state.song
        finished = song.separation if song is not None else None
        separation = self.models.compare.load(finished) or separation
        try:
            self._load(separation)
        except FileNotFoundError:  # it has just been finished and is on its way into the library, or somebody tidied up
            self._on_show.forget()
            separation = None
            self._load(None)
            if song is not None and finished is not None:
                QTimer.singleShot(0, self.window, partial(self.models.session.find_again, song.key))
        self.models.reference.load(separation if finished is not None else None)
        self.models.status.load(finished)
        self.models.metronome.load(finished)

    def _load(self, separation: Separation | None) -> None:
        """Hear and show this: gains need loaded signals, and lanes need strips and a visible part."""
        self.models.transport.load(separation)
        self.models.mixer.load(separation)
        self.models.display.load(separation)
        self.window.load(separation)

    def _complete(self, separation: Separation) -> None:
        """Let the song on show go on as the finished one, whatever sounds."""
        self.models.mixer.complete(separation)
        self.models.transport.complete(separation)
        self._keeper.keep()
        self.window.complete(separation)
        self.models.reference.load(separation)
        self.models.status.load(separation)
        self.models.metronome.load(separation)
        shown = self.models.compare.load(separation)
        if shown is not None and shown != separation:
            self.models.history.clear()  # what was changed before was of the song's own stages
            self._exchange(shown)

    def _exchange(self, separation: Separation) -> None:
        """Let the song on show go on with other sides, from where it is."""
        self.models.abx.close()
        self.window.load(None)
        self.models.transport.exchange(separation)
        self.models.mixer.exchange(separation)
        self.models.display.exchange(separation)
        self.window.load(separation)
        self.models.reference.load(separation)

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
    install_language(application, SettingsStore(parts.places.settings_file).value.language)
    instance = SingleInstance(parts.places.config)
    if not instance.claim() and instance.hand_over(files):
        return 0
    studio = Studio(application, parts)
    instance.received.connect(studio.receive)
    if sys.platform == "darwin":
        OpenedFiles(application).received.connect(studio.receive)
    start_log(parts.places.log_file, studio.window.notice)
    # Ctrl+C in the terminal closes the window; Python's own handler would wait for the next event.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.setswitchinterval(SWITCH_SECONDS)
    studio.start(files)
    gc.freeze()
    gc.enable()
    code = application.exec()
    studio.close()
    instance.close()
    return code
