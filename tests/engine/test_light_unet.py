"""The lightweight U-Net: its exact size, and a song at 44.1 kHz through a network at 16 kHz."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.dsp.resample import resample
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.model.checkpoint import load_checkpoint
from engine.model.light_unet import LightUNetConfig
from engine.model.separator import Separator
from engine.training.validation import Item, Validation
from tests.golden import recipe
from tests.support.models import recipe_weights, save_tiny_model


def test_size_is_the_published_one_which_counts_the_norms_statistics() -> None:
    network = LightUNetConfig().build()
    counted = {name: value.numel() for name, value in network.state_dict().items() if "num_batches" not in name}
    assert sum(counted.values()) == 60_153
    assert sum(parameter.numel() for parameter in network.parameters()) == 60_153 - 2 * 176


@pytest.mark.parametrize("mask", [False, True])
def test_the_estimate_has_the_mixtures_phase(mask: bool) -> None:
    config = LightUNetConfig(mask=mask)
    network = config.build().eval()
    network.load_state_dict(recipe_weights(config))
    generator = torch.Generator().manual_seed(0)
    spectrum = torch.randn(1, 3, config.stft.bins, 21, dtype=torch.complex64, generator=generator)
    with torch.inference_mode():
        estimate = network(spectrum).stage1[:, 0]
    share = estimate / spectrum
    assert float(share.imag.abs().max()) < 1e-5
    assert float(share.real.min()) > -1e-5
    assert float(share.real.max()) > 0.1
    assert not mask or float(share.real.max()) <= 1 + 1e-5


def test_silence_gives_silence() -> None:
    separator = Separator(LightUNetConfig()).eval()
    with torch.inference_mode():
        assert not separator(torch.zeros(1, 2, 5000)).stage1.any()


def test_a_song_keeps_its_rate_and_what_is_above_the_networks_is_in_neither_stem(tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "unet.safetensors", LightUNetConfig())
    time = np.arange(60_000) / 44_100
    low, high = 0.1 * np.sin(2 * np.pi * 440 * time), 0.1 * np.sin(2 * np.pi * 12_000 * time)
    soundfile.write(tmp_path / "song.wav", np.stack([low + high, low]).T, 44_100, subtype="FLOAT")
    separation = separate(SeparationRequest(tmp_path / "song.wav", tmp_path / "out", str(model)))
    assert (separation.sample_rate, separation.samples) == (44_100, 60_000)
    total = separation.stem_signal("vocals", 1) + separation.stem_signal("other", 1)
    # Away from the ends, where the resampler has all it needs.
    np.testing.assert_allclose(total[0, 2000:-2000], low[2000:-2000], rtol=0, atol=1e-4)


def _tone(periods: int, samples: int) -> torch.Tensor:
    time = torch.arange(samples, dtype=torch.float64) / samples
    return torch.sin(2 * torch.pi * periods * time + 0.3).float()


@pytest.mark.parametrize("samples", [363, 1000, 1378, 4000])
def test_resampling_keeps_tones_that_both_rates_hold(samples: int) -> None:
    torch.testing.assert_close(resample(_tone(31, 1000), samples), _tone(31, samples), rtol=0, atol=2e-6)


def test_resampling_drops_what_the_new_rate_cannot_hold() -> None:
    assert float(resample(_tone(300, 1000), 363).abs().max()) < 2e-6


def test_validation_hears_it_at_the_rate_of_its_items() -> None:
    separator = Separator(LightUNetConfig()).eval()
    separator.network.load_state_dict(recipe_weights(separator.config))
    stems = np.stack([recipe.signal(44_100), 0.5 * recipe.signal(44_100)[::-1]])
    values = Validation([Item("song", stems)], ("vocals", "other"), 22_050)(separator)
    assert {"stage1_vocals", "stage1_other", "valid_loss"} <= values.keys()
    assert np.isfinite(values["valid_loss"])


def test_weights_as_pytorch_saves_them_count_their_batches_in_whole_numbers(tmp_path: Path) -> None:
    weights = LightUNetConfig().build().state_dict()
    assert not weights["encoder.0.1.num_batches_tracked"].is_floating_point()
    torch.save(weights, tmp_path / "unet.pt")
    separator = load_checkpoint(tmp_path / "unet.pt").separator()
    with torch.inference_mode():
        assert torch.isfinite(separator(torch.ones(1, 2, 5000)).stage1).all()
