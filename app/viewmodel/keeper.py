"""Keeps what is done to the song on show with the song, a moment after it was done."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.viewmodel.mixer import MixerModel
from app.viewmodel.transport import TransportModel

_PAUSE_MS = 1000  # a fader on its way is not written sixty times a second


class Keeper(QObject):
    """Writes mixer and loop after a change; both write themselves when the song leaves."""

    def __init__(self, mixer: MixerModel, transport: TransportModel) -> None:
        super().__init__()
        self._mixer = mixer
        self._transport = transport
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.keep)
        mixer.changed.connect(self._wait)
        transport.changed.connect(self._wait)

    def keep(self) -> None:
        """Write now what has changed."""
        self._mixer.keep()
        self._transport.keep()

    def close(self) -> None:
        """Wait for nothing more; the song has left by now."""
        self._timer.stop()

    def _wait(self, _state: object) -> None:
        if not self._timer.isActive():
            self._timer.start()
