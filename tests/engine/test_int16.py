"""Products of 16-bit whole numbers, and networks that are computed with them."""

from __future__ import annotations

from pathlib import Path

import numba
import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from engine.dsp.bands import BAND_WIDTHS
from engine.inference.device import Device, choose_device
from engine.inference.runner import SegmentRunner
from engine.model import simd_int16
from engine.model.backend import SELF_TEST_LIMIT, prepare
from engine.model.bs_roformer import BSRoFormerConfig
from engine.model.checkpoint import load_checkpoint
from engine.model.config import NetworkConfig
from engine.model.fast_network import FastNetwork, self_test
from engine.model.fast_roformer import FastRoFormer
from engine.model.fused_parts import Floats, Rows, room
from engine.model.fused_product import Panels, packed, padded, panels_int16, product
from engine.model.library import load_model
from engine.model.simd import LANES
from engine.model.simd_int16 import INT16, largest
from engine.model.two_stage import PRESETS, TwoStageConfig
from tests.engine.test_fast_network import SMALL, decibels, network_of, spectrum_of, worst_decibels
from tests.engine.test_fast_roformer import BS, MEL
from tests.engine.test_fast_roformer import network_of as roformer_of
from tests.support.models import TINY_OF_EACH, save_tiny_model, tiny_separator

DEMO_SONG = Path(__file__).parents[2] / "resources" / "demo" / "bandsaw-demo.flac"

pytestmark = pytest.mark.skipif(not INT16, reason="this processor has no such products")


@numba.njit
def _multiply(
    left: Rows, count: int, depth: int, weights: Panels, work: Floats, out: Rows, columns: int, onto: int
) -> None:
    product(packed(left, count, depth, weights, work), count, depth, weights, out, columns, onto)


def product_of(left: Floats, right: Floats, onto: float = 0.0) -> Floats:
    """The product, added to a number if there is one."""
    (count, depth), columns = left.shape, right.shape[1]
    stride, weights = padded(columns), panels_int16(right)
    rows, out, work = room(count, depth), room(count, stride), room(count, depth // 2 + 1)
    rows[: left.size] = left.reshape(-1)
    out[:] = onto
    _multiply(Rows(rows, 0, depth), count, depth, weights, work, Rows(out, 0, stride), columns, int(onto != 0))
    return out[: count * stride].reshape(count, stride)[:, :columns]


def whole(shape: tuple[int, int], top: int, seed: int) -> NDArray[np.int64]:
    """Whole numbers up to `top`, which every row and column has."""
    numbers = np.random.default_rng(seed).integers(-top, top + 1, shape)
    np.fill_diagonal(numbers, top)
    numbers[0] = numbers[:, 0] = -top
    return numbers


@pytest.mark.parametrize(("count", "columns"), [(1, 4), (6, LANES), (13, 4 * LANES), (20, 9 * LANES + 3)])
@pytest.mark.parametrize("depth", [LANES, 2 * LANES, 64, 128, 512])
def test_whole_numbers_are_multiplied_exactly(count: int, columns: int, depth: int) -> None:
    left, right = whole((count, depth), largest(depth), 1), whole((depth, columns), largest(depth), 2)
    got = product_of(left.astype(np.float32), right.astype(np.float32))
    expected = left @ right
    assert np.abs(expected).max() > 2**30  # some sums are nearly as large as they may be
    assert np.abs(got - expected).max() <= 2**-22 * np.abs(expected).max()
    added = product_of(left.astype(np.float32), right.astype(np.float32), onto=2.0**20)
    assert np.abs(added - 2.0**20 - expected).max() <= 2**-22 * np.abs(expected).max()


def test_each_row_and_column_has_a_scale_of_its_own() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((12, 64)).astype(np.float32), rng.standard_normal((64, 40)).astype(np.float32)
    rows, columns = 10.0 ** np.arange(-12, 12, 2)[:, None], 10.0 ** (10 - np.arange(40)[None] / 2)
    expected = left.astype(np.float64) @ right
    got = product_of((left * rows).astype(np.float32), (right * columns).astype(np.float32)) / (rows * columns)
    assert decibels(torch.from_numpy(got), torch.from_numpy(expected)) < -65


@pytest.mark.parametrize("value", [0.0, 1e-44, 1e30])
def test_rows_of_any_level_make_numbers(value: float) -> None:
    left = np.full((3, 32), value, np.float32)
    assert product_of(left, np.ones((32, 16), np.float32)) == pytest.approx(32 * value, rel=1e-3, abs=1e-29)


@pytest.mark.parametrize(("channels", "frames"), [(1, 1), (2, 3), (2, 57), (1, 259), (1, 700)])
def test_a_network_computes_nearly_the_same(channels: int, frames: int) -> None:
    network, spectrum = network_of(SMALL), spectrum_of(1, channels, sum(BAND_WIDTHS), frames)
    fast = FastNetwork(network, panels_int16)
    for _again in range(2):
        assert -100 < worst_decibels(fast(spectrum), network(spectrum)) < -60


@pytest.mark.parametrize("preset", ["small", "light", "full"])
def test_networks_of_every_size_compute_nearly_the_same(preset: str) -> None:
    network, spectrum = network_of(PRESETS[preset]), spectrum_of(1, 2, sum(BAND_WIDTHS), 4)
    assert -100 < worst_decibels(FastNetwork(network, panels_int16)(spectrum), network(spectrum)) < -55


def test_the_bundled_model_errs_by_less_than_anyone_hears() -> None:
    """The limit for a precision that is not the usual one is -50 dB; float16 errs by -73 dB."""
    exact, whole_numbers = (load_model("default").separator() for _ in range(2))
    prepare(exact, torch.device("cpu"))
    assert prepare(whole_numbers, torch.device("cpu"), torch.int16).int16
    song, _rate = soundfile.read(DEMO_SONG, frames=44_100, start=8 * 44_100, dtype="float32", always_2d=True)
    mixture = torch.from_numpy(song.T.copy())[None]
    for got, expected in zip(whole_numbers(mixture), exact(mixture), strict=True):
        assert got is not None
        assert expected is not None
        assert decibels(got, expected) < -65


def test_any_sound_makes_numbers() -> None:
    separator = tiny_separator(normalise_level=False)
    assert prepare(separator, torch.device("cpu"), torch.int16).int16
    noise = torch.randn(1, 2, 6000, generator=torch.Generator().manual_seed(0))
    for level in (0.0, 1e-44, 1e-20, 1e6, 1e12):
        for got in separator(level * noise):
            assert got is not None
            assert got.isfinite().all()


def precision_of(config: NetworkConfig, folder: Path, device: Device) -> torch.dtype:
    checkpoint = load_checkpoint(save_tiny_model(folder / "tiny.safetensors", config))
    return SegmentRunner(checkpoint, device, (1,), checkpoint.card.stems).device.precision


def test_what_a_processor_or_a_network_cannot_do_is_done_in_float32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = TwoStageConfig(feature_dim=6, mask_blocks=1, map_blocks=0, state_dim=6, expand=2, head_dim=6)
    device = choose_device("cpu", "int16")
    assert device.precision == torch.int16
    for config in (odd, TINY_OF_EACH["bs-mamba2"], TINY_OF_EACH["bsrnn"]):
        assert precision_of(config, tmp_path, device) == torch.float32
    assert precision_of(SMALL, tmp_path, device) == torch.int16
    monkeypatch.setattr(simd_int16, "INT16", False)
    assert precision_of(SMALL, tmp_path, device) == torch.float32


@pytest.mark.parametrize("config", [BS, MEL], ids=["bs", "mel"])
def test_a_roformer_computes_nearly_the_same(config: BSRoFormerConfig) -> None:
    network, spectrum = roformer_of(config), spectrum_of(1, 2, 1025, 62)
    assert -100 < worst_decibels(FastRoFormer(network, panels_int16)(spectrum), network(spectrum)) < -55


@pytest.mark.parametrize("kind", [FastNetwork, FastRoFormer])
def test_kernels_of_whole_numbers_are_tested_before_they_are_used(
    kind: type[FastNetwork | FastRoFormer], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 1e-6 < self_test(kind, panels_int16) < 1e-3
    assert self_test(kind, lambda weights: panels_int16(1.1 * weights)) > SELF_TEST_LIMIT
    monkeypatch.setattr("engine.model.fused_product.panels_int16", lambda weights: panels_int16(1.1 * weights))
    backend = prepare(tiny_separator(normalise_level=False), torch.device("cpu"), torch.int16)
    assert (backend.name, backend.int16) == ("pytorch", False)
    assert "failed their self-test" in backend.reason
