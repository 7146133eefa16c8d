"""The row between the header and the lanes while the song on show is still being split."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from app.view.pages import doing_words, pause_and_stop
from app.view.song_actions import SongActions
from app.view.widgets import ElidedLabel, ProgressBar, label, row
from app.viewmodel.display import format_left
from app.viewmodel.session import Session
from app.viewmodel.session_state import SessionState
from app.viewmodel.status import running_words
from app.words import tr

_BAR_PX = 160


class SplittingBar(QFrame):
    """How far the song on show is, and how to hold or stop it."""

    def __init__(self, session: Session, actions: SongActions) -> None:
        super().__init__()
        self._doing = label("", "small")
        self._bar = ProgressBar(tr("Progress of this step"))
        self._bar.setFixedWidth(_BAR_PX)
        self._left = label("", "small")
        self._where = ElidedLabel("", "small", sentence=True)
        pause, stop = pause_and_stop(actions)
        for made in (pause, stop):
            made.setObjectName("small")
        across = row(self._doing, self._bar, self._left, self._where, pause, stop, spacing=12)
        across.setContentsMargins(16, 2, 12, 6)
        self.setLayout(across)
        session.changed.connect(self._present)
        self._present(session.state)

    def _present(self, state: SessionState) -> None:
        song = state.song
        progress = song.progress if song is not None else None
        self.setVisible(progress is not None)
        if song is None or progress is None:
            return
        held = tr("Stopping") if song.stopping else tr("Splitting is paused") if state.paused else ""
        self._doing.setText(held or doing_words(progress))
        self._bar.present(progress.share)
        self._left.setText(format_left(progress.eta_seconds) if progress.eta_seconds is not None and not held else "")
        self._where.setText(running_words(progress))
