"""SE-BandSplitRNN: its exact sizes, every layer learns, and its one length of segments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.cli import run_command_line
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.model.architectures import PRESETS
from engine.model.se_bsrnn import SEBandSplitConfig
from engine.model.separator import Separator
from tests.golden import recipe
from tests.support.models import recipe_weights, save_tiny_model

TINY = SEBandSplitConfig(8, blocks=1, hidden=16, squeezed=4)


# Published: 32,463,780 (vocals, other), and 33.421 and 36.003 M; without frames in the norms 27.57 M.
@pytest.mark.parametrize(
    ("config", "millions"),
    [
        (SEBandSplitConfig(), 32.463780),
        (SEBandSplitConfig(target="other"), 32.463780),
        (SEBandSplitConfig(target="bass"), 33.421),
        (SEBandSplitConfig(target="drums"), 36.003),
        (PRESETS["se-bsrnn-any-length"], 27.565),
    ],
)
def test_sizes_are_the_published_ones(config: SEBandSplitConfig, millions: float) -> None:
    with torch.device("meta"):
        total = sum(parameter.numel() for parameter in config.build().parameters())
    assert total / 1e6 == pytest.approx(millions, abs=0 if millions == 32.463780 else 5e-4)


def test_every_layer_gets_a_gradient() -> None:
    torch.manual_seed(0)
    separator = Separator(TINY)
    mixture = torch.from_numpy(recipe.signal(TINY.chunking.segment_samples))[None]
    separator.estimate(mixture).stage1.square().sum().backward()
    idle = [name for name, value in separator.named_parameters() if value.grad is None or not value.grad.any()]
    assert idle == []


def test_masks_do_not_depend_on_level_nor_let_silence_sound() -> None:
    separator = Separator(SEBandSplitConfig(8, blocks=1, hidden=16, squeezed=4, frames=0)).eval()
    separator.network.load_state_dict(recipe_weights(separator.config))
    mixture = torch.from_numpy(recipe.signal(20_000))[None]
    with torch.inference_mode():
        loud, quiet = separator.estimate(mixture).stage1, separator.estimate(0.01 * mixture).stage1
        silent = separator.estimate(torch.zeros_like(mixture)).stage1
    torch.testing.assert_close(100 * quiet, loud, rtol=1e-3, atol=1e-5)
    assert not silent.any()


def test_other_lengths_are_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = save_tiny_model(tmp_path / "tiny.safetensors", TINY)
    np.save(tmp_path / "x.npy", recipe.signal(20_000))
    arguments = ["forward", "--checkpoint", str(model), "--input", str(tmp_path / "x.npy")]
    assert run_command_line([*arguments, "--output", str(tmp_path / "y.npz")]) == 1
    error = capsys.readouterr().err
    assert "hears 263 frames at a time, got 40" in error
    assert error.count("\n") == 1


def test_songs_of_any_length_are_split_all_the_same(tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "tiny.safetensors", TINY)
    soundfile.write(tmp_path / "song.wav", recipe.signal(30_000).T, 44_100, subtype="FLOAT")
    separation = separate(SeparationRequest(tmp_path / "song.wav", tmp_path / "out", str(model)))
    assert separation.stems == ("vocals", "other")
    total = sum(separation.stem_signal(stem, 1) for stem in separation.stems)
    np.testing.assert_allclose(total, separation.source_signal(), rtol=0, atol=2e-6)


def test_segments_have_the_frames_that_the_norms_have_weights_for() -> None:
    for frames, samples in ((263, 134_144), (33, 16_384), (0, 134_144)):
        config = SEBandSplitConfig(frames=frames)
        assert config.chunking.segment_samples == samples
        assert config.stft.frames(samples) == (frames or 263)
    with pytest.raises(ValueError, match="too short"):
        SEBandSplitConfig(frames=3)
