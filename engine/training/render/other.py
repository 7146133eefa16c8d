"""The other stem: one to five layers of chords, pads, guitars, arpeggios, riffs, leads and stabs.

Shapes: N samples of the song; layers are (2, N).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.separation import Samples
from engine.training.render import recipe
from engine.training.render.bank import Item
from engine.training.render.draw import Rng, chance, gain, log_uniform, one_of, uniform, weighted
from engine.training.render.dynamics import saturate
from engine.training.render.effects import peak_of
from engine.training.render.filters import convolve, high_pass, low_pass, minimum_phase, peak
from engine.training.render.instruments import Cues, Instrument, Mono, SampledInstrument, play
from engine.training.render.parts import write_part
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.score import Notes
from engine.training.render.session import Session, add_stereo, long_stretch
from engine.training.render.synth import Synth, draw_patch

# Classes of sound that were recorded and not rendered from General MIDI begin otherwise.
GENERAL_MIDI = "gm"
RELEASE_SECONDS = {"pad": 0.4, "chords": 0.15, "strum": 0.12, "stabs": 0.08}
PATCH_OF_ROLE = {"pad": "pad", "lead": "lead", "riff": "lead", "stabs": "pluck", "arpeggio": "pluck", "chords": "pluck"}


def play_other(session: Session, rng: Rng) -> tuple[Samples, str]:
    """The other stem (2, N) and in a word what plays."""
    count = int(weighted(rng, recipe.OTHER_LAYERS))
    total = np.zeros((2, session.samples), np.float32)
    names: list[str] = []
    for _ in range(count):
        role = weighted(rng, recipe.OTHER_ROLES)
        layer, name = _riser(session, rng) if role == "riser" else _layer(session, role, rng)
        names.append(f"{role} {name}")
        _mix(total, layer, rng)
    if chance(rng, recipe.REAL_OTHER_P) and session.palette.real["other"]:
        _mix(total, long_stretch(session, session.palette.real["other"], "other", rng), rng)
        names.append("real stem")
    return total, ", ".join(names)


def _mix(total: Samples, layer: Samples, rng: Rng) -> None:
    """Add a layer (1 or 2, N) in place at a level of its own, the same for all layers but for a random part."""
    power = float(np.vdot(layer, layer)) / layer.size
    pan = uniform(rng, recipe.LAYER_PAN) if len(layer) == 1 else 0.0
    level = gain(recipe.LAYER_DB_SIGMA * rng.standard_normal())
    if power > 0:
        add_stereo(total, layer, 0, level / power**0.5, pan)


def _layer(session: Session, role: str, rng: Rng) -> tuple[Samples, str]:
    """One layer (1 or 2, N) and the name of its instrument."""
    notes = write_part(session.score, role, rng)
    notes = notes[session.score.plays("other", notes[:, 0])]
    if chance(rng, 0.3):  # many layers come and go
        silent = {section.kind for section in session.score.sections if chance(rng, 0.4)}
        kinds = np.array([section.kind in silent for section in session.score.sections])
        starts = np.array([section.start for section in session.score.sections])
        notes = notes[~kinds[np.clip(np.searchsorted(starts, notes[:, 0], side="right") - 1, 0, None)]]
    family = weighted(rng, recipe.ROLE_SOURCES[role])
    longest = int(min(4.0, float(notes[:, 1].max(initial=0.5)) * 60 / session.score.bpm + 0.1) * SAMPLE_RATE)
    double = role in ("strum", "pad") and chance(rng, 0.4)
    cues = _cues(session, notes, role, rng)
    drive = (
        gain(uniform(rng, recipe.GUITAR_DRIVE_DB)) if family == "guitar" and chance(rng, recipe.GUITAR_DRIVE_P) else 0.0
    )
    muted = bool(drive) and role != "lead" and chance(rng, recipe.PALM_MUTE_P)
    name, items = _draw_items(session, family, rng)
    tone = minimum_phase(_cabinet(rng, muted)) if drive else None
    sides: list[Mono] = []
    for _ in range(2 if double else 1):
        track = np.zeros(session.samples, np.float32)
        instrument = _instrument(session, items, role, longest, rng)
        play(track, instrument, _muted(cues) if muted else cues)
        sides.append(_amplified(track, drive, tone))
        cues = Cues(_human(cues.starts, 0.012, rng), cues.lengths, cues.pitches, cues.velocities)
    if double:
        return np.stack(sides), f"{name} x2"
    return sides[0][None], name


def _draw_items(session: Session, family: str, rng: Rng) -> tuple[str, tuple[Item, ...]]:
    """The recordings of an instrument of a family; none for a synthesiser or where the split has no such family."""
    kinds = [kind for kind in recipe.FAMILIES.get(family, ()) if kind in session.palette.instruments]
    groups = {name: items for kind in kinds for name, items in session.palette.instruments[kind].items()}
    if not groups:
        return "synth", ()
    real = sorted(name for name in groups if not name.startswith(GENERAL_MIDI))
    name = one_of(rng, real if real and chance(rng, recipe.REAL_KEYS_P) else sorted(groups))
    return name, groups[name]


def _instrument(session: Session, items: tuple[Item, ...], role: str, longest: int, rng: Rng) -> Instrument:
    if not items:
        return Synth(draw_patch(rng, session.assets.cycles, PATCH_OF_ROLE.get(role, "pluck")), longest, rng)
    release = int(RELEASE_SECONDS.get(role, 0.1) * SAMPLE_RATE)
    return SampledInstrument(session.assets, items, longest, release, uniform(rng, (-8, 8)))


def _cues(session: Session, notes: Notes, role: str, rng: Rng) -> Cues:
    score = session.score
    starts, ends = score.samples_at(notes[:, 0]), score.samples_at(notes[:, 0] + notes[:, 1])
    if role == "strum":
        order = np.concatenate([[0.0], np.diff(notes[:, 0])])
        string = np.zeros(len(notes))
        for index in range(1, len(notes)):
            string[index] = string[index - 1] + 1 if order[index] == 0 else 0
        starts = starts + string * uniform(rng, recipe.STRUM_SECONDS) / 4 * SAMPLE_RATE
    jitter = 0.0 if role == "piano" else uniform(rng, (0.0, 0.01))
    return Cues(
        starts=_human(np.maximum(0, starts).astype(np.int64), jitter, rng),
        lengths=np.maximum(400, ends - starts).astype(np.int64),
        pitches=notes[:, 2],
        velocities=np.clip(notes[:, 3] * (1 + 0.1 * rng.standard_normal(len(notes))), 0.1, 1).astype(np.float32),
    )


def _human(starts: NDArray[np.int64], seconds: float, rng: Rng) -> NDArray[np.int64]:
    return np.maximum(0, starts + seconds * SAMPLE_RATE * rng.standard_normal(len(starts))).astype(np.int64)


def _muted(cues: Cues) -> Cues:
    """Palm mutes: short notes."""
    return Cues(cues.starts, np.minimum(cues.lengths, int(0.09 * SAMPLE_RATE)), cues.pitches, cues.velocities)


def _cabinet(rng: Rng, muted: bool) -> NDArray[np.float32]:
    """A loudspeaker's colour: a low-pass and a few resonances."""
    magnitudes = high_pass(uniform(rng, (70, 130))) * low_pass(
        uniform(rng, recipe.CABINET_HZ) * (0.5 if muted else 1.0)
    )
    for _ in range(int(rng.integers(2, 4))):
        magnitudes *= peak(log_uniform(rng, (150, 4_000)), uniform(rng, (2, 8)), uniform(rng, (0.2, 0.5)))
    return magnitudes


def _amplified(track: Mono, drive: float, cabinet: Mono | None) -> Mono:
    """A guitar through an overdriven amplifier; unchanged without drive."""
    top = peak_of(track)
    if cabinet is None or top == 0:
        return track
    return convolve(saturate(track[None], drive / top), cabinet)[0]


def _riser(session: Session, rng: Rng) -> tuple[Samples, str]:
    """Noise that opens up towards the beginning of some sections."""
    track = np.zeros((2, session.samples), np.float32)
    for section in session.score.sections[1:]:
        stop = min(session.samples, int(session.score.samples_at(section.start)))
        samples = min(stop, int(4 * session.score.beat_samples))
        if samples < SAMPLE_RATE // 4 or not chance(rng, 0.6):
            continue
        noise = rng.standard_normal((2, samples), dtype=np.float32)
        swept = convolve(noise, minimum_phase(low_pass(800, 2) * high_pass(200)))
        bright = convolve(noise, minimum_phase(high_pass(2_000)))
        ramp = np.linspace(0, 1, samples, dtype=np.float32)
        swept += (bright - swept) * ramp
        swept *= ramp**2
        add_stereo(track, swept, stop - samples, 1.0, uniform(rng, (-0.5, 0.5)))
    return track, "noise"
