"""Play, pause, seek, loop, pace and where the playhead is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QTimer, Signal

from app.playback.devices import OutputDevice
from app.playback.pace import PLAIN, SEMITONES, SPEEDS_PERCENT, Pace
from app.viewmodel.history import History
from app.viewmodel.playback import Playback, output_words
from app.viewmodel.signals import heard_signals
from app.viewmodel.song_notes import Loop, read_loop, write_loop
from app.viewmodel.view_model import ViewModel
from app.words import told
from engine.api import Separation, Spans, span_end

_TICK_MS = 16

# Shorter loops are a buzz rather than music, and hard to take hold of.
SHORTEST_LOOP_SECONDS = 0.05


@dataclass(frozen=True)
class TransportState:
    """What the transport bar shows.

    Attributes:
        position: The sample that is heard.
        samples: Length of the song; 0 without one.
        sample_rate: In Hz.
        playing: Whether sound is running.
        waiting: Whether it will run as soon as what comes next has been split.
        counting: Whether it is being counted in.
        ready: Which samples can be heard.
        output: The sound device, in words.
        note: Why there is no sound; else empty.
        underruns: How often the device ran out of sound in this song, as far as it tells.
        latency_seconds: How much sound the device keeps waiting.
        loop: Samples [start, stop) to repeat; kept while looping is off. None before there was one.
        looping: Whether the loop is repeated.
        pace: Speed and pitch.
    """

    position: int = 0
    samples: int = 0
    sample_rate: int = 44_100
    playing: bool = False
    waiting: bool = False
    counting: bool = False
    ready: Spans = ()
    output: str = ""
    note: str = ""
    underruns: int = 0
    latency_seconds: float = 0.0
    loop: tuple[int, int] | None = None
    looping: bool = False
    pace: Pace = PLAIN

    @property
    def shortest_loop(self) -> int:
        """The least number of samples of a loop in this song."""
        return min(max(2, round(SHORTEST_LOOP_SECONDS * self.sample_rate)), self.samples)

    @property
    def missing(self) -> Spans:
        """Which samples cannot be heard yet."""
        edges = (0, *(edge for span in self.ready for edge in span), self.samples)
        gaps = zip(edges[::2], edges[1::2], strict=True)
        return tuple((start, stop) for start, stop in gaps if start < stop)

    @property
    def sounding_loop(self) -> tuple[int, int] | None:
        """What is repeated; None while looping is off."""
        return self.loop if self.looping else None

    def loop_within(self, start: int, stop: int) -> tuple[int, int]:
        """The loop closest to one between two places in any order: within the song, and not too short."""
        start, stop = sorted((min(max(0, start), self.samples), min(max(0, stop), self.samples)))
        start = min(start, self.samples - self.shortest_loop)
        return start, max(stop, start + self.shortest_loop)


class TransportModel(ViewModel[TransportState]):
    """Drives the player, and tells the views sixty times a second where it is while it plays."""

    moved = Signal(int)  # the sample that is heard
    sought = Signal(int)  # the sample where the user wants to be: by a seek, or by starting to play
    metered = Signal(object)  # Levels
    wanted = Signal(int)  # a sample from which on there is something to hear next, and it is not ready

    def __init__(self, player: Playback, history: History | None = None) -> None:
        super().__init__(TransportState())
        self._player = player
        self._history = history or History()
        self._separation: Separation | None = None
        self._loop_kept: Loop | None = None
        self._left: dict[object, TransportState] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    def load(self, separation: Separation | None) -> None:
        """Take another song, paused; place, loop and pace are as they were left, the loop even in another session."""
        self._timer.stop()
        if self._separation is not None:
            self.keep()
            self._left[_song_of(self._separation)] = replace(self._state, position=self._player.position)
        self._separation = None
        self._player.unload()
        if separation is None:
            self._set(TransportState())
            return
        self._player.load(heard_signals(separation), separation.sample_rate)
        self._separation = separation
        whole = TransportState(samples=separation.samples, sample_rate=separation.sample_rate)
        loop, looping = self._loop_kept = read_loop(separation)
        left = self._left.get(_song_of(separation)) or replace(whole, loop=loop, looping=looping)
        begins = replace(whole, position=left.position, loop=left.loop, looping=left.looping, pace=left.pace)
        self._player.seek(begins.position)
        self._player.set_pace(begins.pace)
        self._player.set_loop(begins.sounding_loop)
        self._set(self._read(replace(begins, ready=((0, separation.samples),))))

    def complete(self, separation: Separation) -> None:
        """Take note that the song, which has been played while it was being split, is finished."""
        self._separation = separation

    def keep(self) -> None:
        """Keep the loop with its song, if that is finished and the loop another one by now."""
        song, loop = self._separation, (self._state.loop, self._state.looping)
        if song is not None and loop != self._loop_kept and song.finished:
            write_loop(song, loop)
            self._loop_kept = loop

    def refresh(self) -> None:
        """Give the player this loop again, after something else has used it."""
        self._player.set_loop(self._state.sounding_loop)
        self.tick()

    def exchange(self, separation: Separation) -> None:
        """Take other signals of the same song, which goes on; they are heard with the mixer's next gains."""
        self.complete(separation)
        self._loop_kept = None
        self._player.exchange(heard_signals(separation))

    def set_ready(self, spans: Spans) -> None:
        """Play no more of the song than these samples, which are all that is ready of it."""
        if self._state.samples and spans != self._state.ready:
            self._player.set_ready(spans)
            self._set(replace(self._state, ready=spans))

    def toggle(self) -> None:
        """Play or pause; at the end the player starts again."""
        if not self._state.samples:
            return
        if self._player.playing:
            self._player.pause()
        else:
            self._play()
        self.tick()

    def stop(self) -> None:
        """Pause, if anything sounds."""
        if self._player.playing:
            self.toggle()

    def seek(self, sample: int) -> None:
        """Go to a sample, kept within the song."""
        if self._state.samples:
            sample = max(0, min(sample, self._state.samples))
            self._player.seek(sample)
            self.sought.emit(sample)
            if span_end(self._state.ready, sample) == sample < self._state.samples:
                self.wanted.emit(sample)
            self.tick()

    def seek_by(self, seconds: float) -> None:
        """Go forward, or back with a negative time."""
        self.seek(self._player.position + round(seconds * self._state.sample_rate))

    def play_loop(self) -> None:
        """Play the loop from its start; without one, the whole song is the loop."""
        loop = self._state.loop or self._whole()
        if loop is not None:
            self.set_loop(*loop)
            self.seek(loop[0])
            self._play()
            self.tick()

    def set_loop(self, start: int, stop: int) -> None:
        """Repeat what lies between two places, in any order; too short a loop is made longer."""
        if self._state.samples >= 2:
            self._put_loop(self._state.loop_within(start, stop), looping=True)

    def loop_in(self) -> None:
        """Let the loop start at the playhead; it ends where it did, or with the song if that is before."""
        position, loop = self._player.position, self._state.loop
        stop = loop[1] if loop is not None and loop[1] - position >= self._state.shortest_loop else self._state.samples
        self.set_loop(position, stop)

    def loop_out(self) -> None:
        """Let the loop end at the playhead; it starts where it did, or with the song if that is after."""
        position, loop = self._player.position, self._state.loop
        start = loop[0] if loop is not None and position - loop[0] >= self._state.shortest_loop else 0
        self.set_loop(start, position)

    def toggle_loop(self) -> None:
        """Repeat the loop or go on to the end; without one, the whole song is the loop."""
        loop = self._state.loop or self._whole()
        if loop is not None:
            self._put_loop(loop, looping=not self._state.looping)

    def clear_loop(self) -> None:
        """Forget the loop."""
        self._put_loop(None, looping=False)

    def set_speed(self, percent: int) -> None:
        """Play slower or faster at the same pitch, within what is possible."""
        self._set_pace(replace(self._state.pace, speed_percent=_limited(percent, SPEEDS_PERCENT)))

    def set_pitch(self, semitones: int) -> None:
        """Play higher or lower at the same speed, within what is possible."""
        self._set_pace(replace(self._state.pace, semitones=_limited(semitones, SEMITONES)))

    def reset_pace(self) -> None:
        """Play the song as it is."""
        self._set_pace(PLAIN)

    def tick(self) -> None:
        """Read the player once and tell the views."""
        self._player.attend()
        playing = self._player.playing
        if not playing:
            self._timer.stop()
        position, waiting = self._player.position, self._player.waiting
        if waiting and not self._state.waiting:
            self.wanted.emit(position)
        state = replace(self._read(self._state), playing=playing, waiting=waiting, position=position)
        state = replace(state, counting=self._player.counting)
        if replace(state, position=0) != replace(self._state, position=0):
            self._set(state)
        else:
            self._state = state
            self.moved.emit(position)
        levels = self._player.levels()
        if levels.samples or not playing:  # between two blocks nothing was measured, which is not silence
            self.metered.emit(levels)

    def outputs(self) -> Sequence[OutputDevice]:
        """The devices to choose from."""
        return self._player.outputs()

    def choose_output(self, key: str, latency_seconds: float) -> None:
        """Go on through another device, at the same sample."""
        self._player.choose_output(key, latency_seconds)
        self.tick()

    def close(self) -> None:
        """Stop for good and give the sound device back."""
        self._timer.stop()
        self._player.close()

    def _play(self) -> None:
        self._player.play(count_in=True)
        self._timer.start()
        self.sought.emit(self._player.position)

    def _set(self, state: TransportState) -> None:
        super()._set(state)
        self.moved.emit(state.position)

    def _read(self, state: TransportState) -> TransportState:
        """With the output as it is now."""
        player = self._player
        return replace(
            state,
            output=output_words(player),
            note=told(player.note),
            underruns=player.underruns,
            latency_seconds=player.latency_seconds,
        )

    def _whole(self) -> tuple[int, int] | None:
        return (0, self._state.samples) if self._state.samples >= 2 else None

    def _put_loop(self, loop: tuple[int, int] | None, *, looping: bool) -> None:
        before, after = (self._state.loop, self._state.looping), (loop, looping)
        if after != before:
            self._history.record("loop", lambda: self._restore_loop(*before), lambda: self._restore_loop(*after))
        self._restore_loop(loop, looping)

    def _restore_loop(self, loop: tuple[int, int] | None, looping: bool) -> None:
        self._set(replace(self._state, loop=loop, looping=looping))
        self._player.set_loop(self._state.sounding_loop)
        if loop is not None and looping and span_end(self._state.ready, loop[0]) < loop[1]:
            self.wanted.emit(loop[0])

    def _set_pace(self, pace: Pace) -> None:
        if self._state.samples and pace != self._state.pace:
            self._player.set_pace(pace)
            self._set(replace(self._state, pace=pace))


def _song_of(separation: Separation) -> object:
    """The same samples, however they were split."""
    return separation.source, separation.sample_rate, separation.samples


def _limited(value: int, limits: tuple[int, int]) -> int:
    return min(max(value, limits[0]), limits[1])
