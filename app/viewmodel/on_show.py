"""What can be heard of the song on show: stems that are being made, and the same stems when they are finished."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.viewmodel.session import Session
from app.viewmodel.session_state import SessionState
from engine.api import Separation, Spans


class OnShow(QObject):
    """Watches the session for the song that lanes and player show."""

    opened = Signal(object)  # Separation | None: another song, or none
    completed = Signal(object)  # Separation: the song on show is finished; its samples are the same, its folder is not
    grown = Signal(object)  # Spans: what of it is ready; after either of the others, and whenever there is more

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._key: int | None = None
        self._separation: Separation | None = None
        self._ready: Spans = ()
        session.changed.connect(self._present)

    def forget(self) -> None:
        """Open what is on show anew with the session's next change, because it cannot be shown now."""
        self._separation = None

    def _present(self, state: SessionState) -> None:
        song = state.song
        key, separation = (song.key, song.audible) if song is not None else (None, None)
        if separation != self._separation:
            known = self._separation is not None and key == self._key
            self._key, self._separation, self._ready = key, separation, ()
            finished = song is not None and song.separation is not None
            (self.completed if known and finished else self.opened).emit(separation)
        ready = song.ready if song is not None else ()
        if ready != self._ready:
            self._ready = ready
            self.grown.emit(ready)
