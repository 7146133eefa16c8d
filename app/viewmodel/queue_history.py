"""Undo and redo of what changes the list of songs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from app.viewmodel.history import History
from app.viewmodel.queue import Song
from app.viewmodel.session import Session


class QueueHistory(QObject):
    """Records removals and moves, but not those that undo and redo make themselves."""

    def __init__(self, session: Session, history: History) -> None:
        super().__init__()
        self._session = session
        self._history = history
        self._own = False
        session.removed.connect(self._on_removed)
        session.moved.connect(self._on_moved)

    def _on_removed(self, gone: Sequence[tuple[Song, int]]) -> None:
        self._record(
            "",
            partial(self._session.put_back, gone),
            partial(self._session.remove, *(song.key for song, _place in gone)),
        )

    def _on_moved(self, key: int, before: int, after: int) -> None:
        self._record(
            f"move {key}",
            partial(self._session.move, key, before),
            partial(self._session.move, key, after),
        )

    def _record(self, kind: str, undo: Callable[[], None], redo: Callable[[], None]) -> None:
        if not self._own:
            self._history.record(kind, partial(self._act, undo), partial(self._act, redo), lasting=True)

    def _act(self, change: Callable[[], None]) -> None:
        self._own = True
        change()
        self._own = False
