"""What goes into the exported files, read from a separation block by block.

Shapes: C channels, N samples of the part that is exported.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import numpy as np

from engine.export.plan import stem_file_order
from engine.export.request import COMP, CompStarts, Content, ExportRequest
from engine.mix import Gains, Mixer
from engine.separation import SOURCE_KEY, Samples, SignalKey
from engine.signals import COMP_FADE_SECONDS, AudioSignal, Comp, Difference, open_signal, with_gaps

Reader = Callable[[int, int], Samples]
"""Gives the samples [start, stop) as (C, stop - start); called from start to end without gaps."""


class Sources:
    """The signals of an export. They are read rather than mapped, so that memory stays small.

    Args:
        request: Says which separation and which part of it.
        stack: Closes the files.
    """

    def __init__(self, request: ExportRequest, stack: ExitStack) -> None:
        self._request = request
        self._stack = stack

    def reader(self, content: Content, stems: tuple[str, ...]) -> Reader:
        """What is in a file of this content; the residual is what `stems` leave.

        Raises:
            OSError: A signal is missing. A reader raises ValueError where one ends early.
        """
        stage = content.stage or 0
        if content.kind == "mix":
            return self._mix(self._request.mix or {})
        if content.kind == "stems":
            order = stem_file_order(self._request.separation.stems)
            tracks = [self._signal(SOURCE_KEY), *(self._heard(stem, self._stored((stem, stage))) for stem in order)]
            return lambda start, stop: np.concatenate([track[:, start:stop] for track in tracks])
        if content.kind == "stem":
            signal = self._heard(content.stem, self._stored((content.stem, stage)))
        elif content.kind == "comp":
            signal = self._heard(content.stem, self._comp(content.stem, self._request.comps[content.stem]))
        else:
            without = stems if content.kind == "residual" else (content.stem,)
            signal = Difference(self._signal(SOURCE_KEY), [self._signal((stem, stage)) for stem in without])
        return lambda start, stop: signal[:, start:stop]

    def _mix(self, gains: Gains) -> Reader:
        """As playback renders it, with all gains in place from the first sample."""
        mixer = Mixer({key: self._in_mix(key) for key in gains or (SOURCE_KEY,)}, self._request.separation.sample_rate)
        mixer.set_gains(gains)
        return lambda start, stop: mixer.render(stop - start)

    def _signal(self, key: SignalKey) -> AudioSignal:
        """The part of a signal that is exported, without gaps."""
        return _Part(self._stored(key), self._request)

    def _in_mix(self, key: SignalKey) -> AudioSignal:
        name, stage = key
        comp = stage == COMP
        return self._heard(name, self._comp(name, self._request.mixed_comps[name]) if comp else self._stored(key))

    def _heard(self, stem: str, whole: AudioSignal) -> AudioSignal:
        """The part of a stem that is exported, silent where it shall be."""
        gaps, rate = self._request.gaps.get(stem), self._request.separation.sample_rate
        return _Part(with_gaps(whole, gaps, rate) if gaps else whole, self._request)

    def _comp(self, stem: str, starts: CompStarts) -> AudioSignal:
        parts = [(start, self._stored((stem, stage))) for start, stage in starts]
        return Comp(parts, round(COMP_FADE_SECONDS * self._request.separation.sample_rate))

    def _stored(self, key: SignalKey) -> AudioSignal:
        return open_signal(self._request.separation, key, self._stack)


class _Part:
    """What is exported of a signal, as a signal."""

    def __init__(self, signal: AudioSignal, request: ExportRequest) -> None:
        self.shape = (request.separation.channels, request.samples)
        self._signal = signal
        self._first = request.start

    def __getitem__(self, part: tuple[slice, slice], /) -> Samples:
        start, stop, _step = part[1].indices(self.shape[1])
        return self._signal[part[0], self._first + start : self._first + stop]
