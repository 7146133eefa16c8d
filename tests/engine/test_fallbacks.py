"""Every architecture where something is missing: memory, precision, operations; the devices are fakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import DeviceError
from engine.inference import device as devices
from engine.inference.device import Device, choose_device
from engine.inference.runner import Result, SegmentRunner
from engine.model.checkpoint import Checkpoint, ModelCard
from engine.model.config import NetworkConfig
from engine.model.memory import is_out_of_memory
from engine.model.separator import Separator
from engine.separation import Samples
from engine.stems import QUALITIES
from tests.golden import recipe
from tests.support.models import TINY_OF_EACH, recipe_weights

each_architecture = pytest.mark.parametrize("config", TINY_OF_EACH.values(), ids=TINY_OF_EACH)


def segments(config: NetworkConfig, count: int) -> Samples:
    """Short ones, but as long as the network needs them."""
    frames = getattr(config, "frames", 0) or 12
    length = config.stft.hop * (frames - 1)
    signal = recipe.signal(length + 500 * count)
    return np.stack([signal[:, 500 * index : 500 * index + length] for index in range(count)])


class FakeDevice(SegmentRunner):
    """A CPU that passes for another device, which fails while `fails` says so."""

    def __init__(self, config: NetworkConfig, kind: str, precision: torch.dtype = torch.float32) -> None:
        weights = recipe_weights(config)
        card = ModelCard("tiny", config, config.usual_stems())
        checkpoint = Checkpoint(Path("tiny"), card, weights, "")
        super().__init__(checkpoint, choose_device("cpu", "float32"), (1,), card.stems)
        self.device = Device(torch.device(kind), f"a {kind} device", "it is a fake", precision)
        self.lines: list[str] = []
        self.tried: list[tuple[str, torch.dtype, int]] = []
        self.on_fallback = self.lines.append
        self.room = 0  # how many segments find room there; half the numbers, twice the segments
        self.error: Exception = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")

    def _begin(self, batch: Samples) -> Result:
        kind, precision = self.device.torch_device.type, self.device.precision
        self.tried.append((kind, precision, len(batch)))
        if kind == "cpu":
            return super()._begin(batch)
        if len(batch) > self.room * (2 if precision == torch.bfloat16 else 1):
            raise self.error
        return lambda: np.zeros((len(batch), self.signals, *batch.shape[1:]), np.float32)


@pytest.fixture(autouse=True)
def modern_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fake NVIDIA card can compute in bfloat16."""
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)


@each_architecture
def test_without_any_room_it_ends_on_the_cpu_with_the_same_sound(config: NetworkConfig) -> None:
    batch = segments(config, 2)
    runner = FakeDevice(config, "cuda")
    made = runner.begin(batch)()
    f32, b16 = torch.float32, torch.bfloat16
    assert runner.tried == [("cuda", f32, 2), ("cuda", f32, 1), ("cuda", b16, 1), ("cpu", f32, 1), ("cpu", f32, 1)]
    assert runner.lines == [
        "memory ran out: going on with 1 segments at a time",
        "memory ran out on a cuda device: going on in bfloat16",
        "memory ran out on a cuda device: going on with the CPU",
    ]
    assert runner.device.label.startswith("cpu")
    assert runner.reason == "memory ran out on a cuda device"
    expected = FakeDevice(config, "cpu").begin(batch)()
    assert np.abs(expected).max() > 0
    # The CPU's kernels, chosen again for the same network, compute the same.
    np.testing.assert_allclose(made, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("room", "precision", "tried"),
    [
        (4, torch.float32, [4]),
        (2, torch.float32, [4, 2, 2]),
        (1, torch.float32, [4, 2, 1, 1, 1, 1]),
        (2, torch.bfloat16, [4]),
    ],
)
def test_a_smaller_batch_is_enough_where_it_fits(room: int, precision: torch.dtype, tried: list[int]) -> None:
    config = TINY_OF_EACH["ts-bsmamba2"]
    runner = FakeDevice(config, "cuda", precision)
    runner.room = room
    assert len(runner.begin(segments(config, 4))()) == 4
    assert [count for _kind, _precision, count in runner.tried] == tried
    assert {(kind, used) for kind, used, _count in runner.tried} == {("cuda", precision)}
    sizes = sorted(set(tried), reverse=True)[1:]
    assert runner.lines == [f"memory ran out: going on with {size} segments at a time" for size in sizes]


def test_bfloat16_is_tried_only_where_it_saves_something(monkeypatch: pytest.MonkeyPatch) -> None:
    config = TINY_OF_EACH["ts-bsmamba2"]
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    for kind, precision in (("cuda", torch.float32), ("cuda", torch.bfloat16), ("mps", torch.float32)):
        runner = FakeDevice(config, kind, precision)
        runner.begin(segments(config, 1))()
        assert runner.tried == [(kind, precision, 1), ("cpu", torch.float32, 1)]
        assert runner.lines == [f"memory ran out on a {kind} device: going on with the CPU"]


def test_weights_that_found_no_room_are_moved_again_and_those_that_are_there_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = TINY_OF_EACH["ts-bsmamba2"]
    weights = recipe_weights(config)
    card = ModelCard("tiny", config, config.usual_stems())
    cpu = choose_device("cpu", "float32")
    runner = SegmentRunner(Checkpoint(Path("tiny"), card, weights, ""), cpu, (1,), card.stems)
    runner.device = Device(torch.device("cuda"), "a cuda device", "it is a fake", torch.float32)
    moves: list[str] = []

    def move(_separator: Separator, device: torch.device) -> None:
        moves.append(device.type)
        if len(moves) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")

    def computed(_runner: SegmentRunner, batch: Samples) -> Result:
        return lambda: batch

    monkeypatch.setattr(Separator, "to", move)
    monkeypatch.setattr(SegmentRunner, "_separated", computed)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    for _batch in range(3):
        runner.begin(segments(config, 2))()
    assert moves == ["cuda", "cuda"]


def test_what_found_no_room_once_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = FakeDevice(TINY_OF_EACH["ts-bsmamba2"], "cuda")
    runner.room = 2
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (10**12, 10**12))
    for kind in ("reserved", "allocated"):
        monkeypatch.setattr(torch.cuda, f"memory_{kind}", lambda _device: 0)
    assert runner.batch_size(2, 132_300) == 16
    runner.begin(segments(runner.config, 4))()
    assert runner.batch_size(2, 132_300) == 2


@each_architecture
def test_what_a_device_cannot_compute_the_cpu_does(config: NetworkConfig) -> None:
    runner = FakeDevice(config, "mps")
    runner.error = NotImplementedError("The operator 'aten::x' is not currently implemented for the MPS device.")
    assert np.abs(runner.begin(segments(config, 2))()).max() > 0
    assert runner.tried == [("mps", torch.float32, 2), ("cpu", torch.float32, 2)]
    assert runner.lines == ["this network cannot be computed on a mps device: going on with the CPU"]


def test_a_fault_is_no_reason_to_make_do_with_less() -> None:
    config = TINY_OF_EACH["ts-bsmamba2"]
    runner = FakeDevice(config, "cuda")
    runner.error = RuntimeError("shape mismatch")
    with pytest.raises(RuntimeError, match="shape mismatch"):
        runner.begin(segments(config, 2))()
    assert runner.lines == []


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB, other allocations: 1.00 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuFFT error: CUFFT_ALLOC_FAILED"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
    ],
)
def test_what_running_out_of_memory_looks_like(error: Exception) -> None:
    assert is_out_of_memory(error)
    assert not is_out_of_memory(RuntimeError("shape mismatch"))


@pytest.mark.parametrize(
    ("order", "working", "chosen", "reason"),
    [
        (("cuda", "cpu"), ("cuda", "cpu"), "cuda", "it is the fastest device here"),
        (("cuda", "cpu"), ("cpu",), "cpu", "no cuda"),
        (("mps", "cpu"), ("mps", "cpu"), "mps", "it is the fastest device here"),
        (("mps", "cpu"), ("cpu",), "cpu", "no mps"),
    ],
)
def test_the_fastest_device_that_works_is_taken(
    order: tuple[str, ...], working: tuple[str, ...], chosen: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_FASTEST_FIRST", order)
    monkeypatch.setattr(devices, "_fault", lambda kind: "" if kind in working else f"no {kind}")
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _device: "a fake")
    device = choose_device("auto", "auto")
    assert (device.torch_device.type, device.reason) == (chosen, reason)
    assert device.precision == (torch.bfloat16 if chosen == "cuda" else torch.float32)
    missing = next((kind for kind in order if kind not in working), None)
    if missing in ("cuda", "mps"):
        with pytest.raises(DeviceError, match=f"{missing} was requested but no {missing}; choose another device"):
            choose_device(missing, "auto")


@each_architecture
def test_auto_may_take_bfloat16_for_it(config: NetworkConfig) -> None:
    separator = Separator(config).eval().requires_grad_(requires_grad=False)
    separator.network.load_state_dict(recipe_weights(config))
    mixture = torch.from_numpy(segments(config, 1))
    with torch.inference_mode():
        exact = separator(mixture)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            reduced = separator(mixture)
    for wanted, got in ((exact.stage1, reduced.stage1), (exact.stage2, reduced.stage2)):
        if wanted is not None and got is not None:
            error_db = 20 * torch.log10((got.float() - wanted).norm() / wanted.norm())
            # Far below what separation itself errs by: about -10 dB in the best published networks.
            assert -80 < error_db < -25


@each_architecture
def test_it_has_segments_and_hops_for_every_quality(config: NetworkConfig) -> None:
    chunking = config.chunking
    hops = [chunking.hop_samples[quality] for quality in QUALITIES]
    assert hops == sorted(hops, reverse=True)
    # Over every sample there is a segment, and where two meet both fade.
    assert 0 < hops[-1] < hops[0] <= chunking.segment_samples
    assert 0 < chunking.fade_samples <= chunking.segment_samples // 2
