"""The mix: sample-locked signals with a gain each, rendered to stereo block by block.

The same `Mixer` serves playback and export, so a file holds what was heard. It knows no device and no window. One
thread renders; any other may set gains, loop, position and play state: each wish is one immutable value, replaced as a
whole and taken up by the next `render`, so neither side ever waits.

Shapes: K signals, A of them audible, C channels, N samples of the song, n samples of one run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.levels import BESIDE_SOURCE, MASTER, Levels, Measure, levels_of
from engine.mix_transport import Loop, MixTransport, Run, Seek
from engine.separation import SOURCE_KEY, Samples, SignalKey, Spans
from engine.signals import AudioSignal
from engine.ticks import NO_TICKS, Lead, Tick, Ticks

Gains = Mapping[SignalKey, tuple[float, float]]
"""Linear gains (left, right); a signal that is not in it is silent."""

SILENT = (0.0, 0.0)

# Long enough that no step is heard as a click, short enough to feel immediate.
RAMP_SECONDS = 0.010
FADE_SECONDS = 0.005

# Which side each channel is on, with the middle and the low-frequency channel on both.
_SIDES = ("LRC", "LRLR", "LRCLR", "LRCCLR", "LRCCCLR", "LRCCLRLR")

# Blocks whose levels are kept until somebody reads them: more than a second at the usual block sizes.
UNREAD_BLOCKS = 128


@dataclass(frozen=True, eq=False)
class _Voice:
    """A signal by its key; the same key with another signal is another voice."""

    key: SignalKey
    signal: AudioSignal


@dataclass(frozen=True)
class _Mix:
    """Which voices sound with which gains, none of which is silent, and what their sum is measured against."""

    gains: Mapping[_Voice, tuple[float, float]]
    source: _Voice | None


_NOTHING = _Mix({}, None)


class _Ramp:
    """The voices on their way from what sounds to what is wanted.

    Attributes:
        wanted: Taken up by the next `take`.
        mix: What is wanted, as far as it was taken up.
        voices: What sounds: those that are wanted, and then those that fade out.
        left: Samples of the way that are left.
        faded: Voices that have faded out, to be let go of by another thread: closing the map of a long file takes
            milliseconds.
    """

    def __init__(self, samples: int) -> None:
        self.wanted = _NOTHING
        self.faded: deque[_Voice] = deque()
        self._samples = samples
        self.rest()

    def rest(self) -> None:
        """Hold nothing; only while nothing sounds."""
        self.mix = _NOTHING
        self.voices: tuple[_Voice, ...] = ()
        self.left = 0
        self._from = self._to = self._rows({})

    def take(self, audible: bool) -> None:
        """Set out if something else is wanted; in silence it holds at once."""
        wanted = self.wanted
        if wanted is not self.mix:
            now = dict(zip(self.voices, self._now(), strict=True))
            self.mix = wanted
            self.voices = tuple(dict.fromkeys((*wanted.gains, *now)))
            self._from, self._to = self._rows(now), self._rows(wanted.gains)
            self.left = self._samples
        if not audible:
            self.left = 0
        kept = len(self.mix.gains)
        if not self.left and kept < len(self.voices):
            self.faded.extend(self.voices[kept:])
            self.voices, self._to = self.voices[:kept], self._to[:kept]

    def advance(self, count: int) -> NDArray[np.float32]:
        """Gains (A, 2, n or 1) of the voices for the next `count` samples, which end no later than the way."""
        if not self.left:
            return self._to[:, :, None]
        done = self._samples - self.left
        self.left -= count
        share = np.arange(done + 1, done + count + 1, dtype=np.float32) / np.float32(self._samples)
        first, last = self._from[:, :, None], self._to[:, :, None]
        return np.asarray(first + (last - first) * share, np.float32)

    def _now(self) -> NDArray[np.float32]:
        if not self.left:
            return self._to
        return np.asarray(self._from + (self._to - self._from) * (1 - self.left / self._samples), np.float32)

    def _rows(self, gains: Mapping[_Voice, Sequence[float] | NDArray[np.float32]]) -> NDArray[np.float32]:
        """Gains (A, 2) of the voices."""
        return np.array([gains.get(voice, SILENT) for voice in self.voices], np.float32).reshape(-1, 2)


class Mixer:
    """Renders sample-locked signals to stereo.

    Every change of gain (mute, solo, fader, stage) is a linear ramp of 10 ms; seeking, looping, stopping and starting
    inside the song are cross-fades of 5 ms. After the end of the song it renders silence and stays there.

    A mono signal goes to both sides. More than two channels are those of surround sound, in the order of WAV, FLAC and
    FFmpeg; they are mixed down, and so much softer that nothing can clip that did not before.

    Args:
        signals: Of shape (C, N), C up to 8, float32, full scale 1.0; all of one length. They may be mapped from disk.
        sample_rate: In Hz, for the lengths of ramps and fades.

    Attributes:
        wanted_ticks: Beats of the song, taken up by the next `render`.
        ticks: What of these, and of a lead, fell into the block rendered last, counted from its start. The mixer only
            says where they are; what is rendered is the same without.

    Raises:
        ValueError: There are no signals, they differ in length, or have no channels.
    """

    def __init__(self, signals: Mapping[SignalKey, AudioSignal], sample_rate: int) -> None:
        samples = next((signal.shape[1] for signal in signals.values()), 0)
        self._transport = MixTransport(samples, sample_rate, max(1, round(FADE_SECONDS * sample_rate)))
        self._ramp = _Ramp(max(1, round(RAMP_SECONDS * sample_rate)))
        self._measured: deque[Measure] = deque(maxlen=UNREAD_BLOCKS)
        self._voices: Mapping[SignalKey, _Voice] = {}
        self.wanted_ticks: Ticks = NO_TICKS
        self.ticks: list[Tick] = []
        self.set_signals(signals)
        self.set_gains({})

    @property
    def samples(self) -> int:
        """N, the length of the song."""
        return self._transport.samples

    @property
    def position(self) -> int:
        """The sample that is rendered next, in [0, N]."""
        return self._transport.position

    @property
    def playing(self) -> bool:
        """Whether `render` moves on: true from the start, false when stopped or at the end."""
        return self._transport.wanted_playing and self.position < self.samples

    @property
    def waiting(self) -> bool:
        """Whether it would play, if what comes next were ready."""
        return self.playing and self._transport.waiting

    def set_ready(self, spans: Spans) -> None:
        """Say which samples are final; at first all are.

        Where they end it fades out and holds its position, and it fades in again when there is enough to go on with.
        """
        self._transport.ready = spans

    @property
    def counting(self) -> bool:
        """Whether it is being counted in; the position holds."""
        return self.playing and self._transport.counting

    def set_playing(self, playing: bool, lead: Lead | None = None) -> None:
        """Fade in from, or out to, silence; while stopped, `render` returns silence and the position holds.

        Args:
            playing: Which of the two.
            lead: Where it starts, let so much silence come first; what sounds fades out before.
        """
        if playing:
            self._transport.wanted_lead = lead or Lead(0, NO_TICKS)  # before it starts, which takes it up
        self._transport.wanted_playing = playing

    def seek(self, sample: int) -> None:
        """Go on at `sample`, limited to [0, N]."""
        self._transport.wanted_seek = Seek(min(max(0, sample), self.samples))

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat samples [start, stop) from when the position reaches it; a position after it plays on to the end.

        Raises:
            ValueError: Not 0 <= start < stop <= N, or fewer than two samples.
        """
        if loop is None:
            self._transport.loop = None
            return
        start, stop = loop
        if not 0 <= start <= stop - 2 <= self.samples - 2:
            raise ValueError(f"no loop of at least two samples within [0, {self.samples}): [{start}, {stop})")
        self._transport.loop = Loop(start, stop, min(self._transport.fade, (stop - start) // 2))

    def set_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take these in place of all signals. What sounds goes on until the next `set_gains`, and then fades to them.

        Raises:
            ValueError: There are none, one has another length than the song, or has no channels.
        """
        if not signals:
            raise ValueError("there are no signals to mix")
        self._voices = self._voices_of(signals)

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take more signals, each in place of the one of its key. What sounds goes on until the next `set_gains`.

        Raises:
            ValueError: One has another length than the song, or has no channels.
        """
        self._voices = {**self._voices, **self._voices_of(signals)}

    def set_gains(self, gains: Gains) -> None:
        """Replace all gains.

        Raises:
            ValueError: A key is not one of the signals.
        """
        unknown = set(gains) - set(self._voices)
        if unknown:
            raise ValueError(f"no such signals: {sorted(unknown)}")
        heard = {voice: gains[key] for key, voice in self._voices.items() if gains.get(key, SILENT) != SILENT}
        mix = _Mix(heard, self._voices.get(SOURCE_KEY))
        if mix != self._ramp.wanted:  # else it would begin the ramp to the same anew
            self._ramp.wanted = mix
        self._ramp.faded.clear()

    def render(self, count: int) -> Samples:
        """Mix the next `count` samples to (2, count). Signals whose gain is and stays 0 are not read."""
        out = np.zeros((2, count), np.float32)
        measure = Measure(count)
        beats, ticks = self.wanted_ticks, list[Tick]()
        done = 0
        while done < count:
            self._ramp.take(self._transport.audible)
            run = self._transport.advance(min(count - done, self._ramp.left or count))
            gains = self._ramp.advance(run.count)
            if run.counted is not None:
                ticks += _moved(self._transport.lead.ticks.within(run.counted, run.counted + run.count), done)
            elif run.head is not None:
                ticks += _moved(beats.within(run.head, run.head + run.count), done)
            if run.head is not None or run.tail is not None:
                voices, source, mixed = self._ramp.voices, self._ramp.mix.source, out[:, done : done + run.count]
                rows = self._read(run, voices) * gains  # (A, 2, n)
                rows.sum(axis=0, out=mixed)
                measure.add([voice.key for voice in voices], rows)
                if source is not None:
                    measure.add([BESIDE_SOURCE], mixed - self._read(run, [source]))
            done += run.count
        if not self._transport.audible:
            self._ramp.rest()
        self.ticks = ticks
        measure.add([MASTER], out[None])
        self._measured.append(measure)
        return out

    def levels(self) -> Levels:
        """Peak and RMS of everything rendered since the last call; zeros when that is nothing. For one reader."""
        self._ramp.faded.clear()
        measured = [self._measured.popleft() for _ in range(len(self._measured))]
        return levels_of(measured, list(self._voices))

    def _voices_of(self, signals: Mapping[SignalKey, AudioSignal]) -> Mapping[SignalKey, _Voice]:
        for key, signal in signals.items():
            if signal.shape[1] != self.samples or signal.shape[0] == 0:
                raise ValueError(f"no room for {key}: {signal.shape} is not of {self.samples} samples")
        # As plain arrays: slicing a memmap object costs more than mixing the slice.
        return {
            key: _Voice(key, np.asarray(signal) if isinstance(signal, np.ndarray) else signal)
            for key, signal in signals.items()
        }

    def _read(self, run: Run, voices: Sequence[_Voice]) -> NDArray[np.float32]:
        """Some voices (A, 2, n) before their gains, cross-faded where the run is part of a fade."""
        rows = np.zeros((len(voices), 2, run.count), np.float32)
        self._copy(run.head, voices, rows)
        if run.fade_left:
            old = np.zeros_like(rows)
            self._copy(run.tail, voices, old)
            share = np.arange(run.fade_left, run.fade_left - run.count, -1, dtype=np.float32) / np.float32(run.fade + 1)
            rows += (old - rows) * share
        return rows

    def _copy(self, start: int | None, voices: Sequence[_Voice], rows: NDArray[np.float32]) -> None:
        """Fill zeroed rows (A, 2, n) with voices from `start`; before and after the song is silence."""
        if start is None:
            return
        first, last = max(0, start), min(start + rows.shape[2], self.samples)
        if first >= last:
            return
        inside = slice(first - start, last - start)
        for row, voice in zip(rows, voices, strict=True):
            part = voice.signal[:, first:last]
            if len(part) <= 2:
                row[:, inside] = part
            else:
                row[:, inside] = _DOWNMIX[len(part)] @ part


def _downmix(sides: str) -> NDArray[np.float32]:
    """Gains (2, C) of channels for left and right: all but the front ones 3 dB softer. Source: ITU-R BS.775-4."""
    gains = np.array([[each in (side, "C") for each in sides] for side in "LR"], np.float32)
    gains[:, 2:] *= np.sqrt(np.float32(0.5))
    return gains / gains.sum(axis=1, keepdims=True)


_DOWNMIX = {len(sides): _downmix(sides) for sides in _SIDES}


def _moved(ticks: Iterable[Tick], by: int) -> list[Tick]:
    return [(sample + by, accented) for sample, accented in ticks]
