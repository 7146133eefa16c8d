"""Runs segments through a loaded network, with a batch that fits the memory there is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engine.errors import DeviceError
from engine.inference.device import Device, choose_device, has_bfloat16
from engine.model.architectures import preset_config
from engine.model.backend import backend_for, prepare
from engine.model.checkpoint import Checkpoint
from engine.model.memory import is_out_of_memory
from engine.model.network import Estimates
from engine.said import say
from engine.separation import Samples
from engine.stems import Stage

# Waits for segments (B, signals, C, L) that were begun.
Result = Callable[[], Samples]

# Beyond this a GPU is busy anyway and a cancelled job would wait longer.
_LARGEST_BATCH = 16
# Of the free memory; the rest is left to fragmentation and to other programs.
_USABLE_SHARE = 0.6


class _TooLongError(Exception):
    """Something would take long."""


def try_device() -> None:
    """Set up the device and the kernels that a song would take; what is not compiled yet is left to the song."""

    def refuse(_line: str) -> None:
        raise _TooLongError

    device = choose_device("auto", "auto")
    with torch.device("meta"):
        network = preset_config("small").first_stage().build()
    with contextlib.suppress(_TooLongError):
        backend_for(network, device.torch_device, device.precision, refuse)


class SegmentRunner:
    """One network on one device, which makes do with less where it must.

    After running out of memory it goes on with smaller batches, then in bfloat16, at last on the CPU; there, too, with
    what the device cannot compute.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        device: Device,
        stages: tuple[Stage, ...],
        stems: tuple[str, ...],
        tell: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._stages = stages
        self._sources = [checkpoint.card.stems.index(stem) for stem in stems]
        # The stem and stage of each signal that comes out.
        self.signal_names: list[tuple[str, Stage]] = [(stem, stage) for stage in stages for stem in stems]
        self._separator = checkpoint.separator(second_stage=2 in stages)
        self.config = self._separator.config
        self.device = device
        self.backend = prepare(self._separator, device.torch_device, device.precision, tell)
        if device.precision == torch.int16 and not self.backend.int16:
            self.device = replace(device, precision=torch.float32)
        self._weights_at = torch.device("cpu")
        self._limit = _LARGEST_BATCH
        # Told one line whenever the runner has to make do with less.
        self.on_fallback: Callable[[str], None] = lambda _line: None

    @property
    def signals(self) -> int:
        """How many signals come out for each segment."""
        return len(self.signal_names)

    @property
    def reason(self) -> str:
        """Why this device and, where that is not the usual one, this back-end."""
        usual = (self.device.torch_device.type, self.backend.name) in (("cpu", "numba"), ("mps", "pytorch"))
        if usual or not self.backend.reason:
            return self.device.reason
        return say(
            "{device}; {backend}: {reason}",
            device=self.device.reason,
            backend=self.backend.name,
            reason=self.backend.reason,
        )

    def batch_size(self, channels: int, samples: int) -> int:
        """How many segments (C, L) to run at once."""
        # On a CPU one segment keeps all cores busy, and more would only leave the cache.
        if self.device.torch_device.type != "cuda":
            return 1
        device = self.device.torch_device
        free, _total = torch.cuda.mem_get_info(device)
        free += torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # what PyTorch keeps for later
        needed = self.config.segment_bytes(channels, samples)
        return max(1, min(self._limit, int(free * _USABLE_SHARE / needed)))

    @property
    def computes_ahead(self) -> bool:
        """Whether the device goes on computing while its results are worked on here."""
        return self.device.torch_device.type == "cuda"

    def begin(self, batch: Samples) -> Result:
        """Begin to separate segments.

        Args:
            batch: (B, C, L) at the network's rate.

        Returns:
            A function that waits for the result (B, signals, C, L), in the order of `signal_names`, and returns it.

        Raises:
            DeviceError: Even one segment on the CPU needs more memory than there is.
        """
        try:
            return self._begin(batch)
        except (RuntimeError, MemoryError) as error:
            missing = isinstance(error, NotImplementedError) and self.device.torch_device.type != "cpu"
            if not missing and not is_out_of_memory(error):
                raise
        # Outside the handler, so that the failed attempt's tensors are free by now.
        if missing:
            self._move_to_cpu(say("this network cannot be computed on {device}", device=self.device.label))
            return self.begin(batch)
        return self._begin_smaller(batch)

    def _begin_smaller(self, batch: Samples) -> Result:
        if self.device.torch_device.type == "cuda":
            torch.cuda.empty_cache()
        if len(batch) > 1:
            self._limit = len(batch) // 2
            self.on_fallback(say("memory ran out: going on with {count} segments at a time", count=self._limit))
            parts: list[Result] = []
            begun = 0
            while begun < len(batch):
                part = batch[begun : begun + self._limit]  # the limit falls when this is too much, too
                parts.append(self.begin(part))
                begun += len(part)
            return lambda: np.concatenate([part() for part in parts])
        if self.device.torch_device.type == "cpu":
            raise DeviceError(say("even one segment needs more memory than there is; close other programs first"))
        if self.device.precision == torch.float32 and has_bfloat16(self.device.torch_device):
            self.device = replace(self.device, precision=torch.bfloat16)
            self.on_fallback(say("memory ran out on {device}: going on in bfloat16", device=self.device.label))
        else:
            self._move_to_cpu(say("memory ran out on {device}", device=self.device.label))
        return self.begin(batch)

    def _move_to_cpu(self, reason: str) -> None:
        self.on_fallback(say("{reason}: going on with the CPU", reason=reason))
        self.device = replace(choose_device("cpu", "float32"), reason=reason)
        self._separator.to(self.device.torch_device)
        self.backend = prepare(self._separator, self.device.torch_device)

    def _begin(self, batch: Samples) -> Result:
        # Not when a runner is made, because for the weights, too, there may be no room. Not for every batch, because
        # looking at thousands of modules takes as long as some segments do.
        if self._weights_at != self.device.torch_device:
            self._separator.to(self.device.torch_device)
            self._weights_at = self.device.torch_device
        return self._separated(batch)

    @torch.inference_mode()
    def _separated(self, batch: Samples) -> Result:
        device = self.device.torch_device
        mixture = torch.from_numpy(np.ascontiguousarray(batch))
        if device.type == "cuda":
            mixture = mixture.pin_memory()  # or the copy would wait for all that is computed
        mixture = mixture.to(device, non_blocking=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=self.device.precision == torch.bfloat16):
            estimates = self._separator(mixture)
        # Not taken by a list of places, which would wait for the device.
        signals = [self._output(estimates, stage)[:, source] for stage in self._stages for source in self._sources]
        made = torch.stack(signals, dim=1).float()
        return _copied(made) if device.type == "cuda" else made.cpu().numpy

    @staticmethod
    def _output(estimates: Estimates, stage: Stage) -> Tensor:
        output = estimates.stage1 if stage == 1 else estimates.stage2
        if output is None:
            raise ValueError("this network has no second stage")
        return output


def _copied(made: Tensor) -> Result:
    """Let a GPU's result come here when it is done."""
    here = torch.empty(made.shape, pin_memory=True)
    here.copy_(made, non_blocking=True)
    done = torch.cuda.Event()
    done.record()

    def wait() -> Samples:
        done.synchronize()
        return here.numpy()

    return wait
