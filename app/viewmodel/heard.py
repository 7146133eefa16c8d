"""What is heard, in the words of an export: the mix's gains, with what the engine does not know put in its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.viewmodel.strips import MixerState, gains
from engine.api import COMP, CompStarts, Gains, SignalKey


@dataclass(frozen=True)
class Heard:
    """A mix that can be written.

    Attributes:
        gains: Of every signal that sounds.
        comps: Those that `gains` names.
        words: What sounds, in one line.
        left_out: Names of the stems whose reference sounds, which is no part of the song.
    """

    gains: Gains = field(default_factory=dict[SignalKey, tuple[float, float]])
    comps: Mapping[str, CompStarts] = field(default_factory=dict[str, CompStarts])
    words: str = ""
    left_out: tuple[str, ...] = ()


def heard(state: MixerState) -> Heard:
    """The mix of these strips."""
    sounding = gains(state)
    made: dict[SignalKey, tuple[float, float]] = {}
    comps: dict[str, CompStarts] = {}
    left_out: list[str] = []
    for strip in state.strips:
        if strip.key not in sounding:
            continue
        left, right = sounding[strip.key]
        if strip.take == "reference":
            left_out.append(strip.stem)
        elif strip.take == "comp":
            made[strip.stem, COMP] = (left, right)
            comps[strip.stem] = strip.comp.starts
        elif strip.take == "delta":  # what stage 2 adds to stage 1
            made[strip.stem, 2] = (left, right)
            made[strip.stem, 1] = (-left, -right)
        else:
            made[strip.take_key] = (left, right)
    return Heard(made, comps, state.sounding(), tuple(left_out))
