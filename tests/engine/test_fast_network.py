"""The prepared network against the one that defines it, and the threads it computes on."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.dsp.bands import BAND_WIDTHS
from engine.model.backend import only_once, prepare
from engine.model.crew import Crew
from engine.model.fast_network import FastNetwork, fast_kind, self_test
from engine.model.network import Estimates
from engine.model.separator import Separator
from engine.model.two_stage import PRESETS, TwoStageConfig, TwoStageNetwork
from tests.support.models import TINY_OF_EACH, tiny_separator

SMALL = TwoStageConfig(feature_dim=16, mask_blocks=1, map_blocks=1, state_dim=16, expand=2, head_dim=16)


def network_of(config: TwoStageConfig) -> TwoStageNetwork:
    torch.manual_seed(0)
    return TwoStageNetwork(config).eval().requires_grad_(requires_grad=False)


def spectrum_of(*shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(*shape, dtype=torch.complex64, generator=generator)


def decibels(got: Tensor, expected: Tensor) -> float:
    return float(20 * torch.log10((got - expected).abs().norm() / expected.abs().norm()))


def worst_decibels(got: Estimates, expected: Estimates) -> float:
    assert (got.stage2 is None) == (expected.stage2 is None)
    pairs = [(a, b) for a, b in zip(got, expected, strict=True) if a is not None and b is not None]
    return max(decibels(a, b) for a, b in pairs)


def assert_the_same_on_any_threads(fast: Callable[[Tensor], Estimates], spectrum: Tensor) -> None:
    threads = torch.get_num_threads()
    made: list[Tensor] = []
    try:
        for count in (1, 2, 4):
            torch.set_num_threads(count)
            made.append(fast(spectrum).stage1)
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(threads)
    # Blocks of other sizes may be rounded differently inside the library's products.
    assert decibels(made[1], made[0]) < -120
    assert decibels(made[2], made[0]) < -120


@pytest.mark.parametrize(
    ("batch", "channels", "frames"),
    [(1, 1, 1), (1, 2, 2), (1, 2, 3), (2, 2, 57), (1, 1, 60), (1, 8, 5), (3, 1, 4), (1, 2, 259), (1, 1, 700)],
)
def test_the_prepared_network_computes_the_same(batch: int, channels: int, frames: int) -> None:
    network = network_of(SMALL)
    fast, spectrum = FastNetwork(network), spectrum_of(batch, channels, sum(BAND_WIDTHS), frames)
    for _again in range(2):  # the second time in memory that is not fresh
        assert worst_decibels(fast(spectrum), network(spectrum)) < -110


@pytest.mark.parametrize(
    "config",
    [
        TwoStageConfig(feature_dim=16, mask_blocks=2, map_blocks=0, state_dim=16, expand=2, head_dim=16),
        TwoStageConfig(feature_dim=16, mask_blocks=1, map_blocks=1, sources=3, state_dim=32, expand=4, head_dim=32),
        TwoStageConfig(feature_dim=16, mask_blocks=1, map_blocks=2, sources=1, state_dim=128, expand=4, head_dim=64),
    ],
)
def test_sizes_make_no_difference(config: TwoStageConfig) -> None:
    network = network_of(config)
    spectrum = spectrum_of(1, 2, sum(BAND_WIDTHS), 30)
    assert worst_decibels(FastNetwork(network)(spectrum), network(spectrum)) < -110


@pytest.mark.parametrize("preset", ["small", "light", "full"])
def test_the_prepared_network_computes_the_same_in_every_size(preset: str) -> None:
    network = network_of(PRESETS[preset])
    spectrum = spectrum_of(1, 2, sum(BAND_WIDTHS), 4)
    assert worst_decibels(FastNetwork(network)(spectrum), network(spectrum)) < -110


@pytest.mark.parametrize("normalise_level", [False, True])
def test_the_prepared_network_makes_numbers_of_any_sound(normalise_level: bool) -> None:
    plain, fast = (tiny_separator(normalise_level=normalise_level) for _ in range(2))
    assert prepare(fast, torch.device("cpu")).name == "numba"
    noise = torch.randn(1, 2, 6000, generator=torch.Generator().manual_seed(0))
    # Denormal numbers have few digits to agree in.
    for level, limit in ((0.0, 0), (1e-44, 0), (1e-38, 0), (1e-30, -110), (1e-10, -110), (1e6, -110), (1e12, -110)):
        for got, expected in zip(fast(level * noise), plain(level * noise), strict=True):
            assert got is not None
            assert expected is not None
            assert got.isfinite().all()
            assert not limit or decibels(got.double(), expected.double()) < limit


def test_songs_of_different_lengths_follow_each_other() -> None:
    network = network_of(SMALL)
    fast = FastNetwork(network)
    for frames in (100, 7, 130, 100):
        spectrum = spectrum_of(1, 2, sum(BAND_WIDTHS), frames)
        assert decibels(fast(spectrum).stage1, network(spectrum).stage1) < -110


@pytest.mark.parametrize("threads", [1, 2])
def test_modes_may_change_between_calls(threads: int) -> None:
    network, before = network_of(SMALL), torch.get_num_threads()
    fast, spectrum = FastNetwork(network), spectrum_of(1, 2, sum(BAND_WIDTHS), 20)
    try:
        torch.set_num_threads(threads)
        with torch.inference_mode():
            first = fast(spectrum).stage1.clone()
        with torch.no_grad():
            second = fast(spectrum).stage1
        assert torch.equal(first, second)
        assert torch.equal(first, fast(spectrum).stage1)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("function", ["split_band", "mix", "exchange", "compute_head", "fuse"])
def test_compiled_functions_that_do_nothing_are_not_used(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"engine.model.fast_network.{function}", lambda *_arguments: None)
    monkeypatch.setattr("engine.model.backend.only_once", only_once.__wrapped__)
    plain, separator = (tiny_separator(normalise_level=True) for _ in range(2))
    backend = prepare(separator, torch.device("cpu"))
    assert backend.name == "pytorch"
    assert "numba kernels failed their self-test" in backend.reason
    noise = torch.randn(1, 2, 6000, generator=torch.Generator().manual_seed(0))
    assert torch.equal(separator(noise).stage1, plain(noise).stage1)


@pytest.mark.parametrize("architecture", ["bsrnn", "light-unet"])
def test_a_network_without_mixers_needs_no_kernels(architecture: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.model.backend.choose_backend", lambda _device: pytest.fail("nothing to choose"))
    backend = prepare(Separator(TINY_OF_EACH[architecture]), torch.device("cpu"))
    assert (backend.name, backend.reason) == ("pytorch", "")


def test_the_self_test_draws_from_a_generator_of_its_own() -> None:
    torch.manual_seed(5)
    expected = torch.randn(3)
    torch.manual_seed(5)
    assert self_test(FastNetwork) < 1e-6
    assert torch.equal(torch.randn(3), expected)


def test_odd_sizes_stay_with_the_plain_network() -> None:
    config = TwoStageConfig(feature_dim=6, mask_blocks=1, map_blocks=0, state_dim=6, expand=2, head_dim=6)
    separator = Separator(config).eval().requires_grad_(requires_grad=False)
    assert fast_kind(separator.network) is None
    prepare(separator, torch.device("cpu"))
    assert separator(torch.randn(1, 2, 4000)).stage1.isfinite().all()


def test_the_number_of_threads_makes_no_difference() -> None:
    assert_the_same_on_any_threads(FastNetwork(network_of(SMALL)), spectrum_of(1, 2, sum(BAND_WIDTHS), 70))


def test_a_crew_does_every_piece_once_and_one_at_a_time_in_each_place() -> None:
    crew, done, busy = Crew(), [0] * 100, set[int]()
    threads = torch.get_num_threads()
    torch.set_num_threads(3)

    def task(place: int, first: int, last: int) -> None:
        assert place not in busy
        busy.add(place)
        for piece in range(first, last):
            done[piece] += 1
        busy.remove(place)

    try:
        crew.share(100, 7, task)
    finally:
        torch.set_num_threads(threads)
    assert done == [1] * 100


def test_a_crew_hands_out_less_and_less_so_that_all_end_together() -> None:
    crew, portions = Crew(), list[tuple[int, int]]()
    threads = torch.get_num_threads()
    torch.set_num_threads(4)
    try:
        crew.share(100, 17, lambda _place, first, last: portions.append((first, last)))
    finally:
        torch.set_num_threads(threads)
    crew.close()
    sizes = [last - first for first, last in sorted(portions)]
    assert sum(sizes) == 100
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], max(sizes[-4:])) == (17, 3)


def test_a_crew_tells_what_went_wrong_and_goes_home() -> None:
    threads, before = torch.get_num_threads(), set(threading.enumerate())
    crew, here = Crew(), set[threading.Thread]()

    def task(_place: int, first: int, _last: int) -> None:
        here.add(threading.current_thread())
        if first == 3:
            raise MemoryError("no more")

    try:
        torch.set_num_threads(2)
        with pytest.raises(MemoryError, match="no more"):
            crew.share(10, 1, task)
    finally:
        torch.set_num_threads(threads)
    crew.close()
    assert here
    assert not here & before
    # Only the crew's own: threads of crews that other tests have left to the garbage may end at any moment.
    assert not [thread for thread in here if thread.is_alive()]
    assert not set(threading.enumerate()) - before
