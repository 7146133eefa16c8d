"""A training step as one CUDA graph: the GPU runs its some thousand kernels without waiting for Python's launches."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Before the capture: kernels are compiled and tuned, the optimiser makes its state.
_WARM_UP_CALLS = 3


class CapturedStep:
    """Calls some work on a batch a few times, records what it does on the GPU, and from then on replays that.

    The work must do the same with every batch of the same size, ask the device for nothing, and return a tensor. What
    Python passes to it as a number stays as it was when it was recorded.
    Source: "CUDA graphs" in PyTorch's documentation of `torch.cuda.CUDAGraph`.
    """

    def __init__(self, work: Callable[[Tensor], Tensor], device: torch.device) -> None:
        self._work = work
        self._calls = 0
        self._graph = torch.cuda.CUDAGraph()
        self._stream = torch.cuda.Stream(device)
        self._done = torch.cuda.Event()
        self._batch = self._result = torch.empty(0)

    def __call__(self, batch: Tensor) -> Tensor:
        """Work on a batch, of the first one's size; returns at the latest when the call before is done."""
        self._calls += 1
        if self._calls <= _WARM_UP_CALLS:
            return self._warm_up(batch)
        if self._calls == _WARM_UP_CALLS + 1:
            self._batch = batch.clone()
            with torch.cuda.graph(self._graph):
                self._result = self._work(self._batch)
        self._batch.copy_(batch)
        self._graph.replay()
        result = self._result.clone()
        # One step ahead is enough; more would only take memory for batches.
        self._done.synchronize()
        self._done.record()
        return result

    def _warm_up(self, batch: Tensor) -> Tensor:
        # In a stream of its own, as the capture, which wants nothing left over from the usual one.
        usual = torch.cuda.current_stream()
        self._stream.wait_stream(usual)
        with torch.cuda.stream(self._stream):
            result = self._work(batch)
        usual.wait_stream(self._stream)
        return result
