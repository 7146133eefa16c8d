"""The mix: sample-locked signals with a gain each, rendered to stereo block by block.

The same `Mixer` serves playback and export, so a file holds what was heard. It knows no device and no window. One
thread renders; any other may set gains, loop, position and play state: each wish is one immutable value, replaced as a
whole and taken up by the next `render`, so neither side ever waits.

Shapes: K signals, A of them audible, C channels, N samples of the song, n samples of one run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

# Blocks whose levels are kept until somebody reads them: more than a second at the usual block sizes.
UNREAD_BLOCKS = 128


@dataclass(frozen=True)
class Level:
    """Loudness of one stereo signal after its gain, as linear (left, right); full scale is 1.0."""

    peak: tuple[float, float]
    rms: tuple[float, float]


@dataclass(frozen=True)
class Levels:
    """What was rendered since the last reading: every signal after its gain, and their sum.

    Attributes:
        signals: After their gains.
        master: The sum.
        beside_source: The sum minus the source, whatever the source's own gain; silence without a source.
        samples: How many were rendered; with 0 all levels are zeros and say nothing.
    """

    signals: Mapping[SignalKey, Level]
    master: Level
    beside_source: Level
    samples: int


class _Gains:
    """The gain matrix (K, 2) on its way from what sounds to what is wanted."""

    def __init__(self, count: int, ramp: int) -> None:
        self.wanted = np.zeros((count, 2), np.float32)
        self.left = 0
        self.active: list[int] = []
        self._current = self._target = self.wanted
        self._ramp = ramp

    def take(self, audible: bool) -> None:
        """Start a ramp if other gains are wanted; in silence they hold at once."""
        wanted = self.wanted
        if wanted is not self._target:
            now = self._at(self._ramp - self.left) if self.left else self._target
            self._current = np.pad(now, ((0, len(wanted) - len(now)), (0, 0)))  # signals that came later were silent
            self._target = wanted
            self.left = self._ramp
        if not audible:
            self.left = 0
        heard = (self._target != 0) | (self._current != 0) if self.left else self._target != 0
        self.active = [int(row) for row in np.flatnonzero(heard.any(axis=1))]

    def advance(self, count: int) -> NDArray[np.float32]:
        """Gains (A, 2, n or 1) of the active signals for the next `count` samples, which end no later than the ramp."""
        if not self.left:
            return self._target[self.active][:, :, None]
        done = self._ramp - self.left
        self.left -= count
        share = np.arange(done + 1, done + count + 1, dtype=np.float32) / np.float32(self._ramp)
        first, last = self._current[self.active][:, :, None], self._target[self.active][:, :, None]
        return np.asarray(first + (last - first) * share, np.float32)

    def _at(self, done: int) -> NDArray[np.float32]:
        return np.asarray(self._current + (self._target - self._current) * (done / self._ramp), np.float32)


class Mixer:
    """Renders sample-locked signals to stereo.

    Every change of gain (mute, solo, fader, stage) is a linear ramp of 10 ms; seeking, looping, stopping and starting
    inside the song are cross-fades of 5 ms. After the end of the song it renders silence and stays there.

    A mono signal goes to both sides. Of more than two channels the even ones (counted from 0) are averaged to the left
    and the odd ones to the right.

    Args:
        signals: Of shape (C, N), float32, full scale 1.0; all of one length. They may be mapped from disk.
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
        self._gains = _Gains(len(signals), max(1, round(RAMP_SECONDS * sample_rate)))
        self._measured: deque[_Measure] = deque(maxlen=UNREAD_BLOCKS)
        self._keys: tuple[SignalKey, ...] = ()
        self._signals: tuple[AudioSignal, ...] = ()
        if not signals:
            raise ValueError("there are no signals to mix")
        self.add_signals(signals)
        self.wanted_ticks: Ticks = NO_TICKS
        self.ticks: list[Tick] = []
        self._source = list(signals).index(SOURCE_KEY) if SOURCE_KEY in signals else None

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

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take more signals, silent at first; there is no taking away.

        Raises:
            ValueError: One has another length than the rest, has no channels, or its key is taken.
        """
        for key, signal in signals.items():
            if signal.shape[1] != self.samples or signal.shape[0] == 0 or key in self._keys:
                raise ValueError(f"no room for {key}: {signal.shape} is not of {self.samples} samples, or it is there")
        # As plain arrays: slicing a memmap object costs more than mixing the slice.
        plain = (np.asarray(one) if isinstance(one, np.ndarray) else one for one in signals.values())
        self._signals = (*self._signals, *plain)  # before the keys, which make them heard
        self._keys = (*self._keys, *signals)

    def set_gains(self, gains: Gains) -> None:
        """Replace all gains.

        Raises:
            ValueError: A key is not one of the signals.
        """
        unknown = set(gains) - set(self._keys)
        if unknown:
            raise ValueError(f"no such signals: {sorted(unknown)}")
        self._gains.wanted = np.array([gains.get(key, SILENT) for key in self._keys], np.float32)

    def render(self, count: int) -> Samples:
        """Mix the next `count` samples to (2, count). Signals whose gain is and stays 0 are not read."""
        out = np.zeros((2, count), np.float32)
        measure = _Measure(len(self._signals), count)
        beats, ticks = self.wanted_ticks, list[Tick]()
        done = 0
        while done < count:
            self._gains.take(self._transport.audible)
            run = self._transport.advance(min(count - done, self._gains.left or count))
            gains = self._gains.advance(run.count)
            if run.counted is not None:
                ticks += _moved(self._transport.lead.ticks.within(run.counted, run.counted + run.count), done)
            elif run.head is not None:
                ticks += _moved(beats.within(run.head, run.head + run.count), done)
            if run.head is not None or run.tail is not None:
                active, mixed = self._gains.active, out[:, done : done + run.count]
                rows = self._read(run, active) * gains  # (A, 2, n)
                rows.sum(axis=0, out=mixed)
                measure.add_signals(active, rows)
                if self._source is not None:
                    measure.add(_BESIDE_SOURCE, mixed - self._read(run, [self._source])[0])
            done += run.count
        self.ticks = ticks
        measure.add(_MASTER, out)
        self._measured.append(measure)
        return out

    def levels(self) -> Levels:
        """Peak and RMS of everything rendered since the last call; zeros when that is nothing. For one reader."""
        total = _Measure(len(self._signals), 0)
        while self._measured:
            total.join(self._measured.popleft())
        return total.levels(self._keys)

    def _read(self, run: Run, indices: list[int]) -> NDArray[np.float32]:
        """Some signals (A, 2, n) before their gains, cross-faded where the run is part of a fade."""
        rows = np.zeros((len(indices), 2, run.count), np.float32)
        self._copy(run.head, indices, rows)
        if run.fade_left:
            old = np.zeros_like(rows)
            self._copy(run.tail, indices, old)
            share = np.arange(run.fade_left, run.fade_left - run.count, -1, dtype=np.float32) / np.float32(run.fade + 1)
            rows += (old - rows) * share
        return rows

    def _copy(self, start: int | None, indices: list[int], rows: NDArray[np.float32]) -> None:
        """Fill zeroed rows (A, 2, n) with signals from `start`; before and after the song is silence."""
        if start is None:
            return
        first, last = max(0, start), min(start + rows.shape[2], self.samples)
        if first >= last:
            return
        inside = slice(first - start, last - start)
        for row, index in zip(rows, indices, strict=True):
            part = self._signals[index][:, first:last]
            if len(part) <= 2:
                row[:, inside] = part
            else:
                row[0, inside] = part[0::2].mean(axis=0)
                row[1, inside] = part[1::2].mean(axis=0)


def _moved(ticks: Iterable[Tick], by: int) -> list[Tick]:
    return [(sample + by, accented) for sample, accented in ticks]


# Rows of a measure; the signals come after them.
_MASTER, _BESIDE_SOURCE, _FIRST_SIGNAL = 0, 1, 2


class _Measure:
    """Peaks and energies of a block: the master, its difference to the source, and each of K signals."""

    def __init__(self, signals: int, count: int) -> None:
        self._count = count
        self._peaks = np.zeros((_FIRST_SIGNAL + signals, 2), np.float32)
        self._energies = np.zeros((_FIRST_SIGNAL + signals, 2), np.float64)

    def add_signals(self, indices: list[int], rows: NDArray[np.float32]) -> None:
        """Count in a run (A, 2, n) of the signals at `indices`."""
        places = [_FIRST_SIGNAL + index for index in indices]
        self._peaks[places] = np.maximum(self._peaks[places], np.abs(rows).max(axis=2))
        self._energies[places] += np.einsum("acn,acn->ac", rows, rows)

    def add(self, place: int, block: Samples) -> None:
        """Count in a run (2, n) of one row."""
        self._peaks[place] = np.maximum(self._peaks[place], np.abs(block).max(axis=1))
        self._energies[place] += np.einsum("cn,cn->c", block, block)

    def join(self, other: _Measure) -> None:
        """Count in a block that was rendered before, perhaps with fewer signals."""
        known = len(other._peaks)
        self._count += other._count
        self._peaks[:known] = np.maximum(self._peaks[:known], other._peaks)
        self._energies[:known] += other._energies

    def levels(self, keys: tuple[SignalKey, ...]) -> Levels:
        """The result as linear values."""
        rms = np.sqrt(self._energies / max(1, self._count))
        master, beside, *signals = (
            Level((float(peak[0]), float(peak[1])), (float(mean[0]), float(mean[1])))
            for peak, mean in zip(self._peaks, rms, strict=True)
        )
        return Levels(dict(zip(keys, signals, strict=True)), master, beside, self._count)
