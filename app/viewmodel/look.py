"""How the lanes are drawn; kept from song to song while the window is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from app.viewmodel.frequency import AxisKind

Compare = Literal["single", "side_by_side", "stacked", "difference"]
Parts = Literal["both", "waveform", "spectrogram"]
Colors = Literal["stem", "viridis", "magma", "grey"]
Follow = Literal["off", "page", "centred"]

FLOORS_DB = (-100.0, -90.0, -84.0, -72.0, -60.0, -50.0, -40.0)
CEILINGS_DB = (-40.0, -30.0, -20.0, -14.0, -6.0, 0.0)
WAVE_SHARE = 0.42
LANE_ZOOM_MAX = 6.0
# Closer than this, floor and ceiling would leave nothing but two colours.
_LEAST_RANGE_DB = 10.0
_WAVE_SHARES = (0.1, 0.9)


@dataclass(frozen=True)
class Look:
    """What a picture shows and in which colours.

    Attributes:
        compare: Which stages each lane shows: the one that sounds, both next to each other, both and their difference
            on top of each other, or the difference alone.
        parts: Whether a picture has a waveform, a spectrogram or both.
        wave_share: Of the height, for the waveform, if there are both.
        axis: How frequencies are spread.
        floor_db: Levels below have the darkest colour. Drawing data ends at -100 dB.
        ceiling_db: Levels above have the brightest colour.
        colors: The stem's own tint, or a map that is the same for all.
        lane_zoom: Height of the lanes; at 1 they share the room there is.
        follow: What the view does when the playhead moves.
    """

    compare: Compare = "single"
    parts: Parts = "both"
    wave_share: float = WAVE_SHARE
    axis: AxisKind = "log"
    floor_db: float = -84.0
    ceiling_db: float = -14.0
    colors: Colors = "stem"
    lane_zoom: float = 1.0
    follow: Follow = "page"

    def changed(self, **changes: object) -> Look:
        """With these values, kept within their limits; where floor and ceiling meet, the one not named gives way."""
        made = replace(self, **cast("dict[str, Any]", changes))
        low, high = _WAVE_SHARES
        floor_db, ceiling_db = made.floor_db, made.ceiling_db
        if ceiling_db - floor_db < _LEAST_RANGE_DB:
            if "floor_db" in changes:
                ceiling_db = floor_db + _LEAST_RANGE_DB
            else:
                floor_db = ceiling_db - _LEAST_RANGE_DB
        return replace(
            made,
            wave_share=min(max(made.wave_share, low), high),
            lane_zoom=min(max(made.lane_zoom, 1.0), LANE_ZOOM_MAX),
            floor_db=floor_db,
            ceiling_db=ceiling_db,
        )

    @property
    def shown_wave_share(self) -> float:
        """Of the height, for the waveform; 0 or 1 if a picture has only one part."""
        return {"both": self.wave_share, "waveform": 1.0, "spectrogram": 0.0}[self.parts]
