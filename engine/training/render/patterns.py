"""Turns a note pattern of the pack (POP909: melody, bridge, piano, chords) into a score."""

from __future__ import annotations

import numpy as np

from engine.training.render import recipe
from engine.training.render.assets import Assets
from engine.training.render.draw import Rng, chance, one_of, uniform
from engine.training.render.score import (
    BEATS_PER_BAR,
    MAJOR,
    Chord,
    Notes,
    Score,
    draw_sections,
    parse_chord,
)

TICKS_PER_BEAT = 48
CHORD_STEPS_PER_BEAT = 4
TRACKS = ("melody", "bridge", "piano")


def pattern_score(assets: Assets, name: str, rng: Rng, seconds: float) -> Score:
    """A stretch of a note pattern at another tempo and in another key; a pattern that is too short is repeated."""
    bpm, symbols = assets.chords[name]
    bpm *= uniform(rng, recipe.PATTERN_TEMPO_SCALE)
    beats = seconds * bpm / 60
    shift = int(rng.integers(recipe.TRANSPOSE_SEMITONES[0], recipe.TRANSPOSE_SEMITONES[1] + 1))
    chords = _chords(symbols, shift)
    tracks = {track: _notes(assets, f"{name}_{track}", shift) for track in TRACKS}
    end = BEATS_PER_BAR * np.ceil(max([1.0, *(chord.stop for chord in chords)]) / BEATS_PER_BAR)
    phase = _bar_phase(chords)
    bars = int(max(0.0, end - beats) // BEATS_PER_BAR)
    start = phase + BEATS_PER_BAR * int(rng.integers(bars + 1))
    swing = uniform(rng, recipe.SWING) if chance(rng, recipe.SWING_P) else 0.0
    return Score(
        source=f"pattern {name}",
        bpm=bpm,
        swing=swing,
        beats=beats,
        scale=_likeliest_scale(chords),
        chords=tuple(_repeat_chords(chords, start, end, beats)),
        tracks={track: _repeat_notes(notes, start, end, beats) for track, notes in tracks.items()},
        sections=draw_sections(rng, beats),
    )


def draw_pattern(assets: Assets, rng: Rng, seconds: float, split: recipe.Split) -> Score:
    """A score from any pattern of a split."""
    return pattern_score(assets, one_of(rng, assets.palettes[split].patterns), rng, seconds)


def _chords(symbols: list[tuple[int, int, str]], shift: int) -> list[Chord]:
    chords: list[Chord] = []
    for start, stop, symbol in symbols:
        if (parsed := parse_chord(symbol)) is not None:
            root, bass, tones = parsed
            span = start / CHORD_STEPS_PER_BEAT, stop / CHORD_STEPS_PER_BEAT
            chords.append(Chord(*span, (root + shift) % 12, (bass + shift) % 12, tones))
    return chords


def _notes(assets: Assets, name: str, shift: int) -> Notes:
    """A track with absolute onsets; a velocity of 127 becomes 1."""
    rows = assets.patterns[name].astype(np.float32).reshape(-1, 4)
    onsets = np.cumsum(rows[:, 0]) / TICKS_PER_BEAT
    columns = [onsets, rows[:, 1] / TICKS_PER_BEAT, rows[:, 2] + shift, rows[:, 3] / 127]
    return np.stack(columns, axis=1).astype(np.float32)


def _bar_phase(chords: list[Chord]) -> int:
    """The beat of the bar on which most chords begin; the pattern's own bar lines are not reliable."""
    starts = np.array([round(chord.start) for chord in chords] or [0])
    return int(np.bincount(starts % BEATS_PER_BAR, minlength=BEATS_PER_BAR).argmax())


def _likeliest_scale(chords: list[Chord]) -> tuple[int, ...]:
    """The major scale that holds most of the chords' tones, by their length."""
    weights = np.zeros(12)
    for chord in chords:
        for tone in chord.tones:
            weights[(chord.root + tone) % 12] += chord.stop - chord.start
    tonic = int(np.argmax([sum(weights[(key + step) % 12] for step in MAJOR) for key in range(12)]))
    return tuple((tonic + step) % 12 for step in MAJOR)


def _repeat_chords(chords: list[Chord], start: float, end: float, beats: float) -> list[Chord]:
    """The chords from `start` on for `beats`, from the beginning again after `end`."""
    found: list[Chord] = []
    offset = -start
    while offset < beats:
        for chord in chords:
            low, high = max(0.0, chord.start + offset), min(beats, chord.stop + offset)
            if high > low:
                found.append(Chord(low, high, chord.root, chord.bass, chord.tones))
        offset += end
    return found


def _repeat_notes(notes: Notes, start: float, end: float, beats: float) -> Notes:
    """The notes from `start` on for `beats`, from the beginning again after `end`."""
    parts: list[Notes] = []
    offset = -start
    while offset < beats:
        moved = notes + np.array([offset, 0, 0, 0], np.float32)
        parts.append(moved[(moved[:, 0] >= 0) & (moved[:, 0] < beats)])
        offset += end
    return np.concatenate(parts) if parts else notes[:0]
