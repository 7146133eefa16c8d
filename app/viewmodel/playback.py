"""What the window asks of the player, which knows nothing of windows and languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.playback.click import Click
from app.playback.devices import OutputDevice
from app.playback.pace import Pace
from app.words import tr, tr_later
from engine.api import AudioSignal, Gains, Levels, SignalKey, Spans

# What the player calls its output where nothing can be heard.
NO_DEVICE = tr_later("no sound device")


class Playback(Protocol):
    """What the window asks of the player."""

    @property
    def playing(self) -> bool:
        """Whether sound is running."""
        ...

    @property
    def waiting(self) -> bool:
        """Whether the position holds until what comes next is ready."""
        ...

    @property
    def counting(self) -> bool:
        """Whether the position holds while it is counted in."""
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

    @property
    def underruns(self) -> int:
        """How often the device ran out of sound."""
        ...

    @property
    def latency_seconds(self) -> float:
        """How much sound the device keeps waiting."""
        ...

    def load(self, signals: Mapping[SignalKey, AudioSignal], sample_rate: int) -> None:
        """Take the signals of one song."""
        ...

    def exchange(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take these in place of all signals, of the same song; heard with the next gains."""
        ...

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take more signals of the song, each in place of the one of its key; heard with the next gains."""
        ...

    def unload(self) -> None:
        """Let go of all signals."""
        ...

    def play(self, *, count_in: bool = False) -> None:
        """Start at the position; counted in, if that is asked for here and by the click."""
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

    def set_ready(self, spans: Spans) -> None:
        """Say which samples are final; when a song is loaded, all are."""
        ...

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat samples [start, stop), or go on to the end."""
        ...

    def set_pace(self, pace: Pace) -> None:
        """Go on at another speed or pitch."""
        ...

    def set_click(self, click: Click) -> None:
        """Click so from now on."""
        ...

    def attend(self) -> None:
        """See to a device that has gone or runs dry."""
        ...

    def outputs(self) -> Sequence[OutputDevice]:
        """The devices to choose from."""
        ...

    def choose_output(self, key: str, latency_seconds: float) -> None:
        """Play through the device of this key; empty for the system's choice."""
        ...

    def levels(self) -> Levels:
        """What the meters show."""
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


def output_words(player: Playback) -> str:
    """The sound device by its name; that there is none, in the user's language."""
    return tr(NO_DEVICE) if player.output_name == NO_DEVICE else player.output_name
