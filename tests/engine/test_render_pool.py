"""Songs rendered by processes: they arrive, they are those of their seeds, and nothing stays behind."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import EngineError
from engine.training.memory_pool import to_integers
from engine.training.render.assets import NOTES, load_assets
from engine.training.render.song import render_song
from engine.training.render_pool import RenderPlan, RenderPool
from tests.support.assets import make_pack

CPU = torch.device("cpu")


@pytest.mark.slow
def test_songs_of_the_seeds_arrive_and_nothing_stays(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    plan = RenderPlan(pack, tmp_path / "decoded", seed=5, song_seconds=4.0, songs=3, awaited=2, workers=1)
    told: list[tuple[int, int]] = []
    with RenderPool(plan, CPU) as pool:
        assets = pool.assets()
        pool.wait(lambda *counts: told.append(counts))
        rng = np.random.default_rng(0)
        found = [pool.together(rng, plan.song_samples) for _draw in range(20)]
    assert told[-1] == (2, 2)
    assert told.count((2, 2)) == 1
    assert all(isinstance(bank, np.memmap) for bank in assets.banks.values())
    assets = load_assets(pack)
    expected = [to_integers(render_song(assets, seed, 4.0).stems).astype(np.float32) / 32_767 for seed in range(5, 12)]
    for song in found:
        assert any(np.allclose(song.numpy(), other, atol=1e-6) for other in expected)
    assert not multiprocessing.active_children()


def test_a_pool_is_closed_at_once_while_it_is_being_prepared(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    threads = threading.active_count()
    with RenderPool(RenderPlan(pack, tmp_path / "decoded", song_seconds=2.0, songs=1, workers=1), CPU) as pool:
        (worker,) = pool._workers  # pyright: ignore[reportPrivateUsage]
        memory = worker._memory.name  # pyright: ignore[reportPrivateUsage]
    assert not multiprocessing.active_children()
    assert threading.active_count() == threads
    with pytest.raises(FileNotFoundError):
        SharedMemory(memory)


def test_a_renderer_that_dies_is_one_clear_error(tmp_path: Path) -> None:
    plan = RenderPlan(make_pack(tmp_path / "pack"), tmp_path / "decoded", song_seconds=2.0, songs=1, workers=1)
    with RenderPool(plan, CPU) as pool:
        (child,) = multiprocessing.active_children()
        child.kill()
        with pytest.raises(EngineError, match="died; is there enough memory"):
            pool.wait()


def test_what_a_renderer_cannot_do_is_one_clear_error(tmp_path: Path) -> None:
    # Only renderers read the patterns here.
    pack = make_pack(tmp_path / "pack")
    (pack / NOTES).unlink()
    plan = RenderPlan(pack, tmp_path / "decoded", song_seconds=2.0, songs=1, workers=1)
    with RenderPool(plan, CPU) as pool, pytest.raises(EngineError, match=r"rendering training songs failed: .*pop909"):
        pool.wait()
    assert not multiprocessing.active_children()


def test_a_pack_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    plan = RenderPlan(tmp_path / "nowhere", tmp_path / "decoded", song_seconds=2.0, songs=1, workers=1)
    with RenderPool(plan, CPU) as pool:
        for ask in (pool.assets, pool.wait):
            with pytest.raises(EngineError, match="nowhere"):
                ask()
    assert not multiprocessing.active_children()
