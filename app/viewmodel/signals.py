"""The signals of a finished song and what people call them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.api import SOURCE_KEY, Samples, Separation, SignalKey

SOURCE = SOURCE_KEY[0]

STAGE_NAMES: Mapping[int, str] = {1: "mask", 2: "mask + residual"}


def stem_name(stem: str) -> str:
    """What people call a stem."""
    return "Original" if stem == SOURCE else stem[:1].upper() + stem[1:]


def signals_of(separation: Separation) -> Mapping[SignalKey, Samples]:
    """The original and every stage of every stem, mapped from disk."""
    stems = {
        (stem, stage): separation.stem_signal(stem, stage) for stem in separation.stems for stage in separation.stages
    }
    return {SOURCE_KEY: separation.source_signal(), **stems}
