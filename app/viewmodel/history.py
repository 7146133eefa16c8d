"""Undo and redo of what changes the sound or the list of songs; nothing here changes a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.viewmodel.view_model import ViewModel

_MOST_STEPS = 200
# Changes of one kind that follow each other this closely are one step: a fader's travel, a wheel's clicks.
_ONE_GESTURE_SECONDS = 0.8


@dataclass(frozen=True)
class _Step:
    kind: str
    undo: Callable[[], None]
    redo: Callable[[], None]
    at_seconds: float
    lasting: bool


@dataclass(frozen=True)
class HistoryState:
    """Whether there is something to undo and to redo."""

    can_undo: bool = False
    can_redo: bool = False


class History(ViewModel[HistoryState]):
    """Remembers how to take each change back and how to make it again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(HistoryState())
        self._clock = clock
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    def record(self, kind: str, undo: Callable[[], None], redo: Callable[[], None], *, lasting: bool = False) -> None:
        """Remember a change that was made just now.

        Args:
            kind: Changes of one kind in quick succession are taken back together; an empty one stands alone.
            undo: Takes it back.
            redo: Makes it again.
            lasting: Whether it can be taken back when another song is on show.
        """
        now = self._clock()
        last = self._done[-1] if self._done else None
        if last and kind and last.kind == kind and not self._undone and now - last.at_seconds < _ONE_GESTURE_SECONDS:
            self._done[-1] = _Step(kind, last.undo, redo, now, lasting)
        else:
            self._done = [*self._done[-_MOST_STEPS:], _Step(kind, undo, redo, now, lasting)]
        self._undone = []
        self._tell()

    def undo(self) -> None:
        """Take the last change back, if there is one."""
        if self._done:
            step = self._done.pop()
            self._undone.append(step)
            step.undo()
            self._tell()

    def redo(self) -> None:
        """Make the last change that was taken back again, if there is one."""
        if self._undone:
            step = self._undone.pop()
            self._done.append(step)
            step.redo()
            self._tell()

    def clear(self) -> None:
        """Forget what belongs to the song that was on show."""
        self._done = [step for step in self._done if step.lasting]
        self._undone = [step for step in self._undone if step.lasting]
        self._tell()

    def _tell(self) -> None:
        self._set(HistoryState(bool(self._done), bool(self._undone)))
