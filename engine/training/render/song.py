"""Renders one song from a seed.

Shapes: S = 4 stems in the order of `recipe.STEMS`, C = 2 channels, N samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.separation import Samples
from engine.training.render import recipe
from engine.training.render.assets import Assets
from engine.training.render.bass import play_bass
from engine.training.render.draw import Rng, chance, weighted
from engine.training.render.drums import draw_groove, play_drums
from engine.training.render.effects import stem_chain
from engine.training.render.mixbus import Stems, balance, master, mixture_of
from engine.training.render.other import play_other
from engine.training.render.patterns import draw_pattern
from engine.training.render.recipe import SAMPLE_RATE, Split
from engine.training.render.score import Score, procedural_score
from engine.training.render.session import Session
from engine.training.render.vocals import play_vocals

# Seeds of the two splits never meet.
SPLIT_KEYS: dict[Split, int] = {"train": 0, "valid": 1}
SHORTEST_SECONDS = 1.0


@dataclass(frozen=True)
class RenderedSong:
    """A song and its stems.

    Attributes:
        stems: (4, 2, N) in the order vocals, bass, drums, other; a stem may be silent.
        description: What was drawn, in words.
        bpm: Quarters per minute; the first begins the song and a bar of four.
    """

    stems: Stems
    description: dict[str, str]
    bpm: float

    @property
    def mixture(self) -> Samples:
        """The mixture (2, N): ((vocals + bass) + drums) + other in float32, within full scale."""
        return mixture_of(self.stems)


def render_song(assets: Assets, seed: int, seconds: float = 60.0, split: Split = "train") -> RenderedSong:
    """Draw and render a song; the same arguments give the same bits on one machine.

    Raises:
        ValueError: It is shorter than a second.
    """
    if seconds < SHORTEST_SECONDS:
        raise ValueError(f"a song of {seconds} s is too short")
    master_rng = np.random.default_rng(np.random.SeedSequence([SPLIT_KEYS[split], seed]))
    # A generator for each part: a change in one leaves the others as they are.
    plan, drums_rng, bass_rng, other_rng, vocals_rng, bus = master_rng.spawn(6)
    session = Session(
        assets, assets.palettes[split], _score(assets, plan, seconds, split), round(seconds * SAMPLE_RATE)
    )
    sounding = _draw_stems(plan)
    description = {"score": session.score.source, "bpm": f"{session.score.bpm:.0f}"}
    groove = draw_groove(drums_rng, session.score.bpm)
    players: dict[str, Callable[[Rng], tuple[Samples, str]]] = {
        "vocals": lambda rng: play_vocals(session, rng),
        "bass": lambda rng: play_bass(session, groove.kick_beats, rng),
        "drums": lambda rng: play_drums(session, groove, rng),
        "other": lambda rng: play_other(session, rng),
    }
    stems = np.empty((len(recipe.STEMS), 2, session.samples), np.float32)
    for stem, name, rng in zip(stems, recipe.STEMS, (vocals_rng, bass_rng, drums_rng, other_rng), strict=True):
        if name in sounding:
            played, description[name] = players[name](rng)
            stem_chain(played, name, rng, stem)
        else:
            stem[:] = 0
    return RenderedSong(master(stems, balance(stems, bus), bus), description, session.score.bpm)


def _score(assets: Assets, rng: Rng, seconds: float, split: Split) -> Score:
    if weighted(rng, recipe.HARMONY) == "patterns":
        return draw_pattern(assets, rng, seconds, split)
    return procedural_score(rng, seconds)


def _draw_stems(rng: Rng) -> set[str]:
    """The stems that sound; at least one."""
    sounding = {stem for stem in recipe.STEMS if not chance(rng, recipe.STEM_DROP_P[stem])}
    return sounding or {"other"}
