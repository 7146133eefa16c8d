"""What is played when: tempo, chords, note tracks and the sections of a song.

Times are in beats of a quarter, four to a bar; `Score.samples_at` turns them into samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.training.render import recipe
from engine.training.render.draw import Rng, chance, one_of, uniform, weighted
from engine.training.render.recipe import SAMPLE_RATE

Notes = NDArray[np.float32]
"""Rows of onset and length in beats, MIDI pitch, velocity 0 to 1: (notes, 4), by onset."""

BEATS_PER_BAR = 4
MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)

# Semitones above the root.
QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10),
    "sus2": (0, 2, 7), "sus4": (0, 5, 7), "sus4(b7)": (0, 5, 7, 10), "maj6": (0, 4, 7, 9), "min6": (0, 3, 7, 9),
    "dim": (0, 3, 6), "dim7": (0, 3, 6, 9), "hdim7": (0, 3, 6, 10), "aug": (0, 4, 8), "minmaj7": (0, 3, 7, 11),
    "min9": (0, 3, 7, 10, 14), "maj9": (0, 4, 7, 11, 14), "5": (0, 7),
}  # fmt: skip
ROOTS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
BASS_DEGREES = {"3": 4, "b3": 3, "5": 7, "b7": 10, "7": 11}

# (root above the tonic, quality, beats)
Progression = tuple[tuple[int, str, int], ...]
PROGRESSIONS: tuple[tuple[tuple[int, ...], Progression], ...] = (
    (MAJOR, ((0, "maj", 4), (7, "maj", 4), (9, "min", 4), (5, "maj", 4))),
    (MAJOR, ((9, "min", 4), (5, "maj", 4), (0, "maj", 4), (7, "maj", 4))),
    (MAJOR, ((0, "maj", 4), (9, "min", 4), (5, "maj", 4), (7, "maj", 4))),
    (MAJOR, ((5, "maj7", 4), (7, "7", 4), (4, "min7", 4), (9, "min7", 4))),
    (MAJOR, ((2, "min7", 4), (7, "7", 4), (0, "maj7", 8))),
    (MAJOR, ((2, "min9", 4), (7, "7", 4), (0, "maj9", 4), (9, "7", 4))),
    (MINOR, ((0, "min", 4), (8, "maj", 4), (3, "maj", 4), (10, "maj", 4))),
    (MINOR, ((0, "min", 8), (5, "min", 4), (7, "min", 4))),
    (MINOR, ((0, "min", 4), (10, "maj", 4), (8, "maj", 4), (7, "7", 4))),
    (MINOR, ((0, "min7", 8), (5, "7", 8))),
    (MINOR, ((0, "5", 4), (3, "5", 2), (5, "5", 2), (0, "5", 4), (10, "5", 4))),
    (MINOR, ((0, "min", 16),)),
    (MAJOR, ((0, "sus2", 8), (10, "maj", 8))),
    (MAJOR, ((0, "7", 16), (5, "7", 8), (0, "7", 8), (7, "7", 4), (5, "7", 4), (0, "7", 8))),
)


@dataclass(frozen=True)
class Chord:
    """One chord: its span in beats, the pitch class of its bass and of its root, and its tones above the root."""

    start: float
    stop: float
    root: int
    bass: int
    tones: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """A part of the song: its span in beats, its kind and the stems that are silent in it."""

    start: float
    stop: float
    kind: str
    muted: frozenset[str]


@dataclass(frozen=True)
class Score:
    """A song before it sounds.

    Attributes:
        source: Where its notes come from, in a word.
        bpm: Beats per minute.
        swing: How late the second eighth of a beat is: 0 even, 1 a triplet.
        beats: Length of the song.
        scale: Pitch classes of the key.
        chords: Without gaps or overlaps, except where nothing sounds.
        tracks: Note tracks by name: `melody`, `bridge`, `piano`; empty for procedural songs.
        sections: Cover the song.
    """

    source: str
    bpm: float
    swing: float
    beats: float
    scale: tuple[int, ...]
    chords: tuple[Chord, ...]
    tracks: dict[str, Notes]
    sections: tuple[Section, ...]

    @property
    def beat_samples(self) -> float:
        """Samples per beat."""
        return 60.0 * SAMPLE_RATE / self.bpm

    def samples_at(self, beats: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """The samples at which beats sound, with swing."""
        whole, part = np.divmod(np.asarray(beats, np.float64), 1.0)
        late = 0.5 + self.swing / 6
        swung = np.where(part < 0.5, part * 2 * late, late + (part - 0.5) * 2 * (1 - late))
        return (whole + swung) * self.beat_samples

    def plays(self, stem: str, beats: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Whether a stem is not muted at these beats."""
        starts = np.array([section.start for section in self.sections])
        active = np.array([stem not in section.muted for section in self.sections])
        return active[np.clip(np.searchsorted(starts, beats, side="right") - 1, 0, len(starts) - 1)]


def parse_chord(symbol: str) -> tuple[int, int, tuple[int, ...]] | None:
    """Root, bass and tones of a symbol such as `F#:min7/b7`; None for no chord.

    Raises:
        ValueError: It is no chord symbol we know.
    """
    if symbol == "N":
        return None
    name, _, rest = symbol.partition(":")
    quality, _, degree = rest.partition("/")
    try:
        root = (ROOTS[name[0]] + name.count("#") - name[1:].count("b")) % 12
        return root, (root + (BASS_DEGREES[degree] if degree else 0)) % 12, QUALITIES[quality]
    except (KeyError, IndexError) as error:
        raise ValueError(f"{symbol!r} is no chord") from error


def procedural_score(rng: Rng, seconds: float) -> Score:
    """A song of a few chords that repeat."""
    bpm = uniform(rng, recipe.PROCEDURAL_BPM)
    beats = seconds * bpm / 60
    tonic = int(rng.integers(12))
    choices = [PROGRESSIONS[int(index)] for index in rng.choice(len(PROGRESSIONS), 2, replace=False)]
    steps = choices[0][0]
    chords: list[Chord] = []
    at = 0.0
    while at < beats:
        _, progression = choices[0] if len(chords) % 16 < 12 else choices[1]
        for offset, quality, length in progression:
            root = (tonic + offset) % 12
            chords.append(Chord(at, at + length, root, root, QUALITIES[quality]))
            at += length
    scale = tuple((tonic + step) % 12 for step in steps)
    return Score("procedural", bpm, _swing(rng), beats, scale, tuple(chords), {}, draw_sections(rng, beats))


def draw_sections(rng: Rng, beats: float) -> tuple[Section, ...]:
    """Cut a song into sections and mute stems in some of them, but never all."""
    sections: list[Section] = []
    at = 0.0
    while at < beats:
        length = BEATS_PER_BAR * int(weighted(rng, recipe.SECTION_BARS))
        kind = "intro" if at == 0 and chance(rng, 0.4) else weighted(rng, recipe.SECTION_KINDS)
        mutes = recipe.SECTION_MUTE_P[kind]
        muted = {stem for stem in recipe.STEMS if chance(rng, mutes[stem])}
        if len(muted) == len(recipe.STEMS):
            muted.discard(one_of(rng, recipe.STEMS))
        sections.append(Section(at, at + length, kind, frozenset(muted)))
        at += length
    return tuple(sections)


def _swing(rng: Rng) -> float:
    return uniform(rng, recipe.SWING) if chance(rng, recipe.SWING_P) else 0.0
