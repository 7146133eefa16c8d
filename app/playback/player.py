"""Plays the mix of one song: the engine's mixer on the first sound device that works."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from app.playback.output import SOUND_OUTPUTS, OpenOutput, Output, OutputError, SilentOutput
from app.playback.playhead import Block, Playhead
from engine.api import AudioSignal, Gains, Level, Levels, Mixer, Samples, SignalKey

# Some devices drop what they hold when they stop, so they get this much silence first.
TAIL_SECONDS = 0.3

_SILENCE = Level((0.0, 0.0), (0.0, 0.0))
NO_LEVELS = Levels({}, _SILENCE, _SILENCE)


class Player:
    """Playback of one song at a time; without one every method does nothing.

    All methods belong to one thread, and the device's thread only renders. The device opens with the song and runs
    while there is something to hear: from `play` until shortly after `pause` or the end. Where a device fails the next
    one is taken, and in the end a silent clock.

    Args:
        outputs: The sound devices to try, in order.
        clock: Seconds that only go forward.
    """

    def __init__(
        self, outputs: Sequence[OpenOutput] = SOUND_OUTPUTS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._outputs = tuple(outputs)
        self._clock = clock
        self._song: _Song | None = None
        self._running = False
        self._output: Output | None = None
        self._failures: list[str] = []

    @property
    def playing(self) -> bool:
        """Whether the position moves; false again when the end of the song has been heard."""
        return self._running and self._song is not None and self.position < self._song.mixer.samples

    @property
    def position(self) -> int:
        """The sample that is heard now."""
        return self._song.playhead.at(self._clock()) if self._song else 0

    @property
    def output_name(self) -> str:
        """The device, in words; empty without a song."""
        return self._output.name if self._output else ""

    @property
    def note(self) -> str:
        """Empty, or one sentence on why there is no sound or another device than the first."""
        if not self._failures or self._output is None:
            return ""
        result = "No sound" if isinstance(self._output, SilentOutput) else f"Playing through {self._output.name}"
        return f"{result}, because: {'; '.join(self._failures)}."

    @property
    def underruns(self) -> int:
        """How often the device ran out of sound, as far as it tells."""
        return self._output.underruns if self._output else 0

    def load(self, signals: Mapping[SignalKey, AudioSignal], sample_rate: int) -> None:
        """Take a song, stopped at its start and with all gains 0.

        Raises:
            ValueError: There are no signals, or they differ in length.
        """
        self.unload()
        self._song = _Song(Mixer(signals, sample_rate), sample_rate, self._clock)
        self._open(self._song)

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take more signals of the song, silent at first.

        Raises:
            ValueError: One differs in length, or its key is taken.
        """
        if self._song is not None:
            self._song.mixer.add_signals(signals)

    def unload(self) -> None:
        """Let go of the song and the device."""
        if self._output is not None:
            self._output.close()
        self._output = None
        self._song = None
        self._running = False
        self._failures.clear()

    def close(self) -> None:
        """Give everything back; the player may load again."""
        self.unload()

    def play(self) -> None:
        """Go on at the position, or at the start when it is at the end."""
        song = self._song
        if song is None:
            return
        if song.mixer.position >= song.mixer.samples:
            self.seek(0)
        self._set_running(song, True)
        if song.idle:
            self._start(song)

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
        self._song.mixer.seek(sample)
        self._song.playhead.move(self._song.mixer.position)

    def set_gains(self, gains: Gains) -> None:
        """Ramp to these gains.

        Raises:
            ValueError: A key is not one of the signals.
        """
        if self._song is not None:
            self._song.mixer.set_gains(gains)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat samples [start, stop), or go on to the end.

        Raises:
            ValueError: That is not a range of at least two samples within the song.
        """
        if self._song is not None:
            self._song.mixer.set_loop(loop)

    def levels(self) -> Levels:
        """Levels since the last call, after the gains."""
        return self._song.mixer.levels() if self._song else NO_LEVELS

    def _set_running(self, song: _Song, running: bool) -> None:
        self._running = running
        song.mixer.set_playing(running)

    def _start(self, song: _Song) -> None:
        while True:
            output = self._output or self._open(song)
            output.stop()
            song.idle = False
            try:
                output.start()
            except OutputError as error:
                self._failures.append(str(error))
                output.close()
                self._output = None
            else:
                return

    def _open(self, song: _Song) -> Output:
        """Open the first output that has not failed yet."""
        for open_output in self._outputs[len(self._failures) :]:
            try:
                self._output = open_output(song.sample_rate, song.pull)
            except OutputError as error:
                self._failures.append(str(error))
            else:
                return self._output
        self._output = SilentOutput(song.sample_rate, song.pull, self._clock)
        return self._output


class _Song:
    """What the device's thread touches."""

    def __init__(self, mixer: Mixer, sample_rate: int, clock: Callable[[], float]) -> None:
        self.mixer = mixer
        self.sample_rate = sample_rate
        self.playhead = Playhead(sample_rate)
        self.idle = True
        self._clock = clock
        self._tail = round(TAIL_SECONDS * sample_rate)
        self._silent = 0
        mixer.set_playing(False)

    def pull(self, count: int, delay_seconds: float) -> Samples | None:
        """Render the next block, or None when there was silence for long enough to stop the device."""
        if self.mixer.playing:
            self._silent = 0
        elif self._silent < self._tail:
            self._silent += count
        else:
            # `play` sets playing and then looks at idle; here it is the other way round, so one always sees the other.
            self.idle = True
            if not self.mixer.playing:
                return None
            self.idle = False
        notes = self.playhead.notes
        start = self.mixer.position
        block = self.mixer.render(count)
        notes.append(Block(start, self.mixer.position, self._clock() + delay_seconds))
        return block
