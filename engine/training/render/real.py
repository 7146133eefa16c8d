"""Real songs of the pack: stretches of all their stems at once, aligned as they were recorded.

Shapes: S = 4 stems in the order of `recipe.STEMS`, C = 2 channels, N samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.training.render import recipe
from engine.training.render.assets import Assets
from engine.training.render.bank import Item
from engine.training.render.draw import Rng, one_of
from engine.training.render.effects import peak_of
from engine.training.render.mixbus import Stems, mixture_of
from engine.training.render.recipe import SAMPLE_RATE, Split

EXCERPT_SECONDS = 30.0
# An excerpt of one stem alone has nothing to separate.
FEWEST_STEMS = 2
_TRIES = 20


@dataclass(frozen=True)
class RealExcerpt:
    """A stretch of a real song.

    Attributes:
        stems: (4, 2, N); a stem that the song lacks there is silent.
        song: Its name.
        start_seconds: Where in the song it begins.
    """

    stems: Stems
    song: str
    start_seconds: float


def real_excerpts(assets: Assets, split: Split) -> Iterator[RealExcerpt]:
    """All excerpts of a split, song by song: the held-out spans for validation, everything outside them to train on."""
    for song, items in sorted(_songs(assets).items()):
        for start, stop in _spans(song, _end(items), split):
            stems = _assemble(assets, items, start, stop)
            if _sounding(stems) >= FEWEST_STEMS:
                yield RealExcerpt(stems, song, start / SAMPLE_RATE)


def draw_excerpt(assets: Assets, rng: Rng, samples: int) -> Stems:
    """Stems (S, C, N) from anywhere in a song to train on, silent at the end where an excerpt is shorter.

    Raises:
        ValueError: There are no real songs.
    """
    songs = _songs(assets)
    stems = np.zeros((len(recipe.STEMS), 2, samples), np.float32)
    for _try in range(_TRIES):
        song = one_of(rng, sorted(songs))
        _stem, item = one_of(rng, songs[song])
        start = item.offset + int(rng.integers(item.length))
        # Nowhere, if the recording is held out there.
        stop = next((last for first, last in _stretches(song, _end(songs[song])) if first <= start < last), start)
        drawn = _assemble(assets, songs[song], start, min(stop, start + samples))
        if _sounding(drawn) >= FEWEST_STEMS:
            stems[..., : drawn.shape[-1]] = drawn
            break
    return stems


def _songs(assets: Assets) -> dict[str, list[tuple[int, Item]]]:
    """The recordings of each real song, with the numbers of their stems."""
    by_song: dict[str, list[tuple[int, Item]]] = {}
    for index, stem in enumerate(recipe.STEMS):
        for item in assets.items[f"real/evf_{stem}"]:
            by_song.setdefault(item.group, []).append((index, item))
    return by_song


def _end(items: list[tuple[int, Item]]) -> int:
    return max(item.offset + item.length for _, item in items)


def _sounding(stems: Stems) -> int:
    return sum(bool(stem.any()) for stem in stems)


def _spans(song: str, end: int, split: Split) -> Iterator[tuple[int, int]]:
    """Samples [start, stop) of each excerpt of a song that ends at sample `end`."""
    if split == "valid":
        if song in recipe.HELD_OUT_SPANS_SECONDS:
            first, last = recipe.HELD_OUT_SPANS_SECONDS[song]
            yield round(first * SAMPLE_RATE), round(last * SAMPLE_RATE)
        return
    size = round(EXCERPT_SECONDS * SAMPLE_RATE)
    for first, last in _stretches(song, end):
        for start in range(first, last, size):
            yield start, min(last, start + size)


def _stretches(song: str, end: int) -> list[tuple[int, int]]:
    """Samples [start, stop) of what is not held out."""
    edges = [round(edge * SAMPLE_RATE) for edge in recipe.HELD_OUT_SPANS_SECONDS.get(song, ())]
    return list(zip([0, *edges[1:]], [*edges[:1], end], strict=True))


def _assemble(assets: Assets, items: list[tuple[int, Item]], start: int, stop: int) -> Stems:
    """The stems (S, C, N) of samples [start, stop) of a song, at the level they had, scaled down where they clip."""
    stems = np.zeros((len(recipe.STEMS), 2, stop - start), np.float32)
    for index, item in items:
        low, high = max(start, item.offset), min(stop, item.offset + item.length)
        if high > low:
            part = assets.signal(item, high - item.offset)[:, low - item.offset :]
            stems[index][:, low - start : high - start] += part * np.float32(item.source_gain)
    top = peak_of(mixture_of(stems))
    return stems if top <= 1 else stems * np.float32(0.999 / top)
