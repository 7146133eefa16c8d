"""Every architecture, from rendered songs to scores: training lowers its loss, and `evaluate` runs what came of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median

import pytest
import torch

from engine.cli import run_command_line
from engine.model.checkpoint import ModelCard
from engine.model.config import NetworkConfig
from engine.progress import JobControl
from engine.stems import DEFAULT_STEMS, NETWORK_RATE
from engine.training import loop
from engine.training.loop import Slice, Trainer
from engine.training.material import rendered_items
from engine.training.memory_pool import MemoryPool, to_integers
from engine.training.pool import Batches, Mixing
from engine.training.render.assets import Assets, load_assets
from engine.training.render.song import render_song
from engine.training.run import RunFolder
from engine.training.settings import TrainingSettings
from tests.support.assets import make_pack
from tests.support.models import TINY_OF_EACH
from tests.support.songs import write_song

CPU = torch.device("cpu")
ITEM_SAMPLES = 16_384
NETWORKS: dict[str, NetworkConfig] = {
    **TINY_OF_EACH,
    "se-bsrnn-any-length": replace(TINY_OF_EACH["se-bsrnn"], frames=0),  # type: ignore[call-arg]
}


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    return load_assets(make_pack(tmp_path_factory.mktemp("pack")))


@pytest.fixture(scope="module")
def songs(assets: Assets) -> MemoryPool:
    """Rendered songs to train on."""
    pool = MemoryPool(4, len(DEFAULT_STEMS), 8 * NETWORK_RATE, CPU)
    for seed in range(pool.places):
        pool.add(to_integers(render_song(assets, seed, 8.0).stems))
    return pool


@pytest.fixture(scope="module")
def held_out(assets: Assets, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two rendered songs to score, from sounds kept aside, in which every stem sounds."""
    root = tmp_path_factory.mktemp("songs")
    rendered = (item for item in rendered_items(assets, 50, 2 * NETWORK_RATE) if item.stems.any(axis=(1, 2)).all())
    for item in islice(rendered, 2):
        (root / item.song).mkdir()
        for stem, signal in zip(DEFAULT_STEMS, item.stems, strict=True):
            write_song(root / item.song / f"{stem}.wav", signal, NETWORK_RATE)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS)
def test_it_learns_from_rendered_songs_and_is_evaluated(
    network: str,
    songs: MemoryPool,
    held_out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(loop, "_REPORT_SECONDS", -1.0)  # every step is reported
    torch.manual_seed(0)
    config = NETWORKS[network]
    steps = 50 if network == "light-unet" else 30  # which learns least, and whose steps cost least
    card = ModelCard(network, config, config.usual_stems())
    settings = TrainingSettings(
        config,
        batch_size=2,
        segment_samples=ITEM_SAMPLES,
        learning_rate=3e-3,
        epoch_items=2 * steps,
        epochs=1,
        recompute=False,
    )
    # Every stem sounds, as loud as it was rendered: so a batch's loss tells of the network, and not of what was drawn.
    mixing = Mixing(coherent=0.0, drop=0.0, gain_db=0.0, level_db=(0.0, 0.0))
    batches = Batches([(songs, 1.0)], len(DEFAULT_STEMS), mixing, seed=0)
    losses: list[float] = []

    def report(values: dict[str, float]) -> None:
        losses.extend([values["loss"]] if "loss" in values else [])

    folder = RunFolder(tmp_path / "run")
    trainer = Trainer(settings, folder, Slice(CPU, 10.0, card))
    trainer.train(batches, lambda _separator: {"valid_loss": 0.0}, report, JobControl())
    assert len(losses) == steps
    # Without learning it would be 1.0 to 1.2 times as much; the U-Net, which learns least, comes down to 0.7.
    assert median(losses[-10:]) < 0.8 * median(losses[:10])

    arguments = ["--references", str(held_out), "--model", str(folder.weights), "--quality", "fast", "--device", "cpu"]
    assert run_command_line(["evaluate", *arguments, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["model"], result["failed"], len(result["songs"])) == (network, [], 2)
    stages = [system for system in result["summary"] if system.startswith("stage")]
    assert len(stages) == config.stages
    for stage in stages:
        figures = result["summary"][stage]["usdr_db"]
        assert figures.keys() == {*card.stems, "average"}
        assert None not in figures.values(), figures
