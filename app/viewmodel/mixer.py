"""The mixer's rules: solo, mute, faders and stages, and the gains that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.viewmodel.signals import SOURCE, STAGE_NAMES
from engine.api import Gains, Separation, SignalKey, Stage

FADER_MAX_DB = 12.0
FADER_UNITY = 0.75
_DETENT = 0.012

# Fader travel, as on hardware desks: fine steps around 0 dB, the last twentieth falls from -60 dB to silence.
_TRAVEL = (0.0, 0.05, 0.25, 0.5, FADER_UNITY, 1.0)
_TRAVEL_DB = (-90.0, -60.0, -30.0, -12.0, 0.0, FADER_MAX_DB)


@dataclass(frozen=True)
class Strip:
    """One mixer row.

    Attributes:
        stem: Name of the stem, or `source` for the original.
        stage: The stage that sounds; 0 for the original.
        gain_db: -inf..+12.
        muted: Whether it is muted.
        soloed: Whether it is soloed.
    """

    stem: str
    stage: Stage | int
    gain_db: float = 0.0
    muted: bool = False
    soloed: bool = False

    @property
    def key(self) -> SignalKey:
        """The signal that sounds."""
        return self.stem, self.stage

    @property
    def is_source(self) -> bool:
        """Whether this is the original and not a stem."""
        return self.stem == SOURCE


@dataclass(frozen=True)
class MixerState:
    """All strips, the original first.

    Attributes:
        strips: In the order of the lanes.
        stages: The stages that can be heard.
        focused: Index of the strip the keys M and S act on.
    """

    strips: tuple[Strip, ...] = ()
    stages: tuple[Stage, ...] = ()
    focused: int = 0

    @property
    def stage(self) -> Stage | None:
        """The stage all stems have in common; None when they differ or there are none."""
        found = {strip.stage for strip in self.strips if not strip.is_source}
        return next((stage for stage in self.stages if found == {stage}), None)

    def audible(self, strip: Strip) -> bool:
        """Whether a strip is heard: any solo silences the strips without one, and a solo overrides its own mute."""
        if any(other.soloed for other in self.strips):
            return strip.soloed
        return not strip.muted

    def sounding(self) -> str:
        """One line that says what is heard now."""
        heard = [strip for strip in self.strips if self.audible(strip) and strip.gain_db > -np.inf]
        stages = {strip.stage for strip in heard if not strip.is_source}
        if not heard:
            return "Nothing: all lanes are muted"
        if not stages:
            return "The original"
        original = " and the original" if any(strip.is_source for strip in heard) else ""
        if len(stages) > 1:
            return f"Stage 1 and 2 mixed{original}"
        stage = stages.pop()
        return f"Stage {stage} ({STAGE_NAMES[stage]}){original}"


def gains(state: MixerState) -> Gains:
    """The left and right gain of every signal that sounds; a signal that is not named is silent."""
    return {
        strip.key: (db_to_gain(strip.gain_db), db_to_gain(strip.gain_db))
        for strip in state.strips
        if state.audible(strip)
    }


def db_to_gain(value_db: float) -> float:
    """Linear factor of a level; 0 for -inf."""
    return float(10.0 ** (value_db / 20.0))


def fader_to_db(position: float) -> float:
    """Level of a fader at 0..1 of its travel, with a detent at 0 dB."""
    if position <= 0.0:
        return -np.inf
    if abs(position - FADER_UNITY) < _DETENT:
        return 0.0
    return round(float(np.interp(position, _TRAVEL, _TRAVEL_DB)), 1)


def db_to_fader(value_db: float) -> float:
    """Where a fader stands for a level; the inverse of `fader_to_db` up to its rounding."""
    return float(np.interp(value_db, _TRAVEL_DB, _TRAVEL))


def format_db(value_db: float) -> str:
    """A level as the strips show it."""
    if value_db == -np.inf:
        return "−∞ dB"
    sign = "+" if value_db > 0 else "−" if value_db < 0 else ""
    return f"{sign}{abs(value_db):.1f} dB"


class GainSink(Protocol):
    """What the mixer drives: the player."""

    def set_gains(self, gains: Gains) -> None:
        """Ramp to these gains."""
        ...


class MixerModel(QObject):
    """Holds the strips of the song on show and keeps the player's gains in step."""

    changed = Signal(object)  # MixerState

    def __init__(self, sink: GainSink) -> None:
        super().__init__()
        self._sink = sink
        self._state = MixerState()

    @property
    def state(self) -> MixerState:
        """The current snapshot."""
        return self._state

    def load(self, separation: Separation | None) -> None:
        """Start over with a song; the original is muted, because the stems already add up to it."""
        if separation is None:
            self._set(MixerState())
            return
        stage = separation.final_stage
        stems = tuple(Strip(stem, stage) for stem in separation.stems)
        self._set(MixerState((Strip(SOURCE, 0, muted=True), *stems), separation.stages, 1 if stems else 0))

    def apply(self) -> None:
        """Send the gains once more, after the player was lent to somebody else."""
        self._sink.set_gains(gains(self._state))

    def set_gain(self, stem: str, gain_db: float) -> None:
        """Move a fader; below -90 dB is silence."""
        level = -np.inf if gain_db <= _TRAVEL_DB[0] else min(FADER_MAX_DB, gain_db)
        self._change(stem, gain_db=float(level))

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
        strips = tuple(replace(other, soloed=other.stem == stem and not alone) for other in self._state.strips)
        self._set(replace(self._state, strips=strips))

    def set_stage(self, stage: Stage, stem: str | None = None) -> None:
        """Hear this stage of one stem, or of all; nothing happens if the song was split without it."""
        if stage not in self._state.stages:
            return
        strips = tuple(
            replace(strip, stage=stage) if not strip.is_source and stem in (None, strip.stem) else strip
            for strip in self._state.strips
        )
        self._set(replace(self._state, strips=strips))

    def toggle_stage(self, stem: str | None = None) -> None:
        """Hear the other stage of one stem, or of all; stems that differ all go to stage 1 first."""
        now = self._state.stage if stem is None else self._strip(stem).stage
        self.set_stage(2 if now == 1 else 1, stem)

    def focus(self, index: int) -> None:
        """Choose the strip that keys act on; an index without a strip is ignored."""
        if 0 <= index < len(self._state.strips):
            self._set(replace(self._state, focused=index))

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
        if self._state.strips:
            strip = self._state.strips[self._state.focused]
            self.set_gain(strip.stem, max(strip.gain_db, _TRAVEL_DB[0]) + step_db)

    def _strip(self, stem: str) -> Strip:
        found = next((strip for strip in self._state.strips if strip.stem == stem), None)
        if found is None:
            raise ValueError(f"no strip for {stem!r}")
        return found

    def _change(self, stem: str, **values: object) -> None:
        changed = replace(self._strip(stem), **values)  # type: ignore[arg-type]
        strips = tuple(changed if strip.stem == stem else strip for strip in self._state.strips)
        self._set(replace(self._state, strips=strips))

    def _set(self, state: MixerState) -> None:
        self._state = state
        self._sink.set_gains(gains(state))
        self.changed.emit(state)
