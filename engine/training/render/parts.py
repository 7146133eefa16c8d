"""Writes the note part of each role of the other stem: voicings, arpeggios, riffs and melodies over the chords."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.training.render.draw import Rng, chance, one_of, uniform
from engine.training.render.score import Chord, Notes, Score

Row = tuple[float, float, float, float]

# Onsets within four beats.
CHORD_RHYTHMS = (
    (0.0,), (0.0,), (0.0, 2.0), (0.0, 1.0, 2.0, 3.0), (0.0, 1.5, 3.0), (0.0, 1.5, 2.5), (0.5, 1.5, 2.5, 3.5),
    (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5), (0.0, 0.75, 1.5, 2.25, 3.0),
)  # fmt: skip
STRUM_RHYTHMS = (
    (0.0, 1.0, 1.5, 2.5, 3.0, 3.5), (0.0, 1.0, 1.5, 2.0, 3.0, 3.5), (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5),
    (0.0, 1.0, 2.0, 3.0), (0.0, 1.5, 2.5, 3.5),
)  # fmt: skip
STAB_RHYTHMS = ((0.0, 1.5), (0.0,), (1.5, 3.5), (0.0, 0.75, 1.5), (2.5, 3.0))
MELODY_LENGTHS = (0.5, 0.5, 0.5, 1.0, 1.0, 0.25, 1.5, 2.0)


def write_part(score: Score, role: str, rng: Rng) -> Notes:
    """The notes (notes, 4) of a role, by onset."""
    writers: dict[str, Callable[[Score, Rng], list[Row]]] = {
        "chords": _chords, "pad": _pad, "strum": _strum, "arpeggio": _arpeggio, "riff": _riff, "stabs": _stabs,
    }  # fmt: skip
    if role == "piano" and len(track := score.tracks.get("piano", _NONE)):
        return track
    if role == "lead":
        for name in ("melody", "bridge"):
            if len(track := score.tracks.get(name, _NONE)) and chance(rng, 0.7):
                return track + np.array([0, 0, one_of(rng, (-12, 0, 0, 12)), 0], np.float32)
        return _notes(_melody(score, rng))
    return _notes(writers.get(role, _chords)(score, rng))


_NONE: Notes = np.zeros((0, 4), np.float32)


def _notes(rows: list[Row]) -> Notes:
    notes = np.array(rows, np.float32).reshape(-1, 4)
    return notes[np.argsort(notes[:, 0], kind="stable")]


def voicing(chord: Chord, lowest: int, count: int) -> list[int]:
    """The `count` lowest tones of a chord from `lowest` up."""
    classes = {(chord.root + tone) % 12 for tone in chord.tones}
    return [pitch for pitch in range(lowest, lowest + 48) if pitch % 12 in classes][:count]


def _struck(score: Score, rhythm: tuple[float, ...], voices: Callable[[Chord], list[int]], hold: float) -> list[Row]:
    """Chords struck in a rhythm; `hold` is the share of the time to the next stroke."""
    rows: list[Row] = []
    for chord in score.chords:
        first = int(chord.start // 4) * 4
        beats = [bar + step for bar in range(first, int(np.ceil(chord.stop)), 4) for step in rhythm]
        beats = [beat for beat in beats if chord.start <= beat < chord.stop] or [chord.start]
        ends = [*beats[1:], chord.stop]
        for beat, end in zip(beats, ends, strict=True):
            velocity = 0.8 if beat % 2 == 0 else 0.65
            rows += [(beat, max(0.1, (end - beat) * hold), pitch, velocity) for pitch in voices(chord)]
    return rows


def _chords(score: Score, rng: Rng) -> list[Row]:
    lowest, count = int(rng.integers(48, 62)), int(rng.integers(3, 5))
    hold = one_of(rng, (0.4, 0.9, 0.95))
    return _struck(score, one_of(rng, CHORD_RHYTHMS), lambda chord: voicing(chord, lowest, count), hold)


def _pad(score: Score, rng: Rng) -> list[Row]:
    lowest, count = int(rng.integers(45, 64)), int(rng.integers(2, 5))
    return _struck(score, (0.0,), lambda chord: voicing(chord, lowest, count), 1.0)


def _strum(score: Score, rng: Rng) -> list[Row]:
    power = chance(rng, 0.35)  # root, fifth and octave, as distorted guitars play
    lowest = int(rng.integers(40, 48))

    def voices(chord: Chord) -> list[int]:
        if not power:
            return voicing(chord, lowest, 5)
        root = lowest + (chord.root - lowest) % 12
        return [root, root + 7, root + 12]

    return _struck(score, one_of(rng, STRUM_RHYTHMS), voices, 0.95)


def _stabs(score: Score, rng: Rng) -> list[Row]:
    lowest = int(rng.integers(52, 64))
    return _struck(score, one_of(rng, STAB_RHYTHMS), lambda chord: voicing(chord, lowest, 3), 0.3)


def _arpeggio(score: Score, rng: Rng) -> list[Row]:
    step = one_of(rng, (0.25, 0.5, 0.5, 1 / 3))
    lowest, count = int(rng.integers(48, 66)), int(rng.integers(3, 7))
    shape = one_of(rng, ("up", "down", "both", "random"))
    hold = uniform(rng, (0.5, 2.0)) * step
    rows: list[Row] = []
    for chord in score.chords:
        tones = voicing(chord, lowest, count)
        order = {"down": tones[::-1], "both": tones + tones[-2:0:-1]}.get(shape, tones)
        for index in range(int(np.ceil((chord.stop - chord.start) / step))):
            pitch = one_of(rng, tones) if shape == "random" else order[index % len(order)]
            rows.append((chord.start + index * step, hold, pitch, 0.8 if index % 4 == 0 else 0.6))
    return rows


def _riff(score: Score, rng: Rng) -> list[Row]:
    """A figure of two bars over the scale that is repeated, moved with the chords' roots."""
    lowest = int(rng.integers(40, 58))
    steps = sorted({0.0, *(float(beat) for beat in rng.choice(np.arange(0, 8, 0.5), int(rng.integers(4, 10))))})
    figure = [
        (beat, int(degree)) for beat, degree in zip(steps, rng.choice([0, 0, 3, 5, 7, 10, 12], len(steps)), strict=True)
    ]
    rows: list[Row] = []
    for chord in score.chords:
        root = lowest + (chord.root - lowest) % 12
        third = 4 if 4 in chord.tones else 3
        first = int(chord.start // 8) * 8
        for bar in range(first, int(np.ceil(chord.stop)), 8):
            for beat, degree in figure:
                if chord.start <= bar + beat < chord.stop:
                    rows.append((bar + beat, uniform(rng, (0.3, 0.6)), root + (third if degree == 3 else degree), 0.8))
    return rows


def _melody(score: Score, rng: Rng) -> list[Row]:
    """A walk on the scale that meets the chords on strong beats, with rests."""
    scale = sorted(score.scale)
    pitches = [pitch for pitch in range(57, 86) if pitch % 12 in scale]
    at, place = 0.0, len(pitches) // 2
    rows: list[Row] = []
    chords = iter(score.chords)
    chord = next(chords, None)
    while chord is not None and at < score.beats:
        length = one_of(rng, MELODY_LENGTHS)
        while chord is not None and chord.stop <= at:
            chord = next(chords, None)
        place = int(np.clip(place + rng.integers(-2, 3), 0, len(pitches) - 1))
        pitch = pitches[place]
        if chord is not None and at % 2 == 0:
            near = voicing(chord, pitch - 2, 2)
            pitch = near[0]
        if not chance(rng, 0.2):
            rows.append((at, length * 0.95, pitch, uniform(rng, (0.6, 0.95))))
        at += length
    return rows
