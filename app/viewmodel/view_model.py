"""What all view-models have in common."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

_State = TypeVar("_State")


class ViewModel(QObject, Generic[_State]):
    """Holds one frozen snapshot, and tells the views whenever it is replaced."""

    changed = Signal(object)  # the new state

    def __init__(self, state: _State) -> None:
        super().__init__()
        self._state = state

    @property
    def state(self) -> _State:
        """The current snapshot."""
        return self._state

    def _set(self, state: _State) -> None:
        self._state = state
        self.changed.emit(state)
