"""What the musician did to a song, kept in the folder of its result, so that it outlives the window.

folder/mixer.json    strips with their comps and muted ranges; a file of its own for each pair of compared sides
folder/loop.json     the loop
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from app.settings import write_json
from app.viewmodel.ranges import SILENT, SOUNDING, Ranges
from app.viewmodel.strips import DELTA_GAINS_DB, FADER_MAX_DB, MixerState, MixSettings, Strip, Take
from engine.api import Comparison, Separation, WriteError, from_json_text

Loop = tuple[tuple[int, int] | None, bool]
"""Samples [start, stop) of a loop, if there is one, and whether it is repeated."""

_NO_LOOP: Loop = (None, False)
_PLAIN = ("stage", "take", "take_before", "gain_db", "pan", "muted", "soloed")

_log = logging.getLogger(__name__)
_Note = dict[str, Any]
_Read = TypeVar("_Read")


def write_mix(separation: Separation, mix: MixSettings) -> None:
    """Keep the mix of a song, or of what is compared of it; a folder that cannot be written to is logged."""
    strips = {strip.stem: {name: getattr(strip, name) for name in _PLAIN} for strip in mix.strips}
    for strip in mix.strips:
        strips[strip.stem].update(comp=strip.comp.starts, gaps=strip.gaps.starts)
    _write(_mix_file(separation), {"strips": strips, "delta_gain_db": mix.delta_gain_db})


def read_mix(separation: Separation, begins: MixerState) -> MixerState:
    """The mix that was kept; without one that fits `begins`, which is how the song begins."""

    def read(note: _Note) -> MixerState:
        notes = note["strips"]
        strips = tuple(_strip(notes[strip.stem], strip, begins, separation.samples) for strip in begins.strips)
        delta_gain_db = float(note["delta_gain_db"])
        _demand(0 <= delta_gain_db <= DELTA_GAINS_DB[-1])
        return replace(begins, strips=strips, delta_gain_db=delta_gain_db)

    return _read(_mix_file(separation), read, begins)


def write_loop(separation: Separation, loop: Loop) -> None:
    """Keep the loop of a song; a folder that cannot be written to is logged."""
    span, repeated = loop
    _write(separation.folder / "loop.json", {"span": span, "repeated": repeated})


def read_loop(separation: Separation) -> Loop:
    """The loop that was kept, if it fits the song."""

    def read(note: _Note) -> Loop:
        if note["span"] is None:
            return _NO_LOOP
        start, stop = map(int, note["span"])
        _demand(0 <= start < stop - 1 < separation.samples)
        return (start, stop), bool(note["repeated"])

    return _read(separation.folder / "loop.json", read, _NO_LOOP)


def _mix_file(separation: Separation) -> Path:
    sides = separation.sides if isinstance(separation, Comparison) else ()
    return separation.folder / ("-".join(["mixer", *(f"{side.entry}-{side.stage}" for side in sides)]) + ".json")


def _write(file: Path, note: object) -> None:
    try:
        write_json(file, note)
    except WriteError as error:
        _log.warning("%s was not kept: %s", file.stem, error)


def _read(file: Path, read: Callable[[_Note], _Read], otherwise: _Read) -> _Read:
    try:
        return read(cast("_Note", from_json_text(file.read_text(encoding="ascii"))))
    except FileNotFoundError:
        return otherwise
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        _log.warning("%s was not read: %r", file.stem, error)
        return otherwise


def _strip(note: _Note, begins: Strip, mixer: MixerState, samples: int) -> Strip:
    """Raises ValueError, KeyError or TypeError for what does not fit the song."""
    comp = _ranges(note["comp"], mixer.stages, samples)
    strip = replace(
        begins,
        **{name: type(getattr(begins, name))(note[name]) for name in _PLAIN},
        comp=comp,
        gaps=_ranges(note["gaps"], (SILENT, SOUNDING), samples),
    )
    _demand(strip.stage in ((0,) if strip.is_source else mixer.stages))
    _demand({strip.take, strip.take_before} <= {*get_args(Take)})
    _demand(strip.take == "stage" or (strip.is_stem and (len(mixer.stages) > 1 or strip.take == "reference")))
    _demand(strip.take != "comp" or len(comp.starts) > 1)
    _demand(strip.gain_db <= FADER_MAX_DB and abs(strip.pan) <= 1)
    return strip


def _ranges(note: Sequence[tuple[int, int]], choices: Collection[int], samples: int) -> Ranges:
    starts = tuple((int(at), int(choice)) for at, choice in note)
    places = [at for at, _choice in starts]
    _demand(not starts or (places[0] == 0 and places == sorted(set(places)) and places[-1] < samples))
    _demand({choice for _at, choice in starts} <= {*choices})
    return Ranges(starts)


def _demand(fits: bool) -> None:
    if not fits:
        raise ValueError("it does not fit the song")
