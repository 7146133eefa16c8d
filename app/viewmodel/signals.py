"""The signals of a finished song and what people call them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.api import SOURCE_KEY, AudioSignal, Separation, SignalKey, signal_keys, signal_of

SOURCE = SOURCE_KEY[0]

STAGE_NAMES: Mapping[int, str] = {1: "mask", 2: "mask + residual"}


def stem_name(stem: str) -> str:
    """What people call a stem."""
    return "Original" if stem == SOURCE else stem[:1].upper() + stem[1:]


def signals_of(separation: Separation) -> Mapping[SignalKey, AudioSignal]:
    """The original and every stage of every stem and of the residual, mapped from disk."""
    return {key: signal_of(separation, key) for key in signal_keys(separation)}
