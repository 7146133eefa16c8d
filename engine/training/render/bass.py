"""The bass stem: a line under the chords, in step with the kick, on a real, General MIDI or synthesised instrument.

Shapes: N samples of the song; the stem is mono, or stereo where it is a recording.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.separation import Samples
from engine.training.render import recipe
from engine.training.render.draw import Rng, chance, gain, one_of, uniform, weighted
from engine.training.render.dynamics import saturate
from engine.training.render.effects import peak_of
from engine.training.render.instruments import Cues, Instrument, Mono, SampledInstrument, add, midi_hz, play
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.score import BEATS_PER_BAR, Chord
from engine.training.render.session import Session, long_stretch
from engine.training.render.synth import CYCLE, Patch, Synth, decay, draw_patch, running_phase, sine_cycle

LONGEST_SECONDS = {"drone": 8.0}


@dataclass(frozen=True)
class BassNote:
    """One note: onset and length in beats, MIDI pitch, velocity."""

    beat: float
    length: float
    pitch: float
    velocity: float


@dataclass(frozen=True)
class Style:
    """How a line is played: its pattern, the beats of the kick within a bar, its lowest MIDI pitch."""

    pattern: str
    kick: tuple[float, ...]
    lowest: int


def play_bass(session: Session, kick: tuple[float, ...], rng: Rng) -> tuple[Samples, str]:
    """The bass stem (1 or 2, N) and in a word what it is."""
    source = weighted(rng, recipe.BASS_SOURCES)
    if source == "stem" and session.palette.real["bass"]:
        return long_stretch(session, session.palette.real["bass"], "bass", rng), "real stem"
    lowest = int(rng.integers(recipe.BASS_LOWEST_PITCH[0], recipe.BASS_LOWEST_PITCH[1] + 1))
    style = Style(weighted(rng, recipe.BASS_PATTERNS), kick, lowest)
    notes = _line(session, style, rng)
    name, instrument = _draw_instrument(session, source, LONGEST_SECONDS.get(style.pattern, 2.5), rng)
    track = np.zeros(session.samples, np.float32)
    play(track, instrument, _cues(session, notes, rng))
    if source == "synth" and chance(rng, recipe.BASS_GLIDE_P):
        _add_glides(track, session, notes, rng)
    if chance(rng, recipe.BASS_DRIVE_P):
        track /= np.float32(max(peak_of(track), 1e-6))
        track = saturate(track, gain(uniform(rng, recipe.BASS_DRIVE_DB)))
    return track[None], f"{name}, {style.pattern}"


def _draw_instrument(session: Session, source: str, seconds: float, rng: Rng) -> tuple[str, Instrument]:
    longest = int(seconds * SAMPLE_RATE)
    if source == "synth":
        kind = weighted(rng, recipe.BASS_SYNTHS)
        if kind == "fm":
            return "fm", FmBass(rng, longest)
        if kind == "sub":
            patch = Patch(
                sine_cycle(), decay_seconds=uniform(rng, (0.3, 2)), sustain=uniform(rng, (0.2, 1)), release_seconds=0.05
            )
            return "sub", Synth(patch, longest, rng)
        return kind, Synth(draw_patch(rng, session.assets.cycles, "bass"), longest, rng)
    group = session.palette.basses["real" if source == "stem" else source]
    name = one_of(rng, sorted(group))
    parts = sorted({item.part for item in group[name]})
    part = one_of(rng, parts)
    items = [item for item in group[name] if item.part == part]
    return f"{name} {part}", SampledInstrument(
        session.assets, items, longest, int(0.05 * SAMPLE_RATE), uniform(rng, (-8, 8))
    )


class FmBass:
    """A sine whose phase is bent by another, less and less."""

    def __init__(self, rng: Rng, max_samples: int) -> None:
        self.release_samples = int(0.04 * SAMPLE_RATE)
        self._samples = max_samples + self.release_samples
        self._ratio = one_of(rng, (0.5, 1.0, 1.0, 2.0, 3.0))
        index = np.float32(uniform(rng, (0.5, 4))) * decay(self._samples, uniform(rng, (0.05, 0.6))) + np.float32(0.3)
        self._index = index
        self._level = decay(self._samples, uniform(rng, (0.4, 3)))
        self._tones: dict[float, Mono] = {}

    def tone(self, pitch: float, velocity: float) -> Mono:  # noqa: ARG002 - velocity only sets the level
        """A note (n,)."""
        if pitch not in self._tones:
            turn = np.float32(2 * np.pi / CYCLE)
            carrier = running_phase(self._samples, midi_hz(pitch)).astype(np.float32) * turn
            bend = np.sin(running_phase(self._samples, midi_hz(pitch) * self._ratio).astype(np.float32) * turn)
            self._tones[pitch] = np.sin(carrier + self._index * bend) * self._level
        return self._tones[pitch]


def _line(session: Session, style: Style, rng: Rng) -> list[BassNote]:
    """The notes of the whole song."""
    ghosts = chance(rng, recipe.BASS_GHOST_P)
    notes: list[BassNote] = []
    for index, chord in enumerate(session.score.chords):
        following = session.score.chords[(index + 1) % len(session.score.chords)]
        notes += _under(chord, following, style, rng)
    if ghosts:
        extra = [note for note in notes if chance(rng, 0.15)]
        notes += [BassNote(note.beat + 0.25, 0.1, note.pitch, 0.25) for note in extra]
    beats = np.array([note.beat for note in notes])
    return [note for note, kept in zip(notes, session.score.plays("bass", beats), strict=True) if kept]


def _under(chord: Chord, following: Chord, style: Style, rng: Rng) -> list[BassNote]:
    """The notes under one chord."""
    root = style.lowest + (chord.bass - style.lowest) % 12
    fifth = root + (7 if 7 in chord.tones else chord.tones[-1] % 12)
    span = chord.stop - chord.start
    if style.pattern == "drone":
        return [BassNote(chord.start, span, root, 0.8)]
    if style.pattern == "walking":
        target = style.lowest + (following.bass - style.lowest) % 12
        tones = [root, *(root + tone for tone in chord.tones[1:] if tone < 12)]
        walk = [root] + [one_of(rng, tones) for _ in range(max(0, int(span) - 2))] + [target + one_of(rng, (-1, 1))]
        return [BassNote(chord.start + step, 0.9, pitch, 0.8) for step, pitch in enumerate(walk[: int(max(1, span))])]
    notes: list[BassNote] = []
    for beat, length in _rhythm(style, chord.start, span, rng):
        pitch = root
        if style.pattern == "octaves" and round(beat * 2) % 2:
            pitch = root + 12
        elif style.pattern in ("fifths", "syncopated", "kick") and chance(rng, 0.25):
            pitch = one_of(rng, (fifth, root + 12, fifth))
        notes.append(BassNote(beat, length, pitch, 0.9 if beat % BEATS_PER_BAR == 0 else uniform(rng, (0.6, 0.85))))
    return notes


def _rhythm(style: Style, start: float, span: float, rng: Rng) -> list[tuple[float, float]]:
    """Onsets and lengths in beats within a span."""
    if style.pattern == "kick":
        bars = range(int(start // BEATS_PER_BAR), int((start + span) // BEATS_PER_BAR) + 1)
        onsets = [bar * BEATS_PER_BAR + step for bar in bars for step in style.kick]
        onsets = sorted({start, *(beat for beat in onsets if start <= beat < start + span)})
    elif style.pattern == "syncopated":
        steps = [0.0, 1.5, 2.5, 3.5, 3.0]
        onsets = sorted({start, *(start + step for step in steps if step < span and chance(rng, 0.7))})
    else:
        step = {"eighths": 0.5, "octaves": 0.5, "fifths": 1.0}.get(style.pattern, 2.0)
        onsets = [start + step * index for index in range(max(1, int(np.ceil(span / step))))]
    ends = [*onsets[1:], start + span]
    short = 0.55 if chance(rng, 0.2) else 0.95
    return [(onset, (end - onset) * short) for onset, end in zip(onsets, ends, strict=True)]


def _cues(session: Session, notes: list[BassNote], rng: Rng) -> Cues:
    beats = np.array([note.beat for note in notes])
    starts = session.score.samples_at(beats)
    ends = session.score.samples_at(beats + np.array([note.length for note in notes]))
    human = uniform(rng, (0.0, 0.006)) * SAMPLE_RATE * rng.standard_normal(len(notes))
    return Cues(
        starts=np.maximum(0, starts + human).astype(np.int64),
        lengths=np.maximum(200, ends - starts).astype(np.int64),
        pitches=np.array([note.pitch for note in notes], np.float32),
        velocities=np.array([note.velocity for note in notes], np.float32),
    )


def _add_glides(track: Mono, session: Session, notes: list[BassNote], rng: Rng) -> None:
    """Slide down from some notes with a sine, as an 808 does."""
    for note in notes:
        if note.length >= 0.9 and chance(rng, 0.12):
            start = int(session.score.samples_at(note.beat + note.length * 0.5))
            samples = int(min(0.6, note.length * 0.5 * 60 / session.score.bpm) * SAMPLE_RATE)
            hz = np.geomspace(midi_hz(note.pitch), midi_hz(note.pitch - 12), samples)
            slide = np.sin(2 * np.pi / SAMPLE_RATE * np.cumsum(hz)).astype(np.float32)
            add(track, slide * np.hanning(samples).astype(np.float32), start, 0.6)
