"""Which pictures a lane shows, of which stages, and what their captions say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.viewmodel.display import Drawable
from app.viewmodel.look import Compare
from app.viewmodel.mixer import Strip
from app.viewmodel.signals import STAGE_NAMES, stem_name
from engine.api import SignalKey, Stage

DIFFERENCE_RANGE_DB = 24.0


@dataclass(frozen=True)
class Picture:
    """One signal, or how much louder or softer it is than another.

    Attributes:
        key: The signal.
        minus: The other one; None for a picture of the signal itself.
    """

    key: SignalKey
    minus: SignalKey | None = None


@dataclass(frozen=True)
class Shown:
    """All that a canvas needs to draw one picture.

    Attributes:
        title: Stem and stage, for the read-out and for screen readers.
        caption: Stage, and whether it is what sounds; empty for signals without stages.
        drawable: None while there is no drawing data.
        minus: The other signal of a difference.
        is_difference: Whether this is one.
        sounding: Whether this is what one hears.
    """

    title: str
    caption: str
    drawable: Drawable | None
    minus: Drawable | None = None
    is_difference: bool = False
    sounding: bool = False


def pictures_of(strip: Strip, compare: Compare, stages: Sequence[Stage]) -> tuple[Picture, ...]:
    """What the lane of a strip shows; one that has no stages shows itself as often as there are columns."""
    own = Picture(strip.key)
    if compare == "single" or len(stages) < 2 or strip.stage not in stages:
        return (own, own) if compare == "side_by_side" else (own,)
    first, second = ((strip.stem, stage) for stage in sorted(stages)[:2])
    difference = Picture(second, minus=first)
    return {
        "side_by_side": (Picture(first), Picture(second)),
        "stacked": (Picture(first), Picture(second), difference),
        "difference": (difference,),
    }[compare]


def shown(picture: Picture, strip: Strip, drawables: Mapping[SignalKey, Drawable], *, audible: bool) -> Shown:
    """Join a picture with its drawing data and its words."""
    stem, stage = picture.key
    name, drawable = stem_name(stem), drawables.get(picture.key)
    if picture.minus is not None:
        other = picture.minus[1]
        title, caption = f"{name}, stage {stage} − stage {other}", f"Stage {stage} − stage {other}, in dB"
        return Shown(title, caption, drawable, drawables.get(picture.minus), is_difference=True)
    if stage not in STAGE_NAMES:
        return Shown(name, "", drawable, sounding=audible)
    sounding = audible and picture.key == strip.key
    caption = f"Stage {stage}" + (" · sounding" if sounding else "")
    return Shown(f"{name}, stage {stage}", caption, drawable, sounding=sounding)
