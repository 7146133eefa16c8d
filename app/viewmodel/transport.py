"""Play, pause, seek and where the playhead is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.viewmodel.signals import heard_signals
from engine.api import AudioSignal, Gains, Levels, Separation, SignalKey

_TICK_MS = 16


class Playback(Protocol):
    """What the window asks of the player."""

    @property
    def playing(self) -> bool:
        """Whether sound is running."""
        ...

    @property
    def position(self) -> int:
        """The sample that is heard now."""
        ...

    @property
    def output_name(self) -> str:
        """The sound device, in words."""
        ...

    @property
    def note(self) -> str:
        """Why there is no sound; else empty."""
        ...

    def load(self, signals: Mapping[SignalKey, AudioSignal], sample_rate: int) -> None:
        """Take the signals of one song."""
        ...

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take more signals of the song."""
        ...

    def unload(self) -> None:
        """Let go of all signals."""
        ...

    def play(self) -> None:
        """Start at the position."""
        ...

    def pause(self) -> None:
        """Stop and keep the position."""
        ...

    def seek(self, sample: int) -> None:
        """Go to a sample."""
        ...

    def set_gains(self, gains: Gains) -> None:
        """Ramp to these gains."""
        ...

    def levels(self) -> Levels:
        """What the meters show."""
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


@dataclass(frozen=True)
class TransportState:
    """What the transport bar shows.

    Attributes:
        position: The sample that is heard.
        samples: Length of the song; 0 without one.
        sample_rate: In Hz.
        playing: Whether sound is running.
        output: The sound device, in words.
        note: Why there is no sound; else empty.
        loop: The samples [start, stop) of the loop.
    """

    position: int = 0
    samples: int = 0
    sample_rate: int = 44_100
    playing: bool = False
    output: str = ""
    note: str = ""
    loop: tuple[int, int] | None = None


class TransportModel(QObject):
    """Drives the player, and tells the views sixty times a second where it is while it plays."""

    changed = Signal(object)  # TransportState: another song, play, pause, another output
    moved = Signal(int)  # the sample that is heard
    metered = Signal(object)  # Levels

    def __init__(self, player: Playback) -> None:
        super().__init__()
        self._player = player
        self._state = TransportState()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def state(self) -> TransportState:
        """The current snapshot."""
        return self._state

    def load(self, separation: Separation | None) -> None:
        """Take another song, at its start and paused."""
        self._timer.stop()
        self._player.unload()
        if separation is None:
            self._set(TransportState())
            return
        self._player.load(heard_signals(separation), separation.sample_rate)
        self._set(
            TransportState(
                samples=separation.samples,
                sample_rate=separation.sample_rate,
                output=self._player.output_name,
                note=self._player.note,
            )
        )

    def toggle(self) -> None:
        """Play or pause; at the end the player starts again."""
        if not self._state.samples:
            return
        if self._player.playing:
            self._player.pause()
        else:
            self._player.play()
            self._timer.start()
        self.tick()

    def seek(self, sample: int) -> None:
        """Go to a sample, kept within the song."""
        if self._state.samples:
            self._player.seek(max(0, min(sample, self._state.samples)))
            self.tick()

    def seek_by(self, seconds: float) -> None:
        """Go forward, or back with a negative time."""
        self.seek(self._player.position + round(seconds * self._state.sample_rate))

    def tick(self) -> None:
        """Read the player once and tell the views."""
        playing = self._player.playing
        if not playing:
            self._timer.stop()
        state = replace(
            self._state, playing=playing, output=self._player.output_name, note=self._player.note, position=0
        )
        position = self._player.position
        if state != replace(self._state, position=0):
            self._set(replace(state, position=position))
        else:
            self._state = replace(state, position=position)
            self.moved.emit(position)
        self.metered.emit(self._player.levels())

    def close(self) -> None:
        """Stop for good and give the sound device back."""
        self._timer.stop()
        self._player.close()

    def _set(self, state: TransportState) -> None:
        self._state = state
        self.changed.emit(state)
        self.moved.emit(state.position)
