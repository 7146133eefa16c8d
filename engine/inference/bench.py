"""How fast networks run on this machine, and how far from what its processor could do."""

from __future__ import annotations

import multiprocessing
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import torch

from engine.inference.device import choose_device, prepare_cpu
from engine.model.backend import prepare
from engine.model.config import NetworkConfig
from engine.model.library import load_separator
from engine.stems import BenchPath, DeviceChoice, Quality

_Result = TypeVar("_Result")
_PRODUCT = (4096, 256, 1536)  # rows, depth, columns: about the size of a mixer's input projection


@dataclass(frozen=True)
class BenchRow:
    """One network on one path, medians over the rounds.

    Attributes:
        model: Name of the network, as for `--model`.
        path: Of `BENCH_PATHS`.
        device: What it ran on, and whether without the whole numbers that were asked for.
        segment_seconds: Length of one segment.
        seconds: For one stereo segment.
        real_time: Seconds of music that one second separates, for each quality.
        peak_bytes: Of the process, or of the GPU; None where the system does not say.
        ceiling: Share of the machine's speed in matrix products that the network's own operations come to; None if
            the products were not measured.
    """

    model: str
    path: BenchPath
    device: str
    segment_seconds: float
    seconds: float
    real_time: dict[Quality, float]
    peak_bytes: int | None
    ceiling: float | None


@dataclass(frozen=True)
class BenchResult:
    """Everything that was measured.

    Attributes:
        threads: Of the CPU.
        gflops: Of matrix products in float32 on all of them.
        rows: In the order of the request.
    """

    threads: int
    gflops: float
    rows: list[BenchRow]


@dataclass(frozen=True)
class _Measured:
    seconds: float
    peak_bytes: int | None
    config: NetworkConfig
    device: str


def bench(
    models: Sequence[str], paths: Sequence[BenchPath], device: DeviceChoice, rounds: int, tell: Callable[[str], None]
) -> BenchResult:
    """Measure every model on every path, in turns, so that a busy moment of the machine hits all of them.

    Every measurement has a process of its own: the allocator's settings and the peak of memory are a process's.

    Args:
        models: Names as for `--model`, or `preset:NAME` for a network without training.
        paths: Which of `BENCH_PATHS`.
        device: Where to run.
        rounds: Medians are taken over so many.
        tell: Called with a line after each measurement.

    Raises:
        EngineError: There is no such model or device.
    """
    for model in models:
        load_separator(model)  # what is wrong with a name is told before the first measurement
    found: dict[tuple[str, BenchPath], list[_Measured]] = {(model, path): [] for model in models for path in paths}
    kind = _alone(_kind, device)
    gflops = _alone(_gflops)
    for _round in range(rounds):
        for (model, path), results in found.items():
            results.append(_alone(_measure, model, path, kind))
            tell(f"{model}, {path}: {results[-1].seconds:.2f} s")
    rows: list[BenchRow] = []
    for (model, path), results in found.items():
        seconds, config = statistics.median(result.seconds for result in results), results[0].config
        chunking, rate = config.chunking, config.sample_rate
        segment_seconds = chunking.segment_samples / rate
        floor = 2e-9 * config.macs_per_second() * segment_seconds / gflops
        rows.append(
            BenchRow(
                model=model,
                path=path,
                device=results[0].device,
                segment_seconds=segment_seconds,
                seconds=seconds,
                real_time={quality: hop / rate / seconds for quality, hop in chunking.hop_samples.items()},
                peak_bytes=max((result.peak_bytes for result in results if result.peak_bytes), default=None),
                ceiling=floor / seconds if results[0].device.startswith("cpu") else None,
            )
        )
    return BenchResult(torch.get_num_threads(), gflops, rows)


def _alone(work: Callable[..., _Result], *arguments: object) -> _Result:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _gflops() -> float:
    prepare_cpu()
    rows, depth, columns = _PRODUCT
    left, right, out = torch.rand(rows, depth), torch.rand(depth, columns), torch.empty(rows, columns)
    times: list[float] = []
    for _run in range(20):
        started = time.perf_counter()
        torch.mm(left, right, out=out)
        times.append(time.perf_counter() - started)
    return 2e-9 * rows * depth * columns / statistics.median(times)


def _kind(choice: DeviceChoice) -> DeviceChoice:
    """What will be measured; found out in a process of its own, as choosing a device also makes PyTorch's settings."""
    return cast("DeviceChoice", choose_device(choice, "auto").torch_device.type)


def _measure(model: str, path: BenchPath, kind: DeviceChoice) -> _Measured:
    separator = load_separator(model)
    precision, device = torch.float32, torch.device("cpu")
    label = f"cpu ({torch.get_num_threads()} threads)"
    as_it_runs = path in ("fast", "int16")
    if path != "plain" or kind != "cpu":
        chosen = choose_device(kind, "int16" if path == "int16" else "auto")  # which also makes PyTorch's settings
        device, label = chosen.torch_device, chosen.label
        precision = chosen.precision if as_it_runs else precision
    separator.to(device)
    if as_it_runs and not prepare(separator, device, precision).int16 and path == "int16":
        label += ", no int16"
    samples = separator.config.chunking.segment_samples
    mixture = 0.1 * torch.randn(1, 2, samples, generator=torch.Generator().manual_seed(0)).to(device)
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=precision == torch.bfloat16):
        separator(mixture)[0].sum().item()  # which waits for a GPU
        started = time.perf_counter()
        separator(mixture)[0].sum().item()
        seconds = time.perf_counter() - started
    return _Measured(seconds, _peak_bytes(device), separator.config, label)


def _peak_bytes(device: torch.device) -> int | None:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "linux":
        # Not `getrusage`, whose peak begins with that of the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        peak = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
        return 1024 * int(peak[1]) if peak else None
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return None
