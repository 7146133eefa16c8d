"""Which pictures a lane shows, of which stages, and what their captions say."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from app.viewmodel.display import Drawable
from app.viewmodel.look import Compare
from app.viewmodel.ranges import Ranges
from app.viewmodel.sides import Sides, stage_sides
from app.viewmodel.signals import stem_name
from app.viewmodel.strips import MixerState, Strip
from app.words import tr, tr_later
from engine.api import REFERENCE_STAGE, RESIDUAL, SignalKey, Stage

DIFFERENCE_RANGE_DB = 24.0
_SOUNDING = {
    "delta": tr_later("{what} · delta sounding"),
    "comp": tr_later("{what} · comp sounding"),
    "reference": tr_later("{what} · reference sounding"),
}


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
        comp: Which stage the stem's comp takes where.
        gaps: Where the stem is muted.
        note: Why there is no drawing data, where that is as it should be.
        sides: What the stages are called.
    """

    title: str
    caption: str
    drawable: Drawable | None
    minus: Drawable | None = None
    is_difference: bool = False
    sounding: bool = False
    comp: Ranges = field(default_factory=Ranges)
    gaps: Ranges = field(default_factory=Ranges)
    note: str = ""
    sides: Sides = field(default_factory=stage_sides)


def pictures_of(
    strip: Strip, compare: Compare, stages: Sequence[Stage], drawn: Container[SignalKey]
) -> tuple[Picture, ...]:
    """What the lane of a strip shows; one that has no stages shows itself as often as there are columns.

    A single picture is of the signal that sounds, if that one can be drawn, else of the strip's stage.
    """
    heard, reference = _drawn_key(strip), (strip.stem, REFERENCE_STAGE)
    if compare == "single":
        return (Picture(heard if heard in drawn else strip.shown_key),)
    if len(stages) < 2 or strip.stage not in stages:
        own = Picture(strip.shown_key)
        return (own, own) if compare == "side_by_side" else (own,)
    first, second = ((strip.stem, stage) for stage in sorted(stages)[:2])
    difference = Picture(second, minus=first)
    return {
        "side_by_side": (Picture(first), Picture(second)),
        "stacked": (Picture(first), Picture(second), difference, *([Picture(reference)] if reference in drawn else [])),
        "difference": (difference,),
    }[compare]


def shown(picture: Picture, strip: Strip, state: MixerState, drawables: Mapping[SignalKey, Drawable]) -> Shown:
    """Join a picture with its drawing data and its words."""
    stem, number = picture.key
    name, drawable, sides = stem_name(stem), drawables.get(picture.key), state.sides
    note = _note(picture, sides)
    if picture.minus is not None:
        second, first = sides[number], sides[picture.minus[1]]
        difference = tr("{second} − {first}")
        title = f"{name}, {difference.format(second=second.inline, first=first.inline)}"
        caption = tr("{difference}, in dB").format(
            difference=difference.format(second=second.short, first=first.inline)
        )
        other = drawables.get(picture.minus)
        return Shown(title, caption, drawable, other, is_difference=True, gaps=strip.gaps, note=note, sides=sides)
    audible = state.audible(strip)
    sounding = audible and picture.key == _drawn_key(strip) and not note
    if strip.is_source:
        return Shown(name, "", drawable, sounding=sounding)
    if number == REFERENCE_STAGE:
        title, caption = tr("{stem}, reference").format(stem=name), tr("Reference")
    else:
        title, caption = f"{name}, {sides[number].inline}", sides[number].caption
    if sounding:
        caption = tr("{what} · sounding").format(what=caption)
    elif audible and strip.take != "stage" and picture.key == strip.shown_key:
        caption = tr(_SOUNDING[strip.take]).format(what=caption)  # which has no picture of its own
    return Shown(title, caption, drawable, sounding=sounding, comp=strip.comp, gaps=strip.gaps, note=note, sides=sides)


def _note(picture: Picture, sides: Sides) -> str:
    """That one of the sides has no such stem, and where its sound is; empty if both have it."""
    stem = picture.key[0]
    keys = [key for key in (picture.key, picture.minus) if key is not None and key[1] in sides]
    lacking = next((sides[number] for _stem, number in keys if stem in sides[number].lacking), None)
    if lacking is None:
        return ""
    words = tr("{side} does not split off {stem}: it is part of {rest}")
    rest = stem_name(lacking.rest or RESIDUAL)
    return words.format(side=lacking.inline, stem=stem_name(stem), rest=rest)


def _drawn_key(strip: Strip) -> SignalKey:
    """Where the drawing of what sounds is found."""
    return (strip.stem, REFERENCE_STAGE) if strip.take == "reference" else strip.take_key
