"""The beats of a song: found once and kept beside its stems, with what the musician says about them.

    folder/beats.json    the beats that were found, in samples, and the metre

Shapes: N samples of the song, B beats.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from engine.checked import checked, from_json_text
from engine.dsp.beats import find_beats
from engine.dsp.onsets import OnsetBuilder
from engine.progress import JobControl
from engine.separation import SOURCE_KEY, Separation
from engine.signals import signal_blocks
from engine.ticks import NO_TICKS, Ticks
from engine.whole_file import whole_file

Places = NDArray[np.float64]

DRUMS = "drums"
BPM_LIMITS = (20.0, 400.0)
BEATS_PER_BAR = (1, 16)
SHIFT_LIMIT_SECONDS = 0.5
# Of the found beats, how often they may be halved (-) or doubled (+).
_LEVELS = (-2, 2)

_BLOCK_SAMPLES = 262_144  # some seconds: a few megabytes, and a prompt answer to a cancel


@dataclass(frozen=True)
class Metre:
    """What the musician says about the beats.

    Attributes:
        bpm: Of beats that are all alike; None follows those that were found.
        anchor: The sample of one of the beats that are all alike.
        level: How often the found beats are doubled, or halved if negative.
        per_bar: Beats of a bar.
        one: The beat closest to this sample, before the shift, is the first of its bar.
        shift_seconds: How much later all clicks are.
    """

    bpm: float | None = None
    anchor: float = 0.0
    level: int = 0
    per_bar: int = 4
    one: int = 0
    shift_seconds: float = 0.0

    def within_limits(self) -> Metre:
        """With every number where it makes sense."""
        return Metre(
            None if self.bpm is None else _limited(self.bpm, *BPM_LIMITS),
            self.anchor,
            int(_limited(self.level, *_LEVELS)),
            int(_limited(self.per_bar, *BEATS_PER_BAR)),
            self.one,
            _limited(self.shift_seconds, -SHIFT_LIMIT_SECONDS, SHIFT_LIMIT_SECONDS),
        )


@dataclass(frozen=True)
class Beats:
    """The beats of one song.

    Attributes:
        sample_rate: In Hz.
        samples: N.
        found: Those that were found, in samples, ascending; empty if there is no beat.
        metre: How they are taken.
    """

    sample_rate: int
    samples: int
    found: tuple[int, ...] = ()
    metre: Metre = Metre()

    @property
    def bpm(self) -> float:
        """The tempo, or that of most beats; 0 if there are no beats."""
        if self.metre.bpm is not None:
            return self.metre.bpm
        if len(self.found) < 2:
            return 0.0
        return 60 * self.sample_rate / float(np.median(np.diff(self.found))) * 2.0**self.metre.level

    def ticks(self) -> Ticks:
        """Where clicks are."""
        metre = self.metre
        places = self._even() if metre.bpm is not None else self._followed()
        if not len(places):
            return NO_TICKS
        first = int(np.abs(places - metre.one).argmin())
        places = np.rint(places + metre.shift_seconds * self.sample_rate).astype(np.int64)
        first -= int((places < 0).sum())
        return Ticks(places[(places >= 0) & (places < self.samples)], metre.per_bar, first)

    def _even(self) -> Places:
        """All alike, through the anchor, from one beat before the song to one after it."""
        distance = 60 * self.sample_rate / cast("float", self.metre.bpm)
        first = -math.ceil(self.metre.anchor / distance) - 1
        count = math.ceil(self.samples / distance) + 3
        return np.asarray(self.metre.anchor + distance * np.arange(first, first + count), np.float64)

    def _followed(self) -> Places:
        places = np.array(self.found, np.float64)
        for _time in range(self.metre.level):
            between = (places[:-1] + places[1:]) / 2
            places = np.sort(np.concatenate([places, between]))
        if self.metre.level < 0 and len(places):
            every = 2**-self.metre.level
            places = places[int(np.abs(places - self.metre.one).argmin()) % every :: every]
        return places


def find_song_beats(separation: Separation, control: JobControl | None = None) -> Beats:
    """Find the beats of a finished song and keep them beside its stems; what is there already is not searched again.

    The drums and everything else are listened to apart; a song that was split without drums is both.

    Raises:
        WriteError: The disk stands in the way.
        Cancelled: `control` asked for it.
    """
    kept = load_beats(separation)
    if kept is not None:
        return kept
    control = control or JobControl()
    split = DRUMS in separation.stems
    drums_key = (DRUMS, separation.final_stage) if split else SOURCE_KEY
    drums, rest = OnsetBuilder(separation.sample_rate), OnsetBuilder(separation.sample_rate)
    for whole, drum_block in zip(
        signal_blocks(separation, SOURCE_KEY, _BLOCK_SAMPLES),
        signal_blocks(separation, drums_key, _BLOCK_SAMPLES),
        strict=True,
    ):
        drums.add(drum_block)
        rest.add(whole - drum_block if split else whole)
        control.checkpoint()
    seconds, first = find_beats(drums.finish(), rest.finish(), control)
    places = np.rint(seconds * separation.sample_rate).astype(int)
    found = tuple(places[places < separation.samples].tolist())
    one = found[first] if first < len(found) else 0
    beats = Beats(separation.sample_rate, separation.samples, found, Metre(one=one))
    save_beats(separation, beats)
    return beats


def even_beats(taps: NDArray[np.float64], sample_rate: int) -> tuple[float, float] | None:
    """The tempo in beats per minute and one beat's sample of taps at these samples (B,), by least squares.

    Returns:
        None if there are fewer than three taps, or they are no steady beat within `BPM_LIMITS`.
    """
    if len(taps) < 3 or (np.diff(taps) <= 0).any():
        return None
    count = np.rint((taps - taps[0]) / np.median(np.diff(taps)))  # a beat may have been left out
    distance, anchor = np.polyfit(count, taps, 1)
    bpm = 60 * sample_rate / float(distance)
    return (bpm, float(anchor)) if BPM_LIMITS[0] <= bpm <= BPM_LIMITS[1] else None


def load_beats(separation: Separation) -> Beats | None:
    """The beats that were kept; None if there are none, or they are damaged."""
    try:
        values = cast("dict[str, Any]", from_json_text(_path(separation).read_text(encoding="ascii")))
        found = tuple(int(place) for place in values["found"])
        metre = checked(Metre(**values["metre"])).within_limits()
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    # Sample numbers that can be computed with.
    if not all(0 <= place < separation.samples for place in found) or max(abs(metre.anchor), abs(metre.one)) > 2**53:
        return None
    return Beats(separation.sample_rate, separation.samples, found, metre)


def save_beats(separation: Separation, beats: Beats) -> None:
    """Keep beats beside the stems, in place of those that were there.

    Raises:
        WriteError: The disk stands in the way; what was there stays.
    """
    path = _path(separation)
    with whole_file(path) as part:
        part.write_text(json.dumps({"found": beats.found, "metre": asdict(beats.metre)}), encoding="ascii")


def _path(separation: Separation) -> Path:
    return separation.folder / "beats.json"


def _limited(value: float, lowest: float, highest: float) -> float:
    return min(max(value, lowest), highest)
