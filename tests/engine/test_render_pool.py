"""Songs rendered by processes: they arrive, they are those of their seeds, and nothing stays behind."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import EngineError
from engine.training.memory_pool import to_integers
from engine.training.render.assets import load_assets
from engine.training.render.song import render_song
from engine.training.render_pool import RenderPlan, RenderPool
from tests.support.assets import make_pack

CPU = torch.device("cpu")


@pytest.mark.slow
def test_songs_of_the_seeds_arrive_and_nothing_stays(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    plan = RenderPlan(pack, seed=5, song_seconds=4.0, songs=3, workers=1)
    counts: list[int] = []
    with RenderPool(plan, CPU) as pool:
        pool.fill(2, counts.append)
        rng = np.random.default_rng(0)
        found = [pool.together(rng, plan.song_samples) for _draw in range(20)]
    assert counts[-1] >= 2
    assets = load_assets(pack)
    expected = [to_integers(render_song(assets, seed, 4.0).stems).astype(np.float32) / 32_767 for seed in range(5, 12)]
    for song in found:
        assert any(np.allclose(song.numpy(), other, atol=1e-6) for other in expected)
    assert not multiprocessing.active_children()


def test_a_renderer_that_dies_with_a_song_ready_is_one_clear_error(tmp_path: Path) -> None:
    # Without a pack it sends a sentence and ends; what it was sent before lies unread.
    plan = RenderPlan(tmp_path / "nowhere", song_seconds=2.0, songs=1, workers=1)
    with RenderPool(plan, CPU) as pool:
        (worker,) = pool._workers  # pyright: ignore[reportPrivateUsage]
        worker.connection.send(None)
        assert isinstance(worker.connection.recv(), str)
        with pytest.raises(EngineError, match="died; is there enough memory"):
            pool.fill(1)


def test_a_pack_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    plan = RenderPlan(tmp_path / "nowhere", song_seconds=2.0, songs=1, workers=1)
    with RenderPool(plan, CPU) as pool, pytest.raises(EngineError, match="nowhere"):
        pool.fill(1)
    assert not multiprocessing.active_children()
