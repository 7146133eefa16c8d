"""The window: menus, the page of the song on show, drops, status line."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.settings import ThemeChoice
from app.view.actions import Actions
from app.view.closing import CloseGuard
from app.view.dialogs import Dialogs
from app.view.drag_out import DragHandles, DragOut
from app.view.drop import Drops
from app.view.given import Models, Surroundings
from app.view.header import Header
from app.view.lanes import LanesPage
from app.view.menus import fill_menus
from app.view.output_menu import OutputMenu
from app.view.pages import EmptyPage, ErrorPage, JobPage
from app.view.recent_menu import RecentMenu
from app.view.references import References
from app.view.sides import SideMenus, SideSwitch, SplitMenu
from app.view.songs_panel import SongsPanel
from app.view.splitting_bar import SplittingBar
from app.view.status import StatusButton
from app.view.transport_bar import Played, TransportBar
from app.view.widgets import ElidedLabel, announce, on, seamless
from app.viewmodel.export_form import SongOnShow, song_on_show
from app.viewmodel.queue import Song
from app.viewmodel.session_state import SessionState
from app.viewmodel.transport import TransportState
from engine.api import Separation

_MINIMUM = (900, 520)  # what a screen of 1366 x 768 at 125 % leaves between its bars is about 535 high
_FIRST_SIZE = (1280, 800)
_TITLE_BAR_PX = 40  # how high it is nobody knows before the window is shown
_NOTICE_MS = 8000
_NOTICE_PX = 560  # that it gets also in a small window, if its words need them
_MOST_OUTPUT_PX = 340  # why there is no sound may take many words


class MainWindow(QMainWindow):
    """Shows the session's page; everything it knows comes from the view-models."""

    def __init__(self, models: Models, around: Surroundings) -> None:
        super().__init__()
        self._models = models
        self._settings = around.settings
        self._theme = around.theme
        self._demo = around.demo
        self._geometry = QSettings(str(around.places.config / "window.ini"), QSettings.Format.IniFormat)
        self._dialogs = Dialogs(models, around, self.song_on_show, self)
        self._actions = Actions(models, around, self._dialogs, self)
        self._songs = SongsPanel(around.theme, self._actions.songs)
        self._recent = RecentMenu(around.settings, models.session.add, self)
        self._closing = CloseGuard(self, models.session, models.export, models.models)
        split = SplitMenu(models.models, models.session, models.compare, around.settings, self)
        split.said.connect(self.notice)
        split.add_below(self._actions.models)
        self._sides = SideMenus(models.compare, split, self)
        self._lanes = LanesPage(around.theme, models.mixer, models.transport, models.display)
        self._lanes.add_options(self._actions.display.options)
        self._references = References(models.reference, models.mixer, self._actions.lanes, self)
        self._drag_out = DragOut(models.drag, self.song_on_show)
        self._handles = DragHandles(around.theme, self._drag_out)
        self._header = Header(self._actions, self._handles, SideSwitch(models.mixer, self._sides))
        self._empty = EmptyPage(around.theme, demo=around.demo is not None)
        self._job = JobPage(around.theme, self._actions.songs)
        self._error = ErrorPage(around.theme, self._actions)
        self._stack = QStackedWidget()
        self._status = StatusButton()
        self._output = ElidedLabel(sentence=True)
        self._output.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._output.setMaximumWidth(_MOST_OUTPUT_PX)
        self._notice = ElidedLabel(sentence=True)
        self._notice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._notice_timer = QTimer(self)
        self._notice_timer.setSingleShot(True)
        self._notice_timer.setInterval(_NOTICE_MS)
        self._notice_timer.timeout.connect(self._notice.hide)
        self._stack.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._drops = Drops(self._build(), self._lanes, self._references, models.session)
        self.installEventFilter(self._drops)
        self._connect()
        self._choose_theme(around.settings.value.theme)
        self._restore()
        self._present(models.session.state)
        self._present_transport(models.transport.state)
        self._status.present(models.status.state)

    def load(self, separation: Separation | None) -> None:
        """Show the lanes of another song, which the view-models have loaded already; None takes them away."""
        self._lanes.load(separation)
        self._present_song(self._models.session.state.song)

    def complete(self, separation: Separation) -> None:
        """Go on with the song on show as the finished one."""
        self._lanes.complete(separation)

    def notice(self, text: str) -> None:
        """Say something in the status line for a few seconds, and to a screen reader."""
        self._notice.setText(text)
        self._notice.setMinimumWidth(min(self._notice.sizeHint().width(), _NOTICE_PX))  # before facts that stand there
        self._notice.show()
        self._notice_timer.start()
        announce(self, text)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask if there is unfinished work; remember size and place."""
        if not self._closing.allows():
            event.ignore()
            return
        self._geometry.setValue("geometry", self.saveGeometry())
        super().closeEvent(event)

    def _build(self) -> QWidget:
        """Put the window together; returns all of it below the menus."""
        self.setWindowTitle("Bandsaw")
        self.setMinimumSize(*_MINIMUM)
        self.setAcceptDrops(True)
        outputs = OutputMenu(self._models.output, self._models.transport, self)
        fill_menus(self.menuBar(), self._actions, self._recent, outputs, self._sides)
        self._studio = QWidget()
        column = seamless(QVBoxLayout(self._studio))
        column.addWidget(self._header)
        column.addWidget(SplittingBar(self._models.session, self._actions.songs))
        column.addWidget(self._lanes, 1)
        played = Played(self._models.transport, self._models.mixer, self._models.metronome)
        column.addWidget(TransportBar(self._actions, played, outputs, self._theme))
        for page in (self._empty, self._job, self._error, self._studio):
            self._stack.addWidget(page)
        body = QWidget()
        across = seamless(QHBoxLayout(body))
        across.addWidget(self._songs)
        across.addWidget(self._stack, 1)
        self.setCentralWidget(body)
        for line in (self._status, self._notice, self._output):
            line.setContentsMargins(8, 0, 8, 0)
        self.statusBar().addWidget(self._status)
        self.statusBar().addWidget(self._notice, 1)
        self.statusBar().addPermanentWidget(self._output)
        self._notice.hide()
        self.statusBar().setSizeGripEnabled(False)
        return body

    def _connect(self) -> None:
        models, actions, dialogs = self._models, self._actions, self._dialogs
        for signal, slot in (
            (actions.demo.triggered, self._add_demo),
            (actions.quit.triggered, self.close),
            (actions.options.triggered, self._prefer),
            (actions.mix.said, self.notice),
            (actions.mix.clip_lights.triggered, self._lanes.put_out_clip_lights),
            (actions.mix.peaks.triggered, lambda: self.notice(self._lanes.level_words())),
            (self._status.clicked, dialogs.status),
            (self._lanes.drag_wanted, self._drag_out.drag_lane),
            (self._drag_out.said, self.notice),
            (self._handles.clicked, dialogs.export_mix),
            (self._empty.open.clicked, dialogs.add_songs),
            (self._empty.demo.clicked, self._add_demo),
            (self._empty.model.clicked, self._prefer),
            (self._error.model.clicked, self._prefer_and_retry),
        ):
            signal.connect(slot)
        for choice, action in actions.themes.items():
            on(action.triggered, partial(self._choose_theme, choice))
        models.session.changed.connect(self._present)
        models.models.changed.connect(self._present_choice)
        models.session.refused.connect(dialogs.refused)
        for model in (models.session, models.compare, models.reference, models.output, models.metronome):
            model.noticed.connect(self.notice)
        models.transport.changed.connect(self._present_transport)
        models.reference.changed.connect(self._lanes.present_references)
        models.status.changed.connect(self._status.present)
        self._lanes.reference_wanted.connect(self._references.show_details)
        self._songs.select_wanted.connect(models.session.select)
        self._songs.move_wanted.connect(models.session.move)

    def _present(self, state: SessionState) -> None:
        song = state.song
        self._songs.present(state)
        self._present_song(song)
        self._handles.present_song(song)
        self._empty.present(self._settings.value)
        if song is None:
            self._show_page(self._empty, "")
        elif song.audible is not None:
            self._show_page(self._studio, song.name)
        elif song.problem is not None:
            self._error.present(song.problem)
            self._show_page(self._error, song.name)
        else:
            self._job.present(song, paused=state.paused)
            self._show_page(self._job, song.name)

    def _present_song(self, song: Song | None) -> None:
        shown = self._lanes.separation
        self._actions.present_song(song, shown.stages if shown is not None else ())
        if song is not None and song.audible is not None:
            self._header.present(song, shown or song.audible)

    def _show_page(self, page: QWidget, name: str) -> None:
        if page is not self._stack.currentWidget():
            elsewhere = self._songs.isAncestorOf(self.focusWidget())  # and arrow keys go on through the list
            self._stack.setCurrentWidget(page)
            if not elsewhere:
                self._stack.setFocus()
        self.setWindowTitle(f"{name} – Bandsaw" if name else "Bandsaw")

    def _present_transport(self, state: TransportState) -> None:
        self._actions.present_playing(state.playing)
        self._handles.present(has_loop=state.loop is not None)
        self._output.setText(state.note or state.output)

    def song_on_show(self) -> SongOnShow | None:
        """What can be exported now; None without a finished song."""
        song, models = self._models.session.state.song, self._models
        if song is None or song.separation is None or self._lanes.separation is None:
            return None
        return song_on_show(self._lanes.separation, models.mixer.state, models.transport.state)

    def _add_demo(self) -> None:
        if self._demo is not None:
            self._models.session.add([self._demo])

    def _prefer(self) -> bool:
        chosen = self._dialogs.preferences()
        self._choose_theme(self._settings.value.theme)
        self._present_choice()
        return chosen

    def _present_choice(self) -> None:
        self._empty.present(self._settings.value)

    def _prefer_and_retry(self) -> None:
        if self._prefer():
            song = self._models.session.state.song
            if song is not None:
                self._models.session.retry(song.key, as_preferred=True)
            self._models.session.retry_all()  # what cured one song may cure them all

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._theme.choose(choice)
        self._actions.themes[choice].setChecked(True)
        if choice != self._settings.value.theme:
            self._settings.update(theme=choice)

    def _restore(self) -> None:
        stored = self._geometry.value("geometry")
        if not (isinstance(stored, QByteArray) and self.restoreGeometry(stored)):
            room = self.screen().availableSize() - QSize(0, _TITLE_BAR_PX)
            self.resize(QSize(*_FIRST_SIZE).boundedTo(room))
