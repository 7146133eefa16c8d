"""Laws of the network that hold for any weights, and its size and cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.cli import run_command_line
from engine.dsp.bands import BAND_WIDTHS, band_groups
from engine.model.checkpoint import Checkpoint, load_checkpoint
from engine.model.separator import Separator
from engine.model.two_stage import TwoStageConfig
from tests.golden import recipe
from tests.support.models import save_tiny_model, tiny_separator


@pytest.mark.parametrize(("channels", "samples"), [(1, 1025), (2, 5000), (3, 20000)])
def test_first_stage_stems_sum_to_the_mixture(channels: int, samples: int) -> None:
    mixture = torch.randn(1, channels, samples, generator=torch.Generator().manual_seed(0)) * 0.1
    stage1 = tiny_separator().forward(mixture).stage1
    # Rounding of two Fourier transforms and a division by four.
    torch.testing.assert_close(stage1.sum(dim=1), mixture, rtol=0, atol=2e-7 * 4)


def test_second_stage_differs_from_the_first() -> None:
    estimates = tiny_separator().forward(torch.from_numpy(recipe.signal(20000))[None])
    assert estimates.stage2 is not None
    assert (estimates.stage2 - estimates.stage1).abs().max() > 1e-3


def test_swapping_channels_swaps_the_outputs() -> None:
    mixture = torch.from_numpy(recipe.signal(20000))[None]
    separator = tiny_separator()
    straight, swapped = separator.forward(mixture), separator.forward(mixture.flip(1))
    for one, other in zip(straight, swapped, strict=True):
        assert one is not None
        assert other is not None
        torch.testing.assert_close(one, other.flip(2), rtol=0, atol=1e-6)


def test_mono_gives_what_both_sides_of_the_same_stereo_signal_give() -> None:
    mono = torch.from_numpy(recipe.signal(20000))[None, :1]
    separator = tiny_separator()
    one, two = separator.forward(mono), separator.forward(mono.expand(-1, 2, -1))
    for single, double in zip(one, two, strict=True):
        assert single is not None
        assert double is not None
        torch.testing.assert_close(single.expand_as(double), double, rtol=0, atol=1e-6)


@pytest.mark.parametrize("gain", [1e-4, 0.1, 8.0])
def test_level_normalised_outputs_follow_the_input_level(gain: float) -> None:
    mixture = torch.from_numpy(recipe.signal(20000))[None]
    separator = tiny_separator()
    for loud, quiet in zip(separator.forward(mixture), separator.forward(mixture * gain), strict=True):
        assert loud is not None
        assert quiet is not None
        # The map amplifies rounding; -80 dB of the stems' own level.
        torch.testing.assert_close(quiet / gain, loud, rtol=0, atol=1e-4 * float(loud.abs().max()))


@pytest.mark.parametrize("normalise_level", [False, True])
def test_silence_gives_exact_silence_beside_music(normalise_level: bool) -> None:
    music = torch.from_numpy(recipe.signal(8000))[None]
    batch = torch.cat([torch.zeros_like(music), music])
    separator = tiny_separator(normalise_level=normalise_level)
    for stage in separator.forward(batch):
        assert stage is not None
        assert not stage[0].any()
        assert stage[1].any()


def test_without_its_second_stage_the_first_stays_the_same() -> None:
    mixture = torch.from_numpy(recipe.signal(8000))[None]
    whole = tiny_separator()
    first = tiny_separator(map_blocks=0)
    torch.testing.assert_close(first.forward(mixture).stage1, whole.forward(mixture).stage1)
    assert first.forward(mixture).stage2 is None


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="1025"):
        tiny_separator().estimate(torch.zeros(1, 2, 1024))


@given(widths=st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_band_groups_cover_every_band_and_bin_once(widths: list[int]) -> None:
    groups = band_groups(tuple(widths))
    assert [band for group in groups for band in group.indices] == list(range(len(widths)))
    bins = [index for group in groups for index in range(group.bins.start, group.bins.stop)]
    assert bins == list(range(sum(widths)))
    assert [group.width for group in groups for _band in group.indices] == widths


def test_bands_are_the_papers() -> None:
    assert len(BAND_WIDTHS) == 57
    assert sum(BAND_WIDTHS) == 1025


# Source: exact counts of the published code; MACs of Table II of arXiv 2409.06245.
SIZES = [("full", 35_517_480, 20_345_236, 212.15, 140.64), ("light", 27_708_648, 15_139_348, 107.96, 71.18)]


@pytest.mark.parametrize(("preset", "parameters", "first", "macs", "first_macs"), SIZES)
def test_info_reports_the_papers_sizes(
    preset: str, parameters: int, first: int, macs: float, first_macs: float, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["info", "--model", f"preset:{preset}", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["parameters"], facts["first_stage_parameters"]) == (parameters, first)
    # The paper gives two decimals of billions.
    assert facts["macs_per_second"] / 1e9 == pytest.approx(macs, abs=0.006)
    assert facts["first_stage_macs_per_second"] / 1e9 == pytest.approx(first_macs, abs=0.006)


def test_info_tests_what_computes_the_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.model.backend.choose_backend", lambda _device: pytest.fail("nothing uses a core alone"))
    tiny = save_tiny_model(tmp_path / "tiny.safetensors")
    for model, backend, tested in ((str(tiny), "numba", True), ("preset:light-unet", "pytorch", False)):
        assert run_command_line(["info", "--device", "cpu", "--model", model, "--json"]) == 0
        facts = json.loads(capsys.readouterr().out)
        assert (facts["backend"], "self-test" in facts["backend_reason"]) == (backend, tested)


def test_info_reads_a_models_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def load(path: Path) -> Checkpoint:
        read.append(path)
        return load_checkpoint(path)

    monkeypatch.setattr("engine.model.library.load_checkpoint", load)
    tiny = save_tiny_model(tmp_path / "tiny.safetensors")
    assert run_command_line(["info", "--device", "cpu", "--model", str(tiny)]) == 0
    assert read == [tiny]


def test_cost_counts_what_the_modules_hold() -> None:
    # Doubling the blocks adds exactly the blocks' cost again.
    costs = [TwoStageConfig(64, blocks, 0).macs_per_second() for blocks in (1, 2, 3)]
    assert costs[2] - costs[1] == costs[1] - costs[0] > 0


@pytest.mark.parametrize(("features", "mask_blocks", "map_blocks"), [(0, 1, 1), (64, 0, 1), (64, 1, -1), (17, 1, 1)])
def test_impossible_sizes_are_refused(features: int, mask_blocks: int, map_blocks: int) -> None:
    with pytest.raises(ValueError, match=r"size|multiple"):
        TwoStageConfig(features, mask_blocks, map_blocks)


def test_any_number_of_sources_and_features() -> None:
    separator = Separator(TwoStageConfig(feature_dim=32, mask_blocks=1, map_blocks=1, sources=3)).eval()
    with torch.inference_mode():
        estimates = separator.estimate(torch.randn(1, 2, 3000, generator=torch.Generator().manual_seed(0)))
    assert estimates.stage1.shape == (1, 3, 2, 3000)
