"""The mixer of the song on show: every change of a strip, with undo, kept for each song until the window closes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.viewmodel.comp import CompRanges
from app.viewmodel.history import History
from app.viewmodel.signals import FIRST_EXTRA, SOURCE
from app.viewmodel.strips import FADER_MAX_DB, FADER_MIN_DB, MixerState, Strip, Take, gains
from engine.api import RESIDUAL, AudioSignal, Gains, Separation, SignalKey, Stage


class MixSink(Protocol):
    """What the mixer drives: the player."""

    def set_gains(self, gains: Gains) -> None:
        """Ramp to these gains."""
        ...

    def add_signals(self, signals: Mapping[SignalKey, AudioSignal]) -> None:
        """Take more signals of the song."""
        ...


@dataclass(frozen=True)
class _Settings:
    """What a change of the mixer changes: strips and delta gain, but not which strip has the focus."""

    strips: tuple[Strip, ...]
    delta_gain_db: float


class MixerModel(QObject):
    """Holds the strips of the song on show and keeps the player's gains in step."""

    changed = Signal(object)  # MixerState

    def __init__(self, sink: MixSink, history: History) -> None:
        super().__init__()
        self._sink = sink
        self._history = history
        self._state = MixerState()
        self._separation: Separation | None = None
        self._kept: dict[Path, MixerState] = {}
        self._next_extra = FIRST_EXTRA

    @property
    def state(self) -> MixerState:
        """The current snapshot."""
        return self._state

    def load(self, separation: Separation | None) -> None:
        """Show the mixer of a song as it was left; the player has its signals already.

        At first the original is muted, because stems and residual already add up to it.
        """
        if self._separation is not None:
            self._kept[self._separation.folder] = self._state
        self._separation = separation
        self._next_extra = FIRST_EXTRA
        self._history.clear()
        if separation is None:
            self._apply(MixerState())
            return
        kept = self._kept.get(separation.folder)
        if kept is not None:
            self._apply(replace(kept, strips=tuple(self._with_signals(strip) for strip in kept.strips)))
            return
        names = (SOURCE, *separation.stems, RESIDUAL)
        strips = tuple(_at_first(Strip(name, 0), separation.final_stage) for name in names)
        self._apply(MixerState(strips, separation.stages, 1))

    def refresh(self) -> None:
        """Give the player these gains again, after something else has used it."""
        self._sink.set_gains(gains(self._state))

    def reset(self) -> None:
        """Put faders, pans, mutes, solos and stages back to how a song begins; comps and references stay."""
        song = self._separation
        if song is not None:
            self._put(tuple(_at_first(strip, song.final_stage) for strip in self._state.strips))

    def set_gain(self, stem: str, gain_db: float) -> None:
        """Move a fader; below -90 dB is silence."""
        level = -math.inf if gain_db <= FADER_MIN_DB else min(FADER_MAX_DB, gain_db)
        self._change(stem, f"gain {stem}", gain_db=float(level))

    def set_pan(self, stem: str, pan: float) -> None:
        """Balance a strip, -1 (left) to 1 (right)."""
        self._change(stem, f"pan {stem}", pan=min(1.0, max(-1.0, pan)))

    def toggle_mute(self, stem: str) -> None:
        """Mute a strip, or let it sound again."""
        self._change(stem, muted=not self._strip(stem).muted)

    def toggle_solo(self, stem: str, *, exclusive: bool = False) -> None:
        """Add a strip to the solos or take it off; `exclusive` makes it the only one, or ends all solos."""
        strip = self._strip(stem)
        if not exclusive:
            self._change(stem, soloed=not strip.soloed)
            return
        alone = strip.soloed and sum(other.soloed for other in self._state.strips) == 1
        self._put(tuple(replace(other, soloed=other.stem == stem and not alone) for other in self._state.strips))

    def set_stage(self, stage: Stage, stem: str | None = None) -> None:
        """Hear this stage of one strip, or of all; nothing happens if the song was split without it."""
        if stage in self._state.stages:
            self._put(
                tuple(
                    replace(strip, stage=stage, take="stage")
                    if not strip.is_source and stem in (None, strip.stem)
                    else strip
                    for strip in self._state.strips
                )
            )

    def toggle_stage(self, stem: str | None = None) -> None:
        """Hear the other stage of one strip, or of all; strips that differ all go to stage 1 first.

        A strip that sounds as something else goes back to its stage.
        """
        if stem is None:
            self.set_stage(2 if self._state.stage == 1 else 1)
            return
        strip = self._strip(stem)
        if strip.take != "stage":
            self._change(stem, take="stage")
        else:
            self.set_stage(2 if strip.stage == 1 else 1, stem)

    def toggle_delta(self) -> None:
        """Hear what stage 2 adds to stage 1, of all stems, or the stages again."""
        take: Take = "stage" if self._state.delta else "delta"
        if len(self._state.stages) > 1:
            strips = self._state.strips
            self._put(tuple(replace(strip, take=take) if strip.is_stem else strip for strip in strips))

    def set_delta_gain(self, gain_db: float) -> None:
        """Make deltas this much louder."""
        self._commit(replace(self._state, delta_gain_db=gain_db), "delta gain")

    def set_take(self, stem: str, take: Take) -> None:
        """Hear the delta, the comp or the reference of one stem; what there is not is ignored."""
        strip = self._strip(stem)
        possible = ("stage", *(("delta",) if strip.is_stem and len(self._state.stages) > 1 else ()), *strip.takes)
        if take in possible:
            self._change(stem, take=take)

    def comp(self, stem: str, span: tuple[int, int], stage: Stage) -> None:
        """Take a stage of a stem in a range of samples, and hear the comp."""
        strip, song = self._strip(stem), self._separation
        if song is None or not strip.is_stem or stage not in self._state.stages:
            return
        ranges = strip.comp.with_range(*span, stage, strip.stage, song.samples)
        self._change(stem, comp=ranges, comp_key=self._add_comp(stem, ranges), take="comp")

    def clear_comp(self, stem: str) -> None:
        """Forget a stem's comp."""
        strip = self._strip(stem)
        take = "stage" if strip.take == "comp" else strip.take
        self._change(stem, comp=CompRanges(), comp_key=0, take=take)

    def set_reference(self, stem: str, signal: AudioSignal | None) -> None:
        """Offer a reference of a stem to the ear, or take it away.

        Raises:
            ValueError: It does not have the song's length.
        """
        strip = self._strip(stem)
        key = self._add_signal(stem, signal) if signal is not None else 0
        take: Take = "stage" if strip.take == "reference" else strip.take
        self._apply(replace(self._state, strips=self._replaced(replace(strip, reference_key=key, take=take))))
        self._history.clear()  # steps before know nothing of it

    def focus(self, index: int) -> None:
        """Choose the strip that keys act on; an index without a strip is ignored."""
        if 0 <= index < len(self._state.strips):
            self._apply(replace(self._state, focused=index))

    def toggle_mute_at(self, index: int) -> None:
        """Mute the lane with this index, if there is one."""
        if index < len(self._state.strips):
            self.toggle_mute(self._state.strips[index].stem)

    def toggle_solo_at(self, index: int) -> None:
        """Solo the lane with this index, if there is one."""
        if index < len(self._state.strips):
            self.toggle_solo(self._state.strips[index].stem)

    def nudge_focused(self, step_db: float) -> None:
        """Move the focused fader by a step; from silence it starts at the bottom."""
        strip = self._state.focused_strip
        if strip is not None:
            self.set_gain(strip.stem, round(max(strip.gain_db, FADER_MIN_DB) + step_db, 1))

    def _strip(self, stem: str) -> Strip:
        found = self._state.find(stem)
        if found is None:
            raise ValueError(f"no strip for {stem!r}")
        return found

    def _change(self, stem: str, kind: str = "", **values: object) -> None:
        self._put(self._replaced(replace(self._strip(stem), **values)), kind)  # type: ignore[arg-type]

    def _replaced(self, changed: Strip) -> tuple[Strip, ...]:
        return tuple(changed if strip.stem == changed.stem else strip for strip in self._state.strips)

    def _put(self, strips: tuple[Strip, ...], kind: str = "") -> None:
        self._commit(replace(self._state, strips=strips), kind)

    def _commit(self, state: MixerState, kind: str) -> None:
        """Make a change that can be undone."""
        before, after = _settings(self._state), _settings(state)
        if before != after:
            self._apply(state)
            self._history.record(kind, lambda: self._restore(before), lambda: self._restore(after))

    def _restore(self, settings: _Settings) -> None:
        self._apply(replace(self._state, strips=settings.strips, delta_gain_db=settings.delta_gain_db))

    def _apply(self, state: MixerState) -> None:
        self._state = state
        self._sink.set_gains(gains(state))
        self.changed.emit(state)

    def _with_signals(self, strip: Strip) -> Strip:
        """A strip of a song that is on show again: its comp is made anew, a reference has to be offered anew."""
        take: Take = "stage" if strip.take == "reference" else strip.take
        comp_key = self._add_comp(strip.stem, strip.comp) if strip.comp_key else 0
        return replace(strip, comp_key=comp_key, reference_key=0, take=take)

    def _add_comp(self, stem: str, ranges: CompRanges) -> int:
        """Give the player a comp; a number of its own makes the player fade to it from the one before."""
        song = self._separation
        if song is None:
            raise ValueError("there is no song")
        stages = {stage: song.stem_signal(stem, stage) for stage in song.stages}
        return self._add_signal(stem, ranges.signal(stages, song.sample_rate))

    def _add_signal(self, stem: str, signal: AudioSignal) -> int:
        """Give the player one more signal of a stem; returns its number."""
        key = self._next_extra
        self._sink.add_signals({(stem, key): signal})
        self._next_extra += 1
        return key


def _at_first(strip: Strip, stage: Stage) -> Strip:
    fresh = Strip(strip.stem, 0, muted=True) if strip.is_source else Strip(strip.stem, stage)
    return replace(fresh, comp=strip.comp, comp_key=strip.comp_key, reference_key=strip.reference_key)


def _settings(state: MixerState) -> _Settings:
    return _Settings(state.strips, state.delta_gain_db)
