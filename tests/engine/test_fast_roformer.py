"""RoFormers in compiled functions against the networks that define them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.model.backend import only_once, prepare
from engine.model.band_masks import BandMasksNetwork
from engine.model.bs_roformer import Attention, BSRoFormerConfig, MelBandRoFormerConfig
from engine.model.fast_network import fast_kind, self_test
from engine.model.fast_roformer import FastRoFormer
from engine.model.fused_parts import Floats, entry, room
from engine.model.separator import Separator
from engine.model.simd import ROWS
from engine.model.simd_attention import LEAST, exponentials, gelu
from tests.engine.test_fast_network import assert_the_same_on_any_threads, decibels, spectrum_of
from tests.support.models import TINY_OF_EACH, recipe_weights

# Widths that are whole vectors, and widths that are not, on every processor.
BS = BSRoFormerConfig(feature_dim=32, depth=2, attention_heads=2, head_dim=32, sources=2)
MEL = MelBandRoFormerConfig(
    feature_dim=22, depth=1, attention_heads=3, head_dim=10, mask_expansion=4, mask_layers=3, sources=1
)
each_architecture = pytest.mark.parametrize("config", [BS, MEL], ids=["bs", "mel"])


def network_of(config: BSRoFormerConfig) -> BandMasksNetwork:
    """With weights that make every score and gate matter: fresh ones leave attention nearly even."""
    torch.manual_seed(0)
    network = config.build().eval().requires_grad_(requires_grad=False)
    for name, weight in network.named_parameters():
        weight.mul_(torch.empty_like(weight).uniform_(0.5, 1.5) if "gamma" in name else 2.0)
    return network


def assert_same(fast: FastRoFormer, network: BandMasksNetwork, spectrum: Tensor) -> None:
    got, expected = fast(spectrum), network(spectrum)
    assert got.stage2 is None
    assert decibels(got.stage1, expected.stage1) < -110


@each_architecture
@pytest.mark.parametrize(
    ("batch", "channels", "frames"),
    [(1, 1, 1), (1, 2, 2), (1, 2, 5), (2, 2, 47), (1, 2, 60), (1, 2, 62), (1, 3, 100), (1, 2, 290), (1, 2, 801)],
)
def test_the_prepared_network_computes_the_same(
    config: BSRoFormerConfig, batch: int, channels: int, frames: int
) -> None:
    network = network_of(config)
    fast, spectrum = FastRoFormer(network), spectrum_of(batch, channels, 1025, frames)
    for _again in range(2):  # the second time in memory that is not fresh
        assert_same(fast, network, spectrum)


@pytest.mark.parametrize(
    "changes",
    [
        {"attention_heads": 1, "head_dim": 2},
        {"attention_heads": 8, "head_dim": 16},
        {"attention_heads": 5, "head_dim": 66, "feature_dim": 100},
        {"feature_dim": 1, "depth": 3},
    ],
)
@each_architecture
def test_sizes_make_no_difference(config: BSRoFormerConfig, changes: dict[str, int]) -> None:
    network = network_of(replace(config, **changes))
    assert_same(FastRoFormer(network), network, spectrum_of(1, 2, 1025, 30))


# Attention's rows, vectors and panels, and the groups of steps behind it, are cut in other places.
@pytest.mark.parametrize("preset", [BSRoFormerConfig(depth=1, sources=1), MelBandRoFormerConfig(depth=1, sources=1)])
def test_the_public_sizes_compute_the_same(preset: BSRoFormerConfig) -> None:
    network = network_of(preset)
    assert_same(FastRoFormer(network), network, spectrum_of(1, 2, 1025, 40))


def test_songs_of_different_lengths_follow_each_other() -> None:
    network = network_of(MEL)
    fast = FastRoFormer(network)
    for frames in (100, 7, 130, 100):
        assert_same(fast, network, spectrum_of(1, 2, 1025, frames))


@each_architecture
def test_the_number_of_threads_makes_no_difference(config: BSRoFormerConfig) -> None:
    assert_the_same_on_any_threads(FastRoFormer(network_of(config)), spectrum_of(1, 2, 1025, 70))


@pytest.mark.parametrize("architecture", ["bs-roformer", "mel-band-roformer"])
def test_the_prepared_network_makes_numbers_of_any_sound(architecture: str) -> None:
    plain, fast = (Separator(TINY_OF_EACH[architecture]).eval() for _ in range(2))
    for separator in (plain, fast):
        separator.network.load_state_dict(recipe_weights(separator.config), strict=True)
        separator.requires_grad_(requires_grad=False)
    assert prepare(fast, torch.device("cpu")).name == "numba"
    noise = torch.randn(1, 2, 6000, generator=torch.Generator().manual_seed(0))
    for level, limit in ((0.0, 0), (1e-44, 0), (1e-38, 0), (1e-10, -110), (1.0, -110), (1e6, -110), (1e12, -110)):
        got, expected = fast(level * noise).stage1, plain(level * noise).stage1
        assert got.isfinite().all()
        assert not limit or decibels(got.double(), expected.double()) < limit


def test_scores_may_be_far_apart_and_far_from_zero() -> None:
    network, spectrum = network_of(BS), spectrum_of(1, 2, 1025, 40)
    before = FastRoFormer(network)(spectrum).stage1
    for attention in network.modules():
        if isinstance(attention, Attention):
            attention.to_qkv.weight[: 2 * BS.inner_dim].mul_(10.0)  # queries and keys
    got, expected = FastRoFormer(network)(spectrum).stage1, network(spectrum).stage1
    assert got.isfinite().all()
    # Scores in the hundreds have few digits behind the point, and shares are no more exact than these.
    assert decibels(got, expected) < -60
    assert decibels(got, before) > -40


def test_compiled_functions_that_do_nothing_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.model.fast_roformer.transform", lambda *_arguments: None)
    monkeypatch.setattr("engine.model.backend.only_once", only_once.__wrapped__)
    separator = Separator(BS).eval().requires_grad_(requires_grad=False)
    backend = prepare(separator, torch.device("cpu"))
    assert backend.name == "pytorch"
    assert "numba kernels failed their self-test" in backend.reason


def test_the_self_test_draws_from_a_generator_of_its_own() -> None:
    torch.manual_seed(5)
    expected = torch.randn(3)
    torch.manual_seed(5)
    assert self_test(FastRoFormer) < 1e-6
    assert torch.equal(torch.randn(3), expected)


def test_weights_of_masks_are_not_copied() -> None:
    network = network_of(BS)
    fast, spectrum = FastRoFormer(network), spectrum_of(1, 2, 1025, 10)
    before = fast(spectrum).stage1
    for weight in network.mask_estimators.parameters():
        weight.mul_(1.5)
    assert decibels(fast(spectrum).stage1, before) > -40
    assert_same(fast, network, spectrum)


def test_other_precisions_stay_with_the_plain_network() -> None:
    assert fast_kind(network_of(BS).double()) is None
    assert fast_kind(network_of(BS)) is FastRoFormer


@entry
def _run_gelu(x: Floats, count: int, bias: Floats) -> None:
    gelu(x, 0, count, x, 0, bias, 0)


@entry
def _run_exponentials(scores: Floats, stride: int, count: int, sums: Floats) -> None:
    exponentials(scores, 0, stride, count, sums, 0)


def test_gelu_is_as_exact_as_it_says() -> None:
    x = np.linspace(-30, 30, 60001, dtype=np.float32)
    x[:6] = 0.0, -1e30, 1e30, -1e-30, 5.2, -5.2
    made, bias = np.zeros(len(x) + 64, np.float32), np.zeros(len(x) + 64, np.float32)
    made[: len(x)], bias[: len(x)] = x - np.float32(0.5), 0.5
    heard = torch.from_numpy(made[: len(x)] + np.float32(0.5)).double()
    expected = torch.nn.functional.gelu(heard).numpy()
    _run_gelu(made, len(x), bias)
    error = np.abs(made[: len(x)] - expected) / np.maximum(np.abs(heard.numpy()), 1e-30)
    assert error.max() < 3.2e-7


def test_exponentials_are_of_differences_to_the_largest() -> None:
    count, stride = 50, 64
    scores = room(ROWS, stride)
    rows = scores[: ROWS * stride].reshape(ROWS, stride)
    generator = np.random.default_rng(0)
    rows[:] = generator.normal(0, 30, rows.shape) + generator.normal(0, 1e4, (ROWS, 1))
    rows[:, count:] = LEAST
    rows[1, 3], rows[2, :count] = 1e30, -1e30
    given = rows[:, :count].astype(np.float64)
    sums = np.zeros(ROWS, np.float32)
    _run_exponentials(scores, stride, count, sums)
    expected = np.exp2(given - given.max(axis=1, keepdims=True))
    # Below two to the power of -126 stays that, which is next to nothing beside the largest, one.
    np.testing.assert_allclose(rows[:, :count], expected, rtol=3e-7, atol=2e-38)
    np.testing.assert_allclose(sums, expected.sum(axis=1), rtol=1e-6)
