"""What the meters show: peaks that fall slowly and are held, a light that stays on, and how far the mix is the song."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from app.viewmodel.strips import MixerState, format_db
from app.words import number_text, tr
from engine.api import Level, Levels

METER_FLOOR_DB, METER_TOP_DB = -60.0, 6.0
FALL_DB_PER_SECOND = 36.0  # from full scale to silence in under two seconds
HOLD_SECONDS = 1.5
# The mean follows like a VU meter's needle.
_MEAN_SECONDS = 0.3

Sides = tuple[float, float]
_EMPTY: Sides = (METER_FLOOR_DB, METER_FLOOR_DB)


@dataclass(frozen=True)
class MeterState:
    """Levels of left and right in dB full scale, never below the floor.

    Attributes:
        peak_db: The loudest sample, falling slowly.
        mean_db: RMS.
        held_db: The loudest peak of the last moments.
        held_seconds: How long each side's peak has been held.
        loudest_db: The highest peak since the light was put out.
    """

    peak_db: Sides = _EMPTY
    mean_db: Sides = _EMPTY
    held_db: Sides = _EMPTY
    held_seconds: Sides = (0.0, 0.0)
    loudest_db: float = METER_FLOOR_DB

    @property
    def clipped(self) -> bool:
        """Whether a sample went above full scale since the light was put out."""
        return self.loudest_db > 0.0

    @property
    def words(self) -> str:
        """The highest peak, and whether it clipped."""
        if self.loudest_db <= METER_FLOOR_DB:
            return tr("no peak yet")
        words = tr("clipped, highest peak {level}") if self.clipped else tr("highest peak {level}")
        return words.format(level=format_db(self.loudest_db))

    def after(self, level: Level, seconds: float) -> MeterState:
        """The state when `level` was heard during the last `seconds`."""
        sides = [self._side(index, level, seconds) for index in range(2)]
        peak, mean, held, age = zip(*sides, strict=True)
        return MeterState(
            (peak[0], peak[1]),
            (mean[0], mean[1]),
            (held[0], held[1]),
            (age[0], age[1]),
            max(self.loudest_db, *map(_decibels, level.peak)),
        )

    def stopped(self) -> MeterState:
        """The state when nothing plays; the light stays on."""
        return MeterState(loudest_db=self.loudest_db)

    def put_out(self) -> MeterState:
        """The state with the light put out."""
        return replace(self, loudest_db=METER_FLOOR_DB)

    def _side(self, index: int, level: Level, seconds: float) -> tuple[float, float, float, float]:
        now_db = _decibels(level.peak[index])
        peak = max(now_db, self.peak_db[index] - FALL_DB_PER_SECOND * seconds, METER_FLOOR_DB)
        share = min(1.0, seconds / _MEAN_SECONDS)
        mean = self.mean_db[index] + (_decibels(level.rms[index]) - self.mean_db[index]) * share
        age = self.held_seconds[index] + seconds
        if now_db >= self.held_db[index] or age > HOLD_SECONDS:
            return peak, mean, peak, 0.0
        return peak, mean, self.held_db[index], age


def _decibels(value: float) -> float:
    return max(METER_FLOOR_DB, 20.0 * math.log10(value)) if value > 0 else METER_FLOOR_DB


# Below this the mix is the song: what is left is the rounding of float32 sums.
NULL_DB = -100.0


@dataclass(frozen=True)
class NullState:
    """What the badge says about the mix beside the original.

    Attributes:
        text: A few words.
        kind: `same`, `different`, or `idle` while nothing plays.
        explanation: One sentence.
    """

    text: str
    kind: Literal["same", "different", "idle"]
    explanation: str


def null_state(mixer: MixerState, levels: Levels | None) -> NullState:
    """Compare what was just heard with the original; `levels` is None while nothing plays."""
    if levels is None:
        if mixer.is_flat:
            return NullState(
                tr("Mix = song"), "idle", tr("All faders are at 0 dB: stems and residual add up to the song")
            )
        return NullState(tr("Mix ≠ song"), "idle", tr("The mixer was changed, so the mix is not the song"))
    left_db = 20.0 * math.log10(max(*levels.beside_source.rms, 1e-9))
    text = f"{number_text(left_db)} dB"
    if left_db <= NULL_DB:
        same = tr("What plays is the song: the difference is {level}").format(level=text)
        return NullState(tr("= song {level}").format(level=text), "same", same)
    different = tr("What plays differs from the song by {level} full scale").format(level=text)
    return NullState(tr("≠ song {level}").format(level=text), "different", different)
