"""The drum stem: a kit, grooves with variations and fills, loops, drum machines.

Shapes: N samples of the song; tracks are (2, N).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.separation import Samples
from engine.training.render import recipe
from engine.training.render.bank import Item
from engine.training.render.draw import Rng, chance, gain, one_of, uniform, weighted
from engine.training.render.grooves import GROOVES, LEVELS, Groove
from engine.training.render.instruments import SAME_LAYER, resample
from engine.training.render.machine import MACHINE_PIECES, machine_hit
from engine.training.render.palette import Groups
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.score import BEATS_PER_BAR, Section
from engine.training.render.session import Session, add_stereo, long_stretch

STEPS = 16
# What stands in for a piece that neither the kit nor the spare pieces have.
STAND_INS = {"rim": "snare", "clap": "snare", "ride": "hat_closed", "ride_bell": "ride", "crash": "hat_open",
             "hat_open": "hat_closed", "shaker": "hat_closed", "perc": "rim", "tom": "kick"}  # fmt: skip
PAN = {"hat_closed": 0.35, "hat_open": 0.35, "ride": -0.4, "ride_bell": -0.4, "crash": 0.5, "shaker": -0.5, "perc": 0.6}


@dataclass(frozen=True)
class Voice:
    """One recording of a piece: its sound (C, n) and how hard it was struck."""

    sound: Samples
    velocity: float


@dataclass(frozen=True)
class Stroke:
    """One stroke: which piece, when and how hard."""

    piece: str
    beat: float
    velocity: float


def draw_groove(rng: Rng, bpm: float) -> Groove:
    """A groove, mostly one that is at home at this tempo."""
    fitting = [groove for groove in GROOVES if groove.bpm[0] <= bpm <= groove.bpm[1]]
    return one_of(rng, fitting if fitting and chance(rng, 0.85) else GROOVES)


def play_drums(session: Session, groove: Groove, rng: Rng) -> tuple[Samples, str]:
    """The drum stem (2, N) and in a word what it is."""
    if chance(rng, recipe.REAL_DRUMS_P) and session.palette.real["drums"]:
        return long_stretch(session, session.palette.real["drums"], "drums", rng), "real stem"
    source = weighted(rng, recipe.DRUM_SOURCES)
    if source == "loop" and session.palette.loops:
        return _loop(session, one_of(rng, session.palette.loops)), "loop"
    name, kit = _draw_kit(session, source, rng)
    strokes = [stroke for section in session.score.sections for stroke in _section(section, groove, rng)]
    return _strike(session, kit, strokes, rng), f"{name}, {groove.name}"


def _draw_kit(session: Session, source: str, rng: Rng) -> tuple[str, dict[str, list[Voice]]]:
    """A kit's name and the recordings of each piece."""
    kits = session.palette.kits
    if source == "synth":
        return "machine", {piece: [Voice(machine_hit(piece, rng), 0.8)] for piece in MACHINE_PIECES}
    family = source if source in kits else one_of(rng, sorted(kits))
    name = one_of(rng, sorted(kits[family]))
    if family == "electronic":  # one sound per piece, from anywhere
        pools = [kits[family][kit] for kit in sorted(kits[family])]
        merged = {
            piece: tuple(item for pool in pools for item in pool.get(piece, ())) for pool in pools for piece in pool
        }
        chosen = {piece: (one_of(rng, hits),) for piece, hits in merged.items()}
        name = "electronic"
    else:
        chosen = _one_set(kits[family][name], rng)
    spare = _one_set(session.palette.spare, rng)
    return name, {piece: [_voice(session, item) for item in hits] for piece, hits in {**spare, **chosen}.items()}


def _one_set(pieces: Groups, rng: Rng) -> Groups:
    """Percussion and crashes hold different instruments: take a few of them."""
    few = {"perc": 2, "crash": 2, "tom": 6}
    return {
        piece: tuple(hits[int(i)] for i in rng.permutation(len(hits))[: few.get(piece, 12)])
        for piece, hits in pieces.items()
    }


def _voice(session: Session, item: Item) -> Voice:
    return Voice(session.assets.signal(item), item.velocity)


def _section(section: Section, groove: Groove, rng: Rng) -> list[Stroke]:
    """The strokes of one section."""
    if "drums" in section.muted:
        return []
    bars = round((section.stop - section.start) / BEATS_PER_BAR)
    marks = _arranged(groove, section.kind, rng)
    ghosts = chance(rng, recipe.GHOST_P)
    percussion = _percussion(rng) if chance(rng, recipe.PERCUSSION_P) else ""
    strokes = [Stroke("crash", section.start, 0.9)] if section.kind == "chorus" or chance(rng, 0.3) else []
    for bar in range(bars):
        start = section.start + bar * BEATS_PER_BAR
        fill = bar == bars - 1 and chance(rng, recipe.FILL_P)
        fill_from = STEPS - int(rng.integers(1, 4)) * 4 if fill else STEPS
        for piece, row in (*marks.items(), ("perc", percussion)):
            strokes += _row(piece, row[:fill_from], start)
        if ghosts:
            strokes += [Stroke("snare", start + int(step) / 4, 0.2) for step in rng.integers(0, fill_from, 2)]
        if fill:
            strokes += _fill(start, fill_from, rng)
    return strokes


def _arranged(groove: Groove, kind: str, rng: Rng) -> dict[str, str]:
    """Which piece plays which row of a groove in a kind of section."""
    time = {"ride": "ride", "brush": "ride", "tom": "tom"}.get(groove.feel, "hat_closed")
    if kind == "chorus" and chance(rng, 0.4):
        time = one_of(rng, ("ride", "hat_open", "crash")) if chance(rng, 0.3) else "ride"
    back = one_of(rng, ("rim", "snare", "clap")) if kind in ("verse", "intro") and chance(rng, 0.3) else "snare"
    marks = {"kick": groove.kick, back: groove.snare, time: groove.hat}
    if kind == "chorus" and back == "snare" and chance(rng, 0.2):
        marks["clap"] = groove.snare.replace("o", ".")
    if kind in ("intro", "break") and chance(rng, 0.5):
        del marks[one_of(rng, ("kick", back, time))]
    return marks


def _row(piece: str, row: str, start: float) -> list[Stroke]:
    def struck(mark: str) -> str:
        return "hat_open" if mark == "-" and piece.startswith("hat") else piece

    return [Stroke(struck(mark), start + step / 4, LEVELS[mark]) for step, mark in enumerate(row) if mark in LEVELS]


def _percussion(rng: Rng) -> str:
    return "".join(one_of(rng, "....xo") for _ in range(STEPS))


def _fill(start: float, first: int, rng: Rng) -> list[Stroke]:
    """A run over snare and toms that grows louder."""
    pieces = one_of(rng, (("snare",), ("snare", "tom"), ("tom",), ("snare", "kick", "tom")))
    steps = [step for step in range(first, STEPS) if chance(rng, 0.8)]
    return [Stroke(one_of(rng, pieces), start + step / 4, 0.5 + 0.5 * step / STEPS) for step in steps]


def _strike(session: Session, kit: dict[str, list[Voice]], strokes: Sequence[Stroke], rng: Rng) -> Samples:
    """Place the strokes on a track (2, N)."""
    track = np.zeros((2, session.samples), np.float32)
    if not strokes:
        return track
    timing = uniform(rng, recipe.DRUM_TIMING_SECONDS) * SAMPLE_RATE
    starts = session.score.samples_at(np.array([stroke.beat for stroke in strokes]))
    starts = np.maximum(0, starts + timing * rng.standard_normal(len(strokes))).astype(np.int64)
    loudness = np.clip(1 + 0.12 * rng.standard_normal(len(strokes)), 0.5, 1.5)
    loudness *= uniform(rng, recipe.SOFT_VELOCITY) if chance(rng, recipe.SOFT_P) else 1.0
    turns = rng.integers(0, 1 << 16, len(strokes))
    side = 1 if chance(rng, 0.5) else -1
    levels = {piece: gain(db + recipe.PIECE_SPREAD_DB * rng.standard_normal()) for piece, db in recipe.PIECE_DB.items()}
    for stroke, start, human, turn in zip(strokes, starts.tolist(), loudness.tolist(), turns.tolist(), strict=True):
        voices = _voices(kit, stroke.piece)
        velocity = min(1.0, stroke.velocity * human)
        index = _choose(voices, velocity, turn)
        pan = side * PAN.get(stroke.piece, 0.0)
        if stroke.piece == "tom":
            pan = side * (index / len(voices) - 0.5)
        add_stereo(track, voices[index].sound, start, levels[stroke.piece] * velocity**1.5, pan)
    return track


def _voices(kit: dict[str, list[Voice]], piece: str) -> list[Voice]:
    while piece not in kit:
        piece = STAND_INS[piece]
    return kit[piece]


def _choose(voices: list[Voice], velocity: float, turn: int) -> int:
    """Which of the recordings that were struck about as hard."""
    distances = [abs(voice.velocity - velocity) for voice in voices]
    close = [index for index, distance in enumerate(distances) if distance <= min(distances) + SAME_LAYER]
    return close[turn % len(close)]


def _loop(session: Session, item: Item) -> Samples:
    """A loop at the song's tempo, as if it were 1, 2, 4 or 8 bars long, whichever changes it least."""
    bar = BEATS_PER_BAR * session.score.beat_samples
    ratio = min((item.length / (bar * bars) for bars in (0.5, 1, 2, 4, 8)), key=lambda value: abs(np.log(value)))
    sound = np.stack([resample(side, float(ratio)) for side in session.assets.signal(item)])
    track = np.zeros((2, session.samples), np.float32)
    for section in session.score.sections:
        if "drums" in section.muted:
            continue
        start, stop = session.span(section.start, section.stop)
        for at in range(start, stop, sound.shape[1]):
            add_stereo(track, sound[:, : stop - at], at, 1.0, 0.0)
    return track
