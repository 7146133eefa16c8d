"""Speed and memory of the network on a GPU: mixer cores, training steps, separation.

Run it as `python benchmarks/gpu.py [cores|training|separation ...]`; prints one JSON object per line. Every figure is
the median of several runs between two synchronisations. The networks have random weights but for `default`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import Tensor, nn

from engine.dsp.bands import BAND_WIDTHS
from engine.inference.device import choose_device
from engine.model.backend import choose_backend
from engine.model.library import load_model
from engine.model.mamba2 import CoreWeights, Mamba2, MixerCore, TorchCore
from engine.model.separator import Separator
from engine.model.two_stage import PRESETS, TwoStageConfig
from engine.stems import NETWORK_RATE
from engine.training.captured import CapturedStep
from engine.training.loss import two_stage_loss
from engine.training.settings import PRESETS as TRAINING
from engine.training.settings import TrainingSettings

BATCH = 16
BANDS = len(BAND_WIDTHS)
SEGMENT_SAMPLES = TwoStageConfig().chunking.segment_samples


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts: dict[str, Callable[[torch.device, dict[str, MixerCore]], None]] = {
        "cores": measure_cores, "training": measure_training, "separation": measure_separation,
    }  # fmt: skip
    parser.add_argument("parts", nargs="*", choices=[*parts, []], default=list(parts))
    chosen = parser.parse_args().parts
    device = choose_device("auto", "auto").torch_device
    backend = choose_backend(device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    tell(
        device=name, torch=torch.__version__, cuda=torch.version.cuda, commit=commit(),
        backend=backend.name, reason=backend.reason,
    )  # fmt: skip
    cores: dict[str, MixerCore] = {backend.name: backend.core}
    cores.setdefault("pytorch", TorchCore())
    for part in chosen:
        parts[part](device, cores)


def measure_cores(device: torch.device, cores: dict[str, MixerCore]) -> None:
    """One direction of one mixer along time and along bands, forwards alone and with gradients."""
    frames = TwoStageConfig.stft.frames(SEGMENT_SAMPLES)
    for title, config in {"bundled": TRAINING["bundled"].model, "full": PRESETS["full"]}.items():
        mixer = next(module for module in config.build().modules() if isinstance(module, Mamba2)).to(device)
        weights = mixer.core_weights()
        for axis, sequences, length in (("time", 2 * BANDS * BATCH, frames), ("bands", 2 * frames * BATCH, BANDS)):
            shape = (sequences, length, mixer.in_proj.out_features)
            projected = torch.randn(shape, device=device, dtype=torch.bfloat16, requires_grad=True)
            for name, core in cores.items():
                times = _core_times(core, projected, weights)
                tell(core=name, sizes=title, axis=axis, batch=BATCH, **times)


def _core_times(core: MixerCore, projected: Tensor, weights: CoreWeights) -> dict[str, float]:
    def forward() -> None:
        with torch.no_grad():
            core(projected, weights, reverse=True)

    def both() -> None:
        output = core(projected, weights, reverse=True)
        output.backward(torch.ones_like(output))

    return {"forward_ms": 1000 * median_seconds(forward), "with_gradients_ms": 1000 * median_seconds(both)}


def measure_training(device: torch.device, cores: dict[str, MixerCore]) -> None:
    """Whole steps of training, launched one by one and captured: seconds of audio per second, and peak memory."""
    torch.set_float32_matmul_precision("high")
    for preset, (name, core), recompute, captured in itertools.product(
        ("bundled", "paper-light"), cores.items(), (True, False), (False, True)
    ):
        line = {"training": preset, "core": name, "recompute": recompute, "captured": captured, "batch": BATCH}
        settings = TRAINING[preset]
        stems = 0.1 * torch.randn(BATCH, 4, 2, settings.segment_samples, device=device)
        step = _training_step(settings, core, recompute=recompute)
        torch.cuda.reset_peak_memory_stats(device)
        try:
            seconds = median_seconds(partial(CapturedStep(step, device) if captured else step, stems))
        except torch.OutOfMemoryError:
            tell(**line, out_of_memory=True)
        else:
            audio = BATCH * settings.segment_samples / NETWORK_RATE
            tell(**line, seconds=seconds, real_time=audio / seconds, peak_gb=peak_gb(device))
        del step
        torch.cuda.empty_cache()


def _training_step(settings: TrainingSettings, core: MixerCore, *, recompute: bool) -> Callable[[Tensor], Tensor]:
    """What the training loop does with a batch, with a network and an optimiser of its own."""
    network = Separator(settings.model).cuda().network
    network.use_core(core)
    network.use_recompute(recompute=recompute)
    optimiser = torch.optim.Adam(network.parameters(), fused=True, capturable=True)

    def step(stems: Tensor) -> Tensor:
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = two_stage_loss(network, stems, settings.loss)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), settings.clip_norm)
        optimiser.step()
        return loss.detach()

    return step


def measure_separation(device: torch.device, cores: dict[str, MixerCore]) -> None:
    """Segments per second of our networks on the core that was chosen, by size of batch; and the error of bfloat16."""
    torch.set_float32_matmul_precision("highest")
    name, core = next(iter(cores.items()))
    for model in ("default", *PRESETS):
        separator = load_model("default").separator() if model == "default" else Separator(PRESETS[model])
        separator.requires_grad_(requires_grad=False).eval().to(device)
        separator.network.use_core(core)
        exact = _separate(separator, music(1, device), torch.float32)
        reduced = _separate(separator, music(1, device), torch.bfloat16)
        error = float(20 * torch.log10((reduced - exact).norm() / exact.norm()))
        tell(model=model, core=name, bfloat16_error_db=error)
        for precision in (torch.bfloat16, torch.float32):
            for batch in (1, 4, 16):
                _measure_batch(separator, batch, precision, {"model": model, "core": name})


def _measure_batch(separator: Separator, batch: int, precision: torch.dtype, line: dict[str, object]) -> None:
    device = next(separator.parameters()).device
    mixture = music(batch, device)
    torch.cuda.reset_peak_memory_stats(device)
    try:
        seconds = median_seconds(lambda: _separate(separator, mixture, precision)) / batch
    except torch.OutOfMemoryError:
        tell(**line, precision=str(precision), batch=batch, out_of_memory=True)
        return
    hops = separator.config.chunking.hop_samples
    speeds = {quality: hop / NETWORK_RATE / seconds for quality, hop in hops.items()}
    tell(**line, precision=str(precision), batch=batch, seconds=seconds, real_time=speeds, peak_gb=peak_gb(device))


@torch.inference_mode()
def _separate(separator: Separator, mixture: Tensor, precision: torch.dtype) -> Tensor:
    with torch.autocast(mixture.device.type, dtype=precision, enabled=precision != torch.float32):
        estimates = separator(mixture)
    final = estimates.stage2
    return (estimates.stage1 if final is None else final).float()


def music(batch: int, device: torch.device) -> Tensor:
    """Something with the spectrum of music: noise that falls by 3 dB per octave, at a usual level."""
    noise = torch.fft.rfft(torch.randn(batch, 2, SEGMENT_SAMPLES, generator=torch.Generator().manual_seed(0)))
    noise /= torch.arange(1, noise.shape[-1] + 1).sqrt()
    signal = torch.fft.irfft(noise, SEGMENT_SAMPLES)
    return (0.1 * signal / signal.square().mean().sqrt()).to(device)


def median_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Median time of some work after four runs to warm up, the last of which may be a capture."""
    times: list[float] = []
    for run in range(runs + 4):
        torch.cuda.synchronize()
        started = time.perf_counter()
        work()
        torch.cuda.synchronize()
        if run >= 4:
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def commit() -> str:
    """The commit of this working tree, if it is one."""
    try:
        return subprocess.check_output(
            ["git", "describe", "--always", "--dirty"], cwd=Path(__file__).parent, text=True
        ).strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def peak_gb(device: torch.device) -> float:
    """The most memory that tensors took since the last reset."""
    return torch.cuda.max_memory_allocated(device) / 1e9


def tell(**values: object) -> None:
    """Print one line."""
    print(json.dumps({key: round(value, 5) if isinstance(value, float) else value for key, value in values.items()}))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
