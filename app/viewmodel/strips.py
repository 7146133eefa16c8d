"""What the mixer's strips are, and the gains that follow from them: pure rules without a window or a player."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from app.viewmodel.ranges import RangeKind, Ranges
from app.viewmodel.sides import Sides, stage_sides
from app.viewmodel.signals import DELTA, SOURCE, stem_name
from app.words import number_text, tr
from engine.api import RESIDUAL, Gains, SignalKey, Stage

FADER_MAX_DB = 12.0
DELTA_GAINS_DB = (0.0, 6.0, 12.0, 18.0, 24.0)
FADER_MIN_DB = -90.0  # that is silence
FADER_UNITY = 0.75
_DETENT = 0.012
_PAN_DETENT = 0.04

# Fader travel, as on hardware desks: fine steps around 0 dB, the last twentieth falls from -60 dB to silence.
_TRAVEL = (0.0, 0.05, 0.25, 0.5, FADER_UNITY, 1.0)
_TRAVEL_DB = (FADER_MIN_DB, -60.0, -30.0, -12.0, 0.0, FADER_MAX_DB)

Take = Literal["stage", "delta", "comp", "reference"]
"""What of a stem sounds: one of its stages, what stage 2 adds to stage 1, its comp, or the reference."""


@dataclass(frozen=True)
class Strip:
    """One mixer row.

    Attributes:
        stem: Name of the stem, `source` for the original, or `residual`.
        stage: The stage that sounds, if a stage sounds; 0 for the original.
        take: What sounds.
        take_before: What sounded before the delta of all stems.
        gain_db: -inf..+12.
        pan: -1 is left, 0 leaves both sides alone, 1 is right.
        muted: Whether it is muted.
        soloed: Whether it is soloed.
        comp: Which stage its comp takes where.
        gaps: Where it is muted, whatever sounds.
        comp_key: The number of the comp's signal; 0 without one.
        gap_key: The number of what sounds with the muted ranges in it; 0 without any.
        reference_key: The number of the reference's signal; 0 without one.
    """

    stem: str
    stage: int
    take: Take = "stage"
    take_before: Take = "stage"
    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    soloed: bool = False
    comp: Ranges = field(default_factory=Ranges)
    gaps: Ranges = field(default_factory=Ranges)
    comp_key: int = 0
    gap_key: int = 0
    reference_key: int = 0

    @property
    def key(self) -> SignalKey:
        """The signal that sounds."""
        return (self.stem, self.gap_key) if self.gap_key else self.take_key

    @property
    def take_key(self) -> SignalKey:
        """The signal that sounds, as it is without muted ranges."""
        numbers = {"stage": self.stage, "delta": DELTA, "comp": self.comp_key, "reference": self.reference_key}
        return self.stem, numbers[self.take]

    def ranges(self, kind: RangeKind) -> Ranges:
        """Its comp or its muted ranges."""
        return self.comp if kind == "comp" else self.gaps

    @property
    def shown_key(self) -> SignalKey:
        """The stage a single picture shows: the one that sounds, or the one the listener compares with."""
        return self.stem, self.stage

    @property
    def is_source(self) -> bool:
        """Whether this is the original and not a stem."""
        return self.stem == SOURCE

    @property
    def is_stem(self) -> bool:
        """Whether this is an output of the network, and not the original or the residual."""
        return self.stem not in (SOURCE, RESIDUAL)

    @property
    def takes(self) -> tuple[Take, ...]:
        """What there is to hear besides the stages."""
        if not self.is_stem:
            return ()
        return (*(("comp",) if self.comp_key else ()), *(("reference",) if self.reference_key else ()))


@dataclass(frozen=True)
class MixerState:
    """All strips, the original first, then the stems, then the residual.

    Attributes:
        strips: In the order of the lanes.
        stages: The stages that can be heard.
        focused: Index of the strip the keys M and S act on.
        delta_gain_db: Make-up gain of everything heard as a delta, which is quiet.
        sides: What the stages are called.
    """

    strips: tuple[Strip, ...] = ()
    stages: tuple[Stage, ...] = ()
    focused: int = 0
    delta_gain_db: float = 12.0
    sides: Sides = field(default_factory=stage_sides)

    @property
    def stage(self) -> Stage | None:
        """The stage all stems have in common; None when they differ or there are none."""
        found = {strip.stage if strip.take == "stage" else None for strip in self.strips if strip.is_stem}
        return next((stage for stage in self.stages if found == {stage}), None)

    @property
    def delta(self) -> bool:
        """Whether all stems sound as deltas."""
        takes = {strip.take for strip in self.strips if strip.is_stem}
        return takes == {"delta"}

    @property
    def is_flat(self) -> bool:
        """Whether stems and residual sound as they are, in one stage, so that they add up to the song."""
        return self.stage is not None and all(
            self.audible(strip) != strip.is_source
            and (strip.is_source or (strip.gain_db, strip.pan, strip.take) == (0.0, 0.0, "stage"))
            and (strip.is_source or strip.stage == self.stage)
            and not strip.gaps.starts
            for strip in self.strips
        )

    @property
    def without_gaps(self) -> MixerState:
        """The same with no range muted."""
        strips = tuple(replace(strip, gaps=Ranges(), gap_key=0) for strip in self.strips)
        return replace(self, strips=strips)

    @property
    def focused_strip(self) -> Strip | None:
        """The strip the keys act on."""
        return self.strips[self.focused] if self.strips else None

    def find(self, stem: str) -> Strip | None:
        """The strip of a stem."""
        return next((strip for strip in self.strips if strip.stem == stem), None)

    def audible(self, strip: Strip) -> bool:
        """Whether a strip is heard: any solo silences the strips without one, and a solo overrides its own mute.

        The residual is silent among deltas, which it would cancel: what stage 2 adds to the stems it takes from the
        residual.
        """
        if strip.stem == RESIDUAL and self.delta:
            return False
        if any(other.soloed for other in self.strips):
            return strip.soloed
        return not strip.muted

    def lacks(self, strip: Strip) -> bool:
        """Whether a strip is silent because the side that sounds has no such stem."""
        return strip.take == "stage" and not strip.is_source and strip.stem in self.sides[strip.stage].lacking

    def sounding(self) -> str:
        """One line that says what is heard now."""
        wanted = [strip for strip in self.strips if self.audible(strip) and strip.gain_db > -math.inf]
        heard = [strip for strip in wanted if not self.lacks(strip)]
        if not heard:
            return _silence_words(wanted, self.sides) if wanted else tr("Nothing: all lanes are muted")
        both = " " + tr("and") + " "
        found = {_take_words(strip, self.sides) for strip in heard if strip.is_stem}
        original = any(strip.is_source for strip in heard)
        if not found:
            residual = "" if all(strip.is_source for strip in heard) else tr("the residual")
            words = both.join(([residual] if residual else []) + ([tr("the original")] if original else []))
            return words[:1].upper() + words[1:]
        takes = sorted(found)
        words = takes[0][1] if len(takes) == 1 else both.join(short for short, _long in takes)
        return both.join((words, tr("the original"))) if original else words


@dataclass(frozen=True)
class MixSettings:
    """What a change of the mixer changes: strips and delta gain, but not which strip has the focus."""

    strips: tuple[Strip, ...]
    delta_gain_db: float


def _take_words(strip: Strip, sides: Sides) -> tuple[str, str]:
    """What sounds, in a word or two, and at length."""
    if strip.take == "delta":
        return tr("Delta"), tr("Delta ({second} − {first})").format(second=sides[2].inline, first=sides[1].inline)
    if strip.take == "stage":
        return sides[strip.stage].short, sides[strip.stage].long
    word = tr("Comp") if strip.take == "comp" else tr("Reference")
    return word, word


def _silence_words(lacking: list[Strip], sides: Sides) -> str:
    """That there is nothing to hear of these strips."""
    stems = ", ".join(stem_name(strip.stem) for strip in lacking)
    return tr("Nothing: {side} has no {stems}").format(side=sides[lacking[0].stage].long, stems=stems)


def at_first(strip: Strip, stage: Stage) -> Strip:
    """A strip as a song begins; its ranges and references stay."""
    return replace(
        strip, stage=0 if strip.is_source else stage, take="stage",
        gain_db=0.0, pan=0.0, muted=strip.is_source, soloed=False,
    )  # fmt: skip


def carried(strip: Strip, before: MixerState, stages: Sequence[Stage]) -> Strip:
    """A strip of other sides, as loud as that of its stem before, and hearing the same side or the difference."""
    other = before.find(strip.stem)
    side, delta = before.find(RESIDUAL), before.delta  # for a stem that there was not
    if other is not None:
        side, delta = other, other.take == "delta"
        strip = replace(
            strip, gain_db=other.gain_db, pan=other.pan, muted=other.muted, soloed=other.soloed, gaps=other.gaps,
        )  # fmt: skip
    if side is not None and side.stage in stages:
        strip = replace(strip, stage=side.stage)
    delta = delta and len(stages) > 1
    if not strip.is_stem or delta == (strip.take == "delta"):
        return strip
    return as_delta(strip) if delta else after_delta(strip)


def as_delta(strip: Strip) -> Strip:
    """A strip that sounds as what stage 2 adds."""
    return replace(strip, take="delta", take_before=strip.take)


def after_delta(strip: Strip) -> Strip:
    """A strip that sounds as it did before."""
    back = strip.take_before if strip.take_before in strip.takes else "stage"  # a comp may be cleared meanwhile
    return replace(strip, take=back, take_before="stage")


def gains(state: MixerState) -> Gains:
    """The left and right gain of every signal that sounds; a signal that is not named is silent."""
    return {strip.key: _strip_gains(strip, state) for strip in state.strips if state.audible(strip)}


def _strip_gains(strip: Strip, state: MixerState) -> tuple[float, float]:
    """A stereo signal is balanced, not panned: each side is only ever turned down."""
    gain = db_to_gain(strip.gain_db + (state.delta_gain_db if strip.take == "delta" else 0.0))
    return gain * min(1.0, 1.0 - strip.pan), gain * min(1.0, 1.0 + strip.pan)


def db_to_gain(value_db: float) -> float:
    """Linear factor of a level; 0 for -inf."""
    return float(10.0 ** (value_db / 20.0))


def fader_to_db(position: float) -> float:
    """Level of a fader at 0..1 of its travel, with a detent at 0 dB."""
    if position <= 0.0:
        return -math.inf
    if abs(position - FADER_UNITY) < _DETENT:
        return 0.0
    return round(float(np.interp(position, _TRAVEL, _TRAVEL_DB)), 1)


def db_to_fader(value_db: float) -> float:
    """Where a fader stands for a level; the inverse of `fader_to_db` up to its rounding."""
    return float(np.interp(value_db, _TRAVEL_DB, _TRAVEL))


def pan_of(position: float) -> float:
    """Pan in hundredths for a place in -1..1, with a detent in the middle."""
    return 0.0 if abs(position) < _PAN_DETENT else round(min(1.0, max(-1.0, position)), 2)


def format_db(value_db: float) -> str:
    """A level as the strips show it."""
    if value_db == -math.inf:
        return "−∞ dB"
    return f"{number_text(value_db, 1, signed=True)} dB"


def format_pan(pan: float) -> str:
    """A pan as people write it: C, L30, R100."""
    return "C" if pan == 0 else f"{'L' if pan < 0 else 'R'}{abs(pan) * 100:.0f}"
