"""The pages of the window while no song is on show: empty, splitting, failed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QPlainTextEdit, QPushButton, QWidget

from app.errors import Problem
from app.settings import Settings
from app.view.actions import Actions
from app.view.song_actions import SongActions
from app.view.theme import Theme
from app.view.widgets import ElidedLabel, ProgressBar, button, card, column, label, restyle, row
from app.viewmodel.display import format_left, format_time
from app.viewmodel.queue import Song
from app.viewmodel.sides import model_name, quality_name
from app.viewmodel.status import running_words
from app.words import told, tr, tr_later
from engine.api import Progress

_CARD_WIDTH = 560
_PHASES = (
    ("load", tr_later("Load the model")),
    ("separate", tr_later("Split the song")),
    ("draw", tr_later("Draw the lanes")),
)
_DOING = {
    "load": tr_later("Loading the model"),
    "separate": tr_later("Splitting"),
    "draw": tr_later("Drawing the lanes"),
}
_STANDS = {
    "checking": (tr_later("ADDED"), tr_later("Looking whether it was split before")),
    "waiting": (tr_later("WAITING FOR ITS TURN"), tr_later("Another song is being split first")),
    "stopped": (tr_later("STOPPED"), tr_later("Nothing was kept of this song")),
}


class EmptyPage(QWidget):
    """What to do first."""

    def __init__(self, theme: Theme, *, demo: bool) -> None:
        """Args: demo: Whether there is a demo song to offer."""
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open = button(tr("Add songs…"), primary=True, tip=tr("Add songs (Ctrl+O)"))
        self.demo = button(tr("Try the demo song"), tip=tr("Split the short song that comes with Bandsaw"))
        self.demo.setVisible(demo)
        self.model = button(tr("Change…"), tip=tr("Preferences (Ctrl+,)"))
        self.model.setAccessibleName(tr("Change model and quality in the preferences"))
        self._model_text = label("", "muted")
        drop = card("drop")
        inner = column(margins=(28, 30, 28, 30))
        drop.setLayout(inner)
        inner.addWidget(self._icon)
        inner.addWidget(_centered(label(tr("Drop a song here"), "headline")))
        inner.addWidget(_centered(label(tr("or several, or a folder: anywhere on this window"), "muted")))
        inner.addSpacing(10)
        inner.addLayout(row(1, self.open, self.demo, 1, spacing=10))
        steps = column(spacing=7)
        for number, text in enumerate(
            (
                tr("Bandsaw splits the song into its stems, on this computer. Nothing is uploaded."),
                tr("Listen to each stem, mute and solo, and compare both stages of the network."),
                tr("Export what you need; stems and residual together are exactly your song."),
            ),
            start=1,
        ):
            mark = label(str(number), "step")
            line = label(text, "muted", wrap=True)
            mark.setFixedSize(QSize(26, 22))
            mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
            step = row(mark, line, spacing=12)
            step.setStretch(1, 1)
            steps.addLayout(step)
        _center(self, 1, drop, steps, row(self._model_text, self.model, 1, spacing=12), 1)
        theme.changed.connect(self._present_theme)

    def present(self, settings: Settings) -> None:
        """Show how the next song will be split."""
        words = tr("Next split: {model}, quality {quality}")
        self._model_text.setText(words.format(model=model_name(settings.model), quality=quality_name(settings.quality)))

    def _present_theme(self) -> None:
        self._icon.setPixmap(self._theme.pixmap("bandsaw", "text", 72))


class JobPage(QWidget):
    """A song that is being split, waits for its turn, or was stopped."""

    def __init__(self, theme: Theme, actions: SongActions) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._state = label("", "section")
        self._name = ElidedLabel("", "headline")
        self._phase = label("", "")
        self._left = label("", "muted")
        self._bar = ProgressBar(tr("Progress of this step"))
        self._where = ElidedLabel("", "small", sentence=True)
        self._steps = [(phase, QLabel(), label(tr(text), "muted")) for phase, text in _PHASES]
        self.pause, self.cancel = pause_and_stop(actions)
        self.again = button(tr("Split again"), primary=True, tip=tr("Split this song from its beginning (Ctrl+R)"))
        self.remove = button(tr("Remove"), tip=tr("Take this song off the list (Ctrl+W)"))
        self.again.clicked.connect(actions.retry.trigger)
        self.remove.clicked.connect(actions.remove.trigger)
        self._now: Progress | None = None
        box = card()
        inner = column(margins=(30, 26, 30, 26))
        box.setLayout(inner)
        inner.addWidget(self._state)
        inner.addWidget(self._name)
        inner.addSpacing(12)
        inner.addLayout(row(self._phase, 1, self._left))
        inner.addWidget(self._bar)
        inner.addWidget(self._where)
        inner.addSpacing(12)
        for _phase, mark, text in self._steps:
            mark.setFixedSize(QSize(18, 18))
            inner.addLayout(row(mark, text, 1))
        inner.addSpacing(10)
        inner.addLayout(row(1, self.pause, self.cancel, self.again, self.remove))
        _center(self, 1, box, 1)
        theme.changed.connect(lambda: self._present_steps(self._now))

    def present(self, song: Song, *, paused: bool) -> None:
        """Show how far the song is."""
        progress = song.progress
        self._now = progress
        running = song.phase == "running"
        held = running and paused
        title, words = map(tr, _STANDS.get(song.phase, (tr_later("NOW SPLITTING"), "")))
        self._state.setText(tr("STOPPING") if song.stopping else tr("PAUSED") if held else title)
        self._name.setText(song.source.name)
        known = progress is not None and progress.total > 0
        self._bar.present(progress.share if progress else 0.0, known=known or not running or held)
        self._phase.setText(
            tr("Splitting is paused") if paused and song.phase == "waiting" else words or doing_words(progress)
        )
        eta = progress.eta_seconds if progress and not held else None
        self._left.setText(format_left(eta) if eta is not None else "")
        self._where.setText(
            (_sentence(told(progress.message)) or running_words(progress)) if progress and running else ""
        )
        for made in (self.pause, self.cancel):
            made.setVisible(song.pending)
        self.again.setVisible(not song.pending)
        self._present_steps(progress)

    def _present_steps(self, progress: Progress | None) -> None:
        order = [phase for phase, _text in _PHASES]
        now = order.index(progress.phase) if progress and progress.phase in order else -1
        for place, (_phase, mark, text) in enumerate(self._steps):
            name, color = ("done", "accent") if place < now else ("now", "text") if place == now else ("later", "faint")
            mark.setPixmap(self._theme.pixmap(f"step-{name}", color, 18))
            text.setObjectName("" if place == now else "muted")
            restyle(text)


def pause_and_stop(actions: SongActions) -> tuple[QPushButton, QPushButton]:
    """What holds splitting or lets it go on, and what stops it."""
    pause = button(tr("Pause"), tip=tr("Hold splitting, and go on at the same place (Ctrl+P)"))
    pause.setCheckable(True)
    pause.clicked.connect(actions.pause.trigger)
    actions.pause.toggled.connect(pause.setChecked)
    pause.toggled.connect(lambda paused: pause.setText(tr("Go on") if paused else tr("Pause")))
    stop = button(tr("Stop"), tip=tr("Stop splitting this song; what is done of it is not kept (Ctrl+.)"))
    stop.clicked.connect(actions.cancel.trigger)
    return pause, stop


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


class ErrorPage(QWidget):
    """What went wrong with a song, and what can be done."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._icon = QLabel()
        self._title = label("", "headline", wrap=True)
        self._file = ElidedLabel("", "muted")
        self._text = label("", "", wrap=True)
        self._advice = label("", "muted", wrap=True)
        self.model = button(tr("Preferences…"), primary=True, tip=tr("Choose another model (Ctrl+,)"))
        self._retry = button(tr("Try again"), tip=tr("Split this song once more"))
        self._remove = button(tr("Remove"), tip=tr("Take this song off the list (Ctrl+W)"))
        self._more = button(tr("Details"), tip=tr("Show technical details to copy into a report"))
        self._more.setCheckable(True)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName(tr("Technical details"))
        self._details.setMinimumHeight(64)
        self._copy = button(tr("Copy details"), tip=tr("Copy the technical details"))
        self._log = button(tr("Open log folder"), tip=tr("Show the folder with the log file"))
        self._box = card()
        self._build()
        self._retry.clicked.connect(actions.songs.retry.trigger)
        self._remove.clicked.connect(actions.songs.remove.trigger)
        self._log.clicked.connect(actions.log_folder.trigger)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details.toPlainText()))
        self._more.toggled.connect(self._show_details)
        self._show_details(False)
        theme.changed.connect(lambda: self._icon.setPixmap(theme.pixmap("warning", "danger", 32)))

    def present(self, problem: Problem) -> None:
        """Show this problem."""
        if problem.details != self._details.toPlainText():
            self._more.setChecked(False)
            self._details.setPlainText(problem.details)
        self._title.setText(problem.title)
        self._file.setText(problem.file.name if problem.file else "")
        self._text.setText(problem.text)
        self._advice.setText(problem.advice)
        self.model.setVisible(problem.remedy in ("model", "settings"))
        self._retry.setVisible(problem.remedy != "none")

    def _show_details(self, on: bool) -> None:
        for widget in (self._details, self._copy, self._log):
            widget.setVisible(on)

    def _build(self) -> None:
        inner = column(margins=(30, 26, 30, 26), spacing=9)
        self._box.setLayout(inner)
        head = row(self._icon, self._title, spacing=14)
        head.setStretch(1, 1)
        inner.addLayout(head)
        inner.addWidget(self._file)
        inner.addSpacing(6)
        inner.addWidget(self._text)
        inner.addWidget(self._advice)
        inner.addSpacing(10)
        inner.addLayout(row(self.model, self._retry, self._remove, 1, self._more))
        inner.addWidget(self._details)
        inner.addLayout(row(self._copy, self._log, 1))
        _center(self, 1, self._box, 1)


def doing_words(progress: Progress | None) -> str:
    """What is being done with a running song, and how far it is."""
    if progress is None:
        return tr("Starting the engine")
    if progress.phase == "separate" and progress.total > 0:
        words = tr("Splitting: {done} of {total}")
        return words.format(done=format_time(progress.done, 0), total=format_time(progress.total, 0))
    return tr(_DOING.get(progress.phase, tr_later("Working")))


def _centered(made: QLabel) -> QLabel:
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def _center(page: QWidget, *parts: QWidget | QLayout | int) -> None:
    holder = QFrame()
    holder.setMaximumWidth(_CARD_WIDTH + 60)
    holder.setLayout(column(*parts, spacing=22))
    outer = row(holder)
    outer.setContentsMargins(24, 20, 24, 20)
    page.setLayout(outer)
