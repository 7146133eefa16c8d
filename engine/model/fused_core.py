"""The mixer core for CPUs, compiled by numba: the fused kernels on the tensors of PyTorch."""

from __future__ import annotations

from functools import reduce
from typing import cast

import numpy as np
import torch
from torch import Tensor

from engine.model import fused_backward, fused_forward
from engine.model.crew import Crew, Memory
from engine.model.fused_backward import PARTS, BackwardPass, make_backward_work
from engine.model.fused_forward import Pass, Span, chunk_length, columns_of, make_work
from engine.model.fused_parts import TAPS, Floats, Layout, Sizes, Weights
from engine.model.mamba2 import CoreWeights, TorchCore
from engine.model.simd import LANES

_BLOCKS_PER_THREAD = 4


class ScanTeam:
    """Runs the kernels on several threads, each with memory of its own that is kept."""

    def __init__(self) -> None:
        self._crew, self._memory = Crew(), Memory()

    def run(self, task: Pass, sizes: Sizes) -> None:
        """Fill the output of a task."""
        length, sequences = task.layout.length, task.layout.sequences
        span = Span(length, chunk_length(length, sizes))

        def scan(place: int, first: int, last: int) -> None:
            fused_forward.forward(task, sizes, self._memory.kept(make_work, place, sizes, span), span, first, last)

        self._crew.share(sequences, -(-sequences // (torch.get_num_threads() * _BLOCKS_PER_THREAD)), scan)

    def run_backward(self, task: BackwardPass, sizes: Sizes) -> Weights:
        """Fill the gradient of the source; returns those of the parameters, with flat taps."""
        length = task.layout.length
        parts = [Weights(*(np.zeros_like(array) for array in task.weights)) for _part in range(PARTS)]

        def scan(place: int, first: int, last: int) -> None:
            work = self._memory.kept(make_backward_work, place, sizes, length)
            for part in range(first, last):
                fused_backward.backward(task, work, parts[part], columns_of(length), part)

        self._crew.share(PARTS, 1, scan)
        return Weights(*(reduce(np.add, arrays) for arrays in zip(*parts, strict=True)))


def rows_of(x: Tensor) -> tuple[Floats, int]:
    """All numbers of (B, L, W) as one flat view of memory, and the distance between rows; copies what is scattered."""
    if x.stride(2) != 1 or x.stride(0) != x.shape[1] * x.stride(1):
        x = x.contiguous()
    count = (x.shape[0] * x.shape[1] - 1) * x.stride(1) + x.shape[2]
    return x.detach().as_strided((count,), (1,)).numpy(), x.stride(1)


def sizes_of(weights: CoreWeights) -> Sizes:
    """The core's sizes."""
    heads = weights.a_log.shape[0]
    return Sizes(heads, weights.inner_dim // heads, weights.state_dim)


def arrays_of(weights: CoreWeights) -> Weights:
    """The parameters as the kernels want them; taps (TAPS, channels), the newest last."""
    taps = weights.conv_weight.squeeze(1).t().contiguous()
    a = -torch.exp(weights.a_log)
    tensors = (taps, weights.conv_bias, weights.dt_bias, a, weights.skip, weights.norm_weight)
    return Weights(*(tensor.detach().contiguous().numpy() for tensor in tensors))


def can_fuse(weights: CoreWeights) -> bool:
    """Whether the kernels can compute a core of these sizes."""
    sizes = sizes_of(weights)
    return weights.conv_weight.shape[-1] == TAPS and not sizes.width % LANES and not sizes.state % LANES


def forward(team: ScanTeam, projected: Tensor, reverse: bool, weights: CoreWeights) -> tuple[Tensor, Layout]:
    """Compute the core's output (B, L, inner) of (B, L, projected), and say how the input lies in memory."""
    source, row_stride = rows_of(projected)
    layout = Layout(projected.shape[0], projected.shape[1], row_stride, reverse)
    output = projected.new_empty(*projected.shape[:2], weights.inner_dim)
    arrays = arrays_of(weights).flat()
    team.run(Pass(source, layout, arrays, output.view(-1).numpy(), weights.inner_dim), sizes_of(weights))
    return output, layout


class FusedCore:
    """A `MixerCore` for CPUs in float32; other precisions and odd sizes go through PyTorch operations."""

    def __init__(self) -> None:
        self._fallback = TorchCore()
        self._team = ScanTeam()

    def __call__(self, projected: Tensor, weights: CoreWeights, *, reverse: bool) -> Tensor:
        """See `MixerCore`."""
        if projected.dtype == torch.bfloat16:
            projected = projected.float()
        if projected.dtype != torch.float32 or projected.device.type != "cpu" or not can_fuse(weights):
            return self._fallback(projected, weights, reverse=reverse)
        if not (torch.is_grad_enabled() or torch.compiler.is_compiling()):
            return forward(self._team, projected, reverse, weights)[0]
        # Loads PyTorch's compiler, which takes a second or two and is of no use to those who only listen.
        from engine.model.fused_gradient import scan

        return cast("Tensor", scan(self._team, projected, reverse, *weights))
