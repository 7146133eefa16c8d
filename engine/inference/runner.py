"""Runs segments through a loaded network, with a batch that fits the memory there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engine.errors import DeviceError
from engine.inference.device import Device, choose_device, has_bfloat16
from engine.model.backend import prepare
from engine.model.checkpoint import Checkpoint
from engine.model.memory import is_out_of_memory
from engine.model.network import Estimates
from engine.separation import Samples
from engine.stems import Stage

# Beyond this a GPU is busy anyway and a cancelled job would wait longer.
_LARGEST_BATCH = 16
# Of the free memory; the rest is left to fragmentation and to other programs.
_USABLE_SHARE = 0.6


class SegmentRunner:
    """One network on one device, which makes do with less where it must.

    After running out of memory it goes on with smaller batches, then in bfloat16, at last on the CPU; there, too, with
    what the device cannot compute.
    """

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
        except (RuntimeError, MemoryError) as error:
            missing = isinstance(error, NotImplementedError) and self.device.torch_device.type != "cpu"
            if not missing and not is_out_of_memory(error):
                raise
        # Outside the handler, so that the failed attempt's tensors are free by now.
        if missing:
            self._move_to_cpu("this network cannot be computed")
            return self.run(batch)
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
        if self.device.precision == torch.float32 and has_bfloat16(self.device.torch_device):
            self.device = replace(self.device, precision=torch.bfloat16)
            self.on_fallback(f"memory ran out on {self.device.label}: going on in bfloat16")
        else:
            self._move_to_cpu("memory ran out")
        return self.run(batch)

    def _move_to_cpu(self, fault: str) -> None:
        reason = f"{fault} on {self.device.label}"
        self.on_fallback(f"{reason}: going on with the CPU")
        self.device = replace(choose_device("cpu", "float32"), reason=reason)
        self._separator.to(self.device.torch_device)
        self.backend = prepare(self._separator, self.device.torch_device)

    def _run(self, batch: Samples) -> Samples:
        # Not when a runner is made, because for the weights, too, there may be no room.
        self._separator.to(self.device.torch_device)
        return self._separated(batch)

    @torch.inference_mode()
    def _separated(self, batch: Samples) -> Samples:
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
