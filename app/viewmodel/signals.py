"""The signals of a finished song and what people call them.

A signal's key is a stem's name and a number: 0 is the source, 1 and 2 are the stages (or the sides A and B of a
`Comparison`, which are the same to all rules), `DELTA` is what stage 2 adds to stage 1, and the others are made or
opened while a song is on show: its reference, its comp, and what sounds of it with the muted ranges in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.words import tr, tr_later
from engine.api import RESIDUAL, SOURCE_KEY, AudioSignal, Difference, Separation, SignalKey, signal_keys, signal_of

SOURCE = SOURCE_KEY[0]

DELTA, REFERENCE, COMPED, WITH_GAPS = 3, 4, 5, 6
_STEM_NAMES = {
    SOURCE: tr_later("Original"),
    "vocals": tr_later("Vocals"),
    "bass": tr_later("Bass"),
    "drums": tr_later("Drums"),
    "other": tr_later("Other"),
    RESIDUAL: tr_later("Residual"),
}


def stem_name(stem: str) -> str:
    """What people call a stem; one that is not among the usual ones keeps its name."""
    return tr(_STEM_NAMES[stem]) if stem in _STEM_NAMES else stem[:1].upper() + stem[1:]


def stem_names(stems: Iterable[str]) -> str:
    """What people call these stems, in a row."""
    return ", ".join(map(stem_name, stems))


def stem_called(text: str) -> str:
    """The stem that people call this; any other text, in small letters, is a stem's name itself."""
    said = text.strip().lower()
    return next((stem for stem, name in _STEM_NAMES.items() if tr(name).lower() == said), said)


def signals_of(separation: Separation) -> Mapping[SignalKey, AudioSignal]:
    """What a song is drawn from: the original, and every stage of every stem and of the residual, mapped from disk."""
    return {key: signal_of(separation, key) for key in signal_keys(separation)}


def heard_signals(separation: Separation) -> Mapping[SignalKey, AudioSignal]:
    """What a song is played from: `signals_of` and the deltas."""
    signals = signals_of(separation)
    if len(separation.stages) < 2:
        return signals
    deltas = {(stem, DELTA): Difference(signals[stem, 2], [signals[stem, 1]]) for stem in separation.stems}
    return {**signals, **deltas}
