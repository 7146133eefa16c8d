"""Which sound device plays, and what the user may choose instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal

from app.playback.devices import OutputDevice
from app.playback.output import LATENCIES_SECONDS
from app.settings import SettingsStore
from app.viewmodel.transport import TransportModel, TransportState
from app.viewmodel.view_model import ViewModel


@dataclass(frozen=True)
class OutputState:
    """What a menu or a dialog offers.

    Attributes:
        chosen: Key of the chosen device; empty for the one the system prefers.
        devices: Those to choose from. The chosen one need not be among them.
    """

    chosen: str = ""
    devices: Sequence[OutputDevice] = ()


class OutputModel(ViewModel[OutputState]):
    """Remembers the chosen device and how long a buffer it needs."""

    noticed = Signal(str)  # one sentence: sound goes another way than it was meant to

    def __init__(self, transport: TransportModel, settings: SettingsStore) -> None:
        super().__init__(OutputState(settings.value.output))
        self._transport = transport
        self._settings = settings
        self._note = ""
        transport.choose_output(self._state.chosen, settings.value.output_latency_ms / 1000)
        transport.changed.connect(self._on_transport)

    def look(self) -> None:
        """Find the devices there are now; while something plays, only those known before."""
        self._set(OutputState(self._state.chosen, self._transport.outputs()))

    def choose(self, key: str) -> None:
        """Go on through this device; with an empty key through the one the system prefers, whichever that is."""
        latency_seconds = LATENCIES_SECONDS[0]
        self._settings.update(output=key, output_latency_ms=round(1000 * latency_seconds))
        self._note = ""
        self._set(OutputState(key, self._state.devices))
        self._transport.choose_output(key, latency_seconds)

    def _on_transport(self, state: TransportState) -> None:
        latency_ms = round(1000 * state.latency_seconds)
        if state.samples and latency_ms != self._settings.value.output_latency_ms:
            self._settings.update(output_latency_ms=latency_ms)
        if state.samples and state.note != self._note:  # without a song there is no device
            self._note = state.note
            if state.note:
                self.noticed.emit(state.note)

    def _set(self, state: OutputState) -> None:
        if state != self._state:
            super()._set(state)
