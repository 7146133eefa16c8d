"""Runs segments through a loaded network, with a batch that fits the memory there is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.errors import DeviceError
from engine.inference.device import Device, prepare_cpu
from engine.model.backend import prepare
from engine.model.checkpoint import Checkpoint
from engine.model.network import Estimates
from engine.separation import Samples
from engine.stems import Stage

# Beyond this a GPU is busy anyway and a cancelled job would wait longer.
_LARGEST_BATCH = 16
# Of the free memory; the rest is left to fragmentation and to other programs.
_USABLE_SHARE = 0.6

OutOfMemory = (torch.OutOfMemoryError, MemoryError)


class SegmentRunner:
    """One network on one device. After running out of memory it goes on with smaller batches, at last on the CPU."""

    def __init__(
        self, checkpoint: Checkpoint, device: Device, stages: tuple[Stage, ...], stems: tuple[str, ...]
    ) -> None:
        self._stages = stages
        self._sources = [checkpoint.card.stems.index(stem) for stem in stems]
        # The stem and stage of each signal that `run` returns.
        self.signal_names: list[tuple[str, Stage]] = [(stem, stage) for stage in stages for stem in stems]
        self._separator = checkpoint.separator(second_stage=2 in stages)
        self.config = self._separator.config
        self.device = device
        self._separator.to(device.torch_device)
        self.backend = prepare(self._separator, device.torch_device, device.precision)
        self._limit = _LARGEST_BATCH
        # Told one line whenever the runner has to make do with less.
        self.on_fallback: Callable[[str], None] = lambda _line: None

    @property
    def signals(self) -> int:
        """How many signals `run` returns for each segment."""
        return len(self.signal_names)

    @property
    def reason(self) -> str:
        """Why this device and, where that is not the usual one, this back-end."""
        if (self.device.torch_device.type, self.backend.name) in (("cpu", "numba"), ("mps", "pytorch")):
            return self.device.reason
        return f"{self.device.reason}; {self.backend.name}: {self.backend.reason}"

    def batch_size(self, channels: int, samples: int) -> int:
        """How many segments (C, L) to run at once."""
        # On a CPU one segment keeps all cores busy, and more would only leave the cache.
        if self.device.torch_device.type != "cuda":
            return 1
        free, _total = torch.cuda.mem_get_info(self.device.torch_device)
        needed = self.config.segment_bytes(channels, samples)
        return max(1, min(self._limit, int(free * _USABLE_SHARE / needed)))

    def run(self, batch: Samples) -> Samples:
        """Separate segments.

        Args:
            batch: (B, C, L) at the network's rate.

        Returns:
            (B, signals, C, L), in the order of `signal_names`.

        Raises:
            DeviceError: Even one segment on the CPU needs more memory than there is.
        """
        try:
            return self._run(batch)
        except OutOfMemory:
            pass
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        # Outside the handler, so that the failed attempt's tensors are free by now.
        return self._run_smaller(batch)

    def _run_smaller(self, batch: Samples) -> Samples:
        if self.device.torch_device.type == "cuda":
            torch.cuda.empty_cache()
        if len(batch) > 1:
            half = len(batch) // 2
            self._limit = half
            self.on_fallback(f"memory ran out: going on with {half} segments at a time")
            return np.concatenate([self.run(batch[:half]), self.run(batch[half:])])
        if self.device.torch_device.type == "cpu":
            raise DeviceError("even one segment needs more memory than there is; close other programs first")
        self.on_fallback(f"memory ran out on {self.device.label}: going on with the CPU")
        self._move_to_cpu()
        return self.run(batch)

    def _move_to_cpu(self) -> None:
        prepare_cpu()
        cpu = torch.device("cpu")
        label = f"cpu ({torch.get_num_threads()} threads)"
        self.device = Device(cpu, label, f"memory ran out on {self.device.label}", torch.float32)
        self._separator.to(cpu)
        self.backend = prepare(self._separator, cpu)

    @torch.inference_mode()
    def _run(self, batch: Samples) -> Samples:
        device = self.device.torch_device
        mixture = torch.from_numpy(np.ascontiguousarray(batch)).to(device)
        reduced = self.device.precision != torch.float32
        with torch.autocast(device.type, dtype=self.device.precision, enabled=reduced):
            estimates = self._separator(mixture)
        chosen = [self._chosen(estimates, stage) for stage in self._stages]
        return torch.cat(chosen, dim=1).float().cpu().numpy()

    def _chosen(self, estimates: Estimates, stage: Stage) -> Tensor:
        output = estimates.stage1 if stage == 1 else estimates.stage2
        if output is None:
            raise ValueError("this network has no second stage")
        return output[:, self._sources]


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether PyTorch means that memory ran out; its CPU and MPS allocators raise a plain RuntimeError."""
    text = str(error)
    return "can't allocate memory" in text or "out of memory" in text.lower()
