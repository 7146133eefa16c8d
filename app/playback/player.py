"""Plays the mix of one song: the engine's mixer on the first sound device that works."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from app.playback.chain import Chain
from app.playback.click import Click
from app.playback.devices import Devices, NoDevices, OutputDevice
from app.playback.output import SOUND_OUTPUTS, OpenOutput
from app.playback.pace import Pace
from app.playback.song import PlayedSong
from engine.api import AudioSignal, Gains, Level, Levels, Mixer, SignalKey, Spans, lead_in

_SILENCE = Level((0.0, 0.0), (0.0, 0.0))
NO_LEVELS = Levels({}, _SILENCE, _SILENCE, 0)


class Player:
    """Playback of one song at a time; without one every method does nothing.

    All methods belong to one thread, and the device's thread only renders. The device opens with the song and runs
    while there is something to hear: from `play` until shortly after `pause` or the end. Where a device fails, or
    stops asking for sound, the next one is taken at the same sample: first the chosen one, then `outputs`, and in the
    end a silent clock. Another choice or another song begins anew with the chosen one.

    Args:
        outputs: The sound devices to try when the chosen one fails or none is chosen, in order.
        clock: Seconds that only go forward.
        devices: The devices to choose from.
    """

    def __init__(
        self,
        outputs: Sequence[OpenOutput] = SOUND_OUTPUTS,
        clock: Callable[[], float] = time.perf_counter,  # `monotonic` has steps of 16 ms on Windows before Python 3.13
        devices: Devices | None = None,
    ) -> None:
        self._clock = clock
        self._song: PlayedSong | None = None
        self._running = False
        self._click = Click()
        self._chain = Chain(outputs, clock, devices or NoDevices())

    @property
    def playing(self) -> bool:
        """Whether the position moves; false again when the end of the song has been heard."""
        return self._running and self._song is not None and self.position < self._song.mixer.samples

    @property
    def waiting(self) -> bool:
        """Whether the position holds until what comes next is ready."""
        return self._running and self._song is not None and self._song.mixer.waiting

    @property
    def counting(self) -> bool:
        """Whether the position holds while it is counted in."""
        return self._running and self._song is not None and self._song.mixer.counting

    @property
    def position(self) -> int:
        """The sample that is heard now."""
        return self._song.playhead.at(self._clock()) if self._song else 0

    @property
    def output_name(self) -> str:
        """The device, in words; empty without a song."""
        return self._chain.name

    @property
    def note(self) -> str:
        """Empty, or one sentence on why there is no sound or another device than the first."""
        return self._chain.note

    @property
    def underruns(self) -> int:
        """How often the devices of this song ran out of sound, as far as they tell."""
        return self._chain.underruns

    @property
    def latency_seconds(self) -> float:
        """How much sound the device is asked to keep waiting."""
        return self._chain.latency_seconds

    def load(self, signals: Mapping[SignalKey, AudioSignal], sample_rate: int) -> None:
        """Take a song, stopped at its start, at its own pace and with all gains 0.

        Raises:
            ValueError: There are no signals, or they differ in length.
        """
        self.unload()
        self._song = PlayedSong(Mixer(signals, sample_rate), sample_rate, self._clock)
        self._chain.begin(self._song)

    def exchange(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take these in place of all signals, of the same song; it goes on, and fades to them with the next gains.

        Raises:
            ValueError: There are no signals, or one differs in length.
        """
        if self._song is not None:
            self._song.mixer.set_signals(signals)

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take more signals of the song, each in place of the one of its key; heard with the next gains.

        Raises:
            ValueError: One differs in length.
        """
        if self._song is not None:
            self._song.mixer.add_signals(signals)

    def unload(self) -> None:
        """Let go of the song and the device."""
        self._chain.end()
        self._song = None
        self._running = False
        self._click = Click()

    def close(self) -> None:
        """Give everything back; the player may load again."""
        self.unload()

    def play(self, *, count_in: bool = False) -> None:
        """Go on at the position, or at the start when it is at the end; with `count_in` if the click wants it."""
        song = self._song
        if song is None:
            return
        if song.mixer.position >= song.mixer.samples:
            self.seek(0)
        self._set_running(song, True, count_in=count_in)
        if song.idle:
            self._chain.start(song)

    def pause(self) -> None:
        """Fade out; the position is at once where `play` will go on."""
        if self._song is not None:
            self._set_running(self._song, False)
            self._song.playhead.move(self._song.mixer.position)

    def seek(self, sample: int) -> None:
        """Go to a sample, playing or not."""
        if self._song is None:
            return
        if not self.playing:
            self._set_running(self._song, False)  # else a song that has ended would start again by itself
        counting = self.counting
        self._song.mixer.seek(sample)
        if counting:
            self._set_running(self._song, True, count_in=True)
        self._song.playhead.move(self._song.mixer.position)

    def set_gains(self, gains: Gains) -> None:
        """Ramp to these gains.

        Raises:
            ValueError: A key is not one of the signals.
        """
        if self._song is not None:
            self._song.mixer.set_gains(gains)

    def set_ready(self, spans: Spans) -> None:
        """Say which samples of the song are final; when it is loaded, all are."""
        if self._song is not None:
            self._song.mixer.set_ready(spans)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat samples [start, stop), or go on to the end.

        Raises:
            ValueError: That is not a range of at least two samples within the song.
        """
        if self._song is not None:
            self._song.mixer.set_loop(loop)

    def set_pace(self, pace: Pace) -> None:
        """Cross-fade to another speed or pitch."""
        if self._song is not None:
            self._song.stream.wanted = pace

    def set_click(self, click: Click) -> None:
        """Click so from now on, and count in so the next time; when a song is loaded, there are no clicks."""
        self._click = click
        if self._song is not None:
            self._song.mixer.wanted_ticks = click.heard_ticks
            self._song.stream.clicker.gain = click.gain

    def levels(self) -> Levels:
        """Levels since the last call, after the gains."""
        return self._song.mixer.levels() if self._song else NO_LEVELS

    def attend(self) -> None:
        """See to a device that has gone or runs dry; call it a few times a second while something plays."""
        if self._song is not None and not self._song.idle:
            self._chain.attend(self._song)

    def outputs(self) -> Sequence[OutputDevice]:
        """The devices to choose from; while nothing sounds, with what was plugged in since the last look."""
        return self._chain.outputs(self._song)

    def choose_output(self, key: str, latency_seconds: float) -> None:
        """Play through the device of this key, or with an empty key through the one the system prefers.

        Args:
            key: Of an `OutputDevice`, which need not be connected.
            latency_seconds: What it is known to need.
        """
        self._chain.choose(key, latency_seconds, self._song)

    def _set_running(self, song: PlayedSong, running: bool, *, count_in: bool = False) -> None:
        self._running = running
        click = self._click
        counted = count_in and click.can_count_in
        lead = lead_in(click.ticks, song.mixer.position, click.count_in_bars) if counted else None
        song.mixer.set_playing(running, lead)
