"""The mixer core for CPUs, compiled by numba: a differentiable operation of PyTorch around `fused_kernels`."""

from __future__ import annotations

from typing import Any, cast

import numba
import numpy as np
import torch
from torch import Tensor

from engine.model import fused_kernels as kernels
from engine.model.fused_kernels import PARTS, ROWS, Floats, Layout, Weights
from engine.model.mamba2 import CoreWeights, TorchCore


def _rows(x: Tensor) -> tuple[Floats, int]:
    """All numbers of (B, L, W) as one flat view of memory, and the distance between rows."""
    if x.stride(2) != 1 or x.stride(0) != x.shape[1] * x.stride(1):
        x = x.contiguous()
    count = (x.shape[0] * x.shape[1] - 1) * x.stride(1) + x.shape[2]
    return x.as_strided((count,), (1,)).numpy(), x.stride(1)


def _arrays(weights: CoreWeights) -> Weights:
    taps = weights.conv_weight.squeeze(1).t().contiguous()
    a = -torch.exp(weights.a_log)
    tensors = (taps, weights.conv_bias, weights.dt_bias, a, weights.skip, weights.norm_weight)
    return Weights(*(tensor.detach().contiguous().numpy() for tensor in tensors))


class _Scan(torch.autograd.Function):
    """The core as a differentiable operation of its input and its six weights."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, reverse: bool, *parameters: Tensor) -> Tensor:  # noqa: ANN401
        weights = CoreWeights(*parameters)
        arrays = _arrays(weights)
        source, row_stride = _rows(projected)
        ctx.save_for_backward(projected, *parameters)
        ctx.layout = Layout(projected.shape[0], projected.shape[1], row_stride, reverse)
        output = projected.new_empty(*projected.shape[:2], weights.inner_dim)
        _use_threads()
        kernels.forward(source, ctx.layout, arrays, output.view(-1).numpy())
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        projected, *parameters = ctx.saved_tensors
        weights = CoreWeights(*parameters)
        arrays = _arrays(weights)
        source, _row_stride = _rows(projected)
        grad_source = projected.new_empty(projected.shape)
        grads = Weights(*(np.zeros((PARTS, *array.shape), np.float32) for array in arrays))
        _use_threads()
        grad_output = gradients[0].contiguous().view(-1).numpy()
        kernels.backward(source, ctx.layout, arrays, grad_output, grad_source.view(-1).numpy(), grads)
        taps, bias, dt_bias, a, skip, norm = (torch.from_numpy(grad.sum(axis=0)) for grad in grads)
        grad_a_log = a * torch.from_numpy(arrays.a)
        return (grad_source, None, taps.t().unsqueeze(1), bias, dt_bias, grad_a_log, skip, norm)


# torch.compile goes around the kernels.
_scan: Any = torch.compiler.disable(_Scan.apply)


def _use_threads() -> None:
    """As many as PyTorch uses."""
    most = cast("Any", numba).config.NUMBA_NUM_THREADS
    numba.set_num_threads(min(torch.get_num_threads(), most))


class FusedCore:
    """A `MixerCore` for CPUs in float32; other precisions and odd states go through PyTorch operations."""

    def __init__(self) -> None:
        self._fallback = TorchCore()

    def __call__(self, projected: Tensor, weights: CoreWeights, *, reverse: bool) -> Tensor:
        """See `MixerCore`."""
        if projected.dtype == torch.bfloat16:
            projected = projected.float()
        if projected.dtype != torch.float32 or projected.device.type != "cpu" or weights.state_dim % ROWS:
            return self._fallback(projected, weights, reverse=reverse)
        return cast("Tensor", _scan(projected, reverse, *weights))
