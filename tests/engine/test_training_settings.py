"""What a run is made of: presets, the mixing of items, and what a seed decides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.cli import run_command_line
from engine.training.choices import PRESET_NAMES
from engine.training.loop import Trainer
from engine.training.material import Material, Sources
from engine.training.memory_pool import MemoryPool, to_integers
from engine.training.pool import Batches, Mixing, Rng
from engine.training.settings import PRESETS
from engine.training.validation import Item
from tests.support.training import OneSong, batches_of_tones, tones

CPU = torch.device("cpu")


def test_mixture_is_the_sum_and_seeds_reproduce() -> None:
    first, again, other = (batches_of_tones(Mixing(), seed).draw(4, 4096, CPU) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == (4, 4, 2, 4096)
    assert first.isfinite().all()


def test_memory_pool_replaces_songs_in_turn_and_finds_places_that_sound() -> None:
    pool = MemoryPool(2, 4, 88_200, CPU)
    quiet, loud = np.zeros((4, 2, 88_200), np.float32), np.zeros((4, 2, 88_200), np.float32)
    loud[1, :, 44_100:] = 0.5
    pool.add(to_integers(quiet))
    pool.add(to_integers(loud))
    assert pool.filled == 2
    rng = np.random.default_rng(0)
    sounding = [bool(pool.alone(rng, 1, 22_050).any()) for _draw in range(50)]
    # Silence is only returned when twenty draws found none; chance would make it three in four.
    assert sum(sounding) >= 45
    assert not pool.alone(rng, 0, 22_050).any()
    assert float(pool.together(rng, 22_050).abs().max()) == pytest.approx(0.5, abs=1e-4)
    pool.add(to_integers(quiet))
    pool.add(to_integers(quiet))
    assert not pool.together(rng, 22_050).any()


def test_the_papers_presets_mix_stems_of_different_songs_as_they_are() -> None:
    class Alone(OneSong):
        """A pool of which no whole song may be taken."""

        def together(self, rng: Rng, samples: int) -> Tensor:  # noqa: ARG002 - there is nothing to draw
            pytest.fail("took the stems of one song")

    for name in ("paper-full", "paper-light"):
        batches = Batches([(Alone(tones()), 1.0)], 4, PRESETS[name].mixing, 0)
        assert torch.equal(batches.draw(20, 4096, CPU), tones()[None, ..., :4096].expand(20, -1, -1, -1))


def test_a_seed_decides_the_first_weights_and_all_songs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs: list[int] = []
    weights: list[Tensor] = []

    def nothing(sources: Sources, _rendered: None, samples: int, *_rest: object) -> Material:
        songs.append(sources.seed)
        stems = np.random.default_rng(0).standard_normal((4, 2, samples)).astype(np.float32)
        return Material([(OneSong(tones()), 1.0)], [Item("song", stems)], [])

    def train(trainer: Trainer, *_arguments: object) -> None:
        weights.append(torch.cat([value.flatten() for value in trainer.network.state_dict().values()]))

    monkeypatch.setattr("engine.cli.train.prepare_material", nothing)
    monkeypatch.setattr(Trainer, "train", train)
    for run, seed in enumerate((0, 1, 0)):
        options = [
            "--musdb",
            "songs",
            "--model",
            "preset:light-unet",
            "--out",
            str(tmp_path / str(run)),
            "--seed",
            str(seed),
        ]
        assert run_command_line(["train", "--preset", "bundled-cpu", "--device", "cpu", *options]) == 0
    assert songs[0] == songs[2]
    # Songs have the numbers after the seed's, and a run renders thousands of them.
    assert abs(songs[0] - songs[1]) > 1_000_000
    assert torch.equal(weights[0], weights[2])
    assert not torch.equal(weights[0], weights[1])


def test_a_slice_cools_down_over_its_last_part_if_it_is_to() -> None:
    cooling = replace(PRESETS["bundled"], cooldown=0.5)
    assert [cooling.rate_share(share) for share in (0.0, 0.5, 0.75, 1.0)] == pytest.approx([1, 1, 0.1**0.5, 0.1])
    assert replace(cooling, cooldown=0.0).rate_share(1.0) == 1
    assert replace(cooling, schedule="plateau").rate_share(1.0) == 1


def test_every_preset_can_be_chosen() -> None:
    assert tuple(PRESETS) == PRESET_NAMES
