"""What a run trains on and is validated on: rendered songs, the real songs of the asset pack, a folder of songs.

Shapes: S sources, C = 2 channels, n samples.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.stems import DEFAULT_STEMS
from engine.training.augment import Augmented
from engine.training.memory_pool import MemoryPool, to_integers
from engine.training.pool import StemPool
from engine.training.render.assets import Assets
from engine.training.render.real import real_excerpts
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.song import render_song
from engine.training.render_pool import RenderPlan, RenderPool
from engine.training.songs import SongFolder
from engine.training.validation import Item

# How often each kind of song is drawn where there are several.
_WEIGHTS = {"rendered": 0.7, "real": 0.3, "folder": 1.0}
# Of the songs that are to be held, so many are awaited before training begins.
_FIRST_SHARE = 0.25
# A validation item is this many training segments long.
_ITEM_SEGMENTS = 4


@dataclass(frozen=True)
class Sources:
    """Where the songs come from.

    Attributes:
        musdb: Folder of songs in the layout of MUSDB18-HQ.
        cache: Where the decoded songs of `musdb` are kept.
        songs: Rendered songs of a minute that are held at a time.
        workers: Processes that render.
        validation_items: Of each kind.
        seed: Of the first rendered song.
        augment: Share of the draws from recorded songs that are augmented, those of the pack while songs are rendered;
            rendered ones have effects of their own.
    """

    musdb: Path | None
    cache: Path
    songs: int
    workers: int
    validation_items: int
    seed: int
    augment: float

    def plan(self, assets: Path, decoded: Path) -> RenderPlan:
        """How to render songs from an asset pack; see `RenderPlan` for the folder of its decoded banks."""
        return RenderPlan(
            assets,
            decoded,
            self.songs,
            self.workers,
            awaited=max(1, round(_FIRST_SHARE * self.songs)),
            seed=self.seed,
            recorded=_WEIGHTS["real"] * self.augment / self.weights[0],
        )

    @property
    def weights(self) -> tuple[float, float]:
        """How often the renderers' songs are drawn, augmented ones among them, and the pack's real ones as they are."""
        augmented = _WEIGHTS["real"] * self.augment
        return _WEIGHTS["rendered"] + augmented, _WEIGHTS["real"] - augmented

    def augmented(self, pool: StemPool) -> StemPool:
        """Add augmentation to recorded songs, if it is wanted."""
        return Augmented(pool, len(DEFAULT_STEMS), self.augment) if self.augment else pool


@dataclass(frozen=True)
class Material:
    """Songs to draw from, with weights, validation items, and what is wrong with the songs, one sentence each."""

    pools: list[tuple[StemPool, float]]
    items: list[Item]
    warnings: list[str]


def prepare_material(
    sources: Sources,
    rendered: RenderPool | None,
    segment_samples: int,
    device: torch.device,
    on_song: Callable[[str, int, int], None],
) -> Material:
    """Prepare the other songs and the validation items.

    Args:
        sources: Where they come from.
        rendered: Songs that are being rendered, if any.
        segment_samples: Length of a training item.
        device: Where the pack's real songs are kept.
        on_song: Told what is done to songs, how many are there and how many are awaited.

    Raises:
        EngineError: The sources cannot be used.
    """
    item_samples = _ITEM_SEGMENTS * segment_samples
    pools: list[tuple[StemPool, float]] = []
    items: list[Item] = []
    warnings: list[str] = []
    if rendered is not None:
        assets = rendered.assets()
        items.extend(rendered_items(assets, sources.validation_items, item_samples))
        items.extend(real_items(assets, item_samples))
        rendered_weight, real_weight = sources.weights
        pools.append((rendered, rendered_weight))
        if sources.augment < 1:
            pools.append((_real_pool(assets, device), real_weight))
    if sources.musdb is not None:
        reading = functools.partial(on_song, "reading")
        train = SongFolder(sources.musdb, sources.cache, DEFAULT_STEMS, "train", reading)
        warnings = train.warnings
        valid = SongFolder(sources.musdb, sources.cache, DEFAULT_STEMS, "valid")
        places = valid.validation_items(item_samples, sources.validation_items).numpy()
        items.extend(Item(f"place {index}", stems) for index, stems in enumerate(places))
        pools.append((sources.augmented(train), _WEIGHTS["folder"]))
    return Material(pools, items, warnings)


def rendered_items(assets: Assets, count: int, samples: int) -> Iterator[Item]:
    """The same items for every run: the middle of one rendered song of the validation split each."""
    for seed in range(count):
        stems = render_song(assets, seed, 2 * samples / SAMPLE_RATE, "valid").stems
        yield Item(f"rendered {seed}", stems[..., samples // 2 : samples // 2 + samples])


def real_items(assets: Assets, samples: int) -> Iterator[Item]:
    """The validation spans of the real songs, cut into items."""
    for excerpt in real_excerpts(assets, "valid"):
        for start in range(0, excerpt.stems.shape[-1] - samples + 1, samples):
            yield Item(excerpt.song, excerpt.stems[..., start : start + samples])


def _real_pool(assets: Assets, device: torch.device) -> MemoryPool:
    excerpts = [excerpt.stems for excerpt in real_excerpts(assets, "train")]
    longest = max(stems.shape[-1] for stems in excerpts)
    pool = MemoryPool(len(excerpts), len(DEFAULT_STEMS), longest, device)
    for stems in excerpts:
        pool.add(to_integers(np.pad(stems, ((0, 0), (0, 0), (0, longest - stems.shape[-1])))))
    return pool
