"""The mixer core for NVIDIA GPUs: a differentiable operation of PyTorch around our Triton kernels."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from engine.model import triton_backward, triton_forward
from engine.model.mamba2 import GATED_NORM_EPS, CoreWeights, TorchCore

# Sizes of the kernels' work: steps of a chunk (bands, 57, fit one); rows of the norm; steps and channels of the
# convolution, whose gradient keeps more in registers; programs that share a sum over everything.
# Chosen by measurement on an H200.
_CHUNK = 64
_ROWS = 16
_CONV_STEPS = 32
_CONV_BACKWARD_STEPS = 16
_CONV_WARPS = 2
_CHANNELS = 64
_PARTS = 1024
_LARGE_STATE = 64 * 64

_TAPS = 4
# Of heads and states: matrix units want at least 16, and registers no more than 128.
_SMALLEST, _WIDEST = 16, 128


class _Shape(NamedTuple):
    """Sizes of one call: B sequences of L steps, H heads of P features, D the state, W columns with padding."""

    sequences: int
    length: int
    heads: int
    head_dim: int
    state: int
    width: int
    reverse: int

    @property
    def inner(self) -> int:
        return self.heads * self.head_dim

    @property
    def channels(self) -> int:
        return self.inner + 2 * self.state

    @property
    def used(self) -> int:
        """Columns without padding."""
        return self.inner + self.channels + self.heads

    @property
    def chunks(self) -> int:
        return -(-self.length // _CHUNK)

    @property
    def rows(self) -> int:
        return self.sequences * self.length

    @property
    def columns(self) -> int:
        """Channels of one program of the convolution: all of x, or none."""
        return math.gcd(_CHANNELS, self.inner, self.channels)

    def products(self) -> dict[str, Any]:
        """What the scans are compiled for."""
        return {
            "HEADS": self.heads, "P": self.head_dim, "D": self.state, "WIDTH": self.width, "BLOCK": _CHUNK,
            # As PyTorch's own products of float32 are set.
            "PRECISION": "tf32x3" if torch.get_float32_matmul_precision() == "highest" else "tf32",
            # Loads of the next chunk in advance would not fit into shared memory.
            "num_stages": 1, "num_warps": 4 if self.head_dim * self.state <= _LARGE_STATE else 8,
        }  # fmt: skip

    def convolution(self) -> dict[str, int]:
        """What both convolutions are compiled for."""
        return {
            "INNER": self.inner, "CHANNELS": self.channels, "WIDTH": self.width, "TAPS": _TAPS,
            "COLUMNS": self.columns, "num_warps": _CONV_WARPS,
        }  # fmt: skip


def can_fuse(weights: CoreWeights) -> bool:
    """Whether the kernels can compute a core of these sizes: powers of two that matrix units take."""
    inner, heads = weights.inner_dim, weights.a_log.shape[0]
    sizes = (weights.state_dim, inner // heads)
    powers = all(not size & (size - 1) for size in (*sizes, inner))
    return powers and all(_SMALLEST <= size <= _WIDEST for size in sizes) and weights.conv_weight.shape[-1] == _TAPS


class _Scan(torch.autograd.Function):
    """The core as a differentiable operation of its input and its six weights."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, reverse: bool, *parameters: Tensor) -> Tensor:  # noqa: ANN401
        weights = CoreWeights(*(parameter.float().contiguous() for parameter in parameters))
        shape = _shape(projected, weights, reverse)
        xbc = projected.new_empty(shape.sequences, shape.length, shape.channels)
        _launch(
            triton_forward.convolution_forward, (shape.sequences, shape.channels // shape.columns),
            projected, weights.conv_weight, weights.conv_bias, xbc, shape.length, shape.reverse,
            **shape.convolution(), BLOCK=_CONV_STEPS,
        )  # fmt: skip
        keep = any(ctx.needs_input_grad) and shape.chunks > 1
        states = projected.new_empty(
            (shape.sequences, shape.heads, shape.chunks, shape.head_dim, shape.state) if keep else (0,)
        )
        scanned = projected.new_empty(shape.sequences, shape.length, shape.inner)
        _launch(
            triton_forward.scan_forward, (shape.sequences * shape.heads,),
            projected, xbc, *weights[2:5], scanned, states, shape.length, shape.reverse,
            **shape.products(), LONG=shape.chunks > 1, KEEP=keep,
        )  # fmt: skip
        output = torch.empty_like(scanned)
        _launch(
            triton_forward.norm_forward, (-(-shape.rows // _ROWS),),
            scanned, projected, weights.norm_weight, output, shape.rows, GATED_NORM_EPS,
            INNER=shape.inner, WIDTH=shape.width, ROWS=_ROWS,
        )  # fmt: skip
        ctx.save_for_backward(projected, xbc, scanned, states, *parameters)
        ctx.shape = shape
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        projected, xbc, scanned, states, *parameters = ctx.saved_tensors
        weights = CoreWeights(*(parameter.float().contiguous() for parameter in parameters))
        shape: _Shape = ctx.shape
        grad_projected = torch.empty_like(projected)
        grad_projected[..., shape.used :] = 0
        grad_scanned = torch.empty_like(scanned)
        parts = min(_PARTS, -(-shape.rows // _ROWS))
        grad_norm = weights.norm_weight.new_empty(parts, shape.inner)
        _launch(
            triton_backward.norm_backward, (parts,),
            scanned, projected, weights.norm_weight, gradients[0].contiguous(), grad_scanned, grad_projected,
            grad_norm, shape.rows, GATED_NORM_EPS, INNER=shape.inner, WIDTH=shape.width, ROWS=_ROWS,
        )  # fmt: skip
        grad_states = torch.empty_like(states)
        if shape.chunks > 1:
            _launch(
                triton_backward.scan_backward_states, (shape.sequences * shape.heads,),
                projected, xbc, *weights[2:4], grad_scanned, grad_states, shape.length, shape.reverse,
                **shape.products(),
            )  # fmt: skip
        grad_xbc = projected.new_empty(shape.sequences, shape.length, shape.inner + shape.heads * 2 * shape.state)
        grad_heads = grad_norm.new_empty(shape.sequences, shape.heads, shape.chunks, 3)
        _launch(
            triton_backward.scan_backward, (shape.sequences * shape.heads * shape.chunks,),
            projected, xbc, *weights[2:5], states, grad_states, grad_scanned, grad_projected, grad_xbc, grad_heads,
            shape.length, shape.reverse,
            **shape.products(), LONG=shape.chunks > 1,
        )  # fmt: skip
        parts = min(_PARTS, shape.sequences)
        grad_taps = grad_norm.new_empty(parts, _TAPS + 1, shape.channels)
        _launch(
            triton_backward.convolution_backward, (parts, shape.channels // shape.columns),
            projected, weights.conv_weight, grad_xbc, grad_projected, grad_taps, shape.sequences, shape.length,
            shape.reverse, **shape.convolution(), HEADS=shape.heads, BLOCK=_CONV_BACKWARD_STEPS,
        )  # fmt: skip
        taps = grad_taps.sum(dim=0)
        dt_bias, a_log, skip = grad_heads.sum(dim=(0, 2)).unbind(-1)
        grad_weights = (taps[:-1].t().unsqueeze(1), taps[-1], dt_bias, a_log, skip, grad_norm.sum(dim=0))
        return (grad_projected, None, *grad_weights)


def _shape(projected: Tensor, weights: CoreWeights, reverse: bool) -> _Shape:
    heads = weights.a_log.shape[0]
    sequences, length, width = projected.shape
    return _Shape(sequences, length, heads, weights.inner_dim // heads, weights.state_dim, width, int(reverse))


def _launch(kernel: Any, grid: tuple[int, ...], *arguments: object, **constants: object) -> None:  # noqa: ANN401
    kernel[grid](*arguments, **constants)


# torch.compile goes around the kernels.
_scan: Any = torch.compiler.disable(_Scan.apply)


class TritonCore:
    """A `MixerCore` in Triton for float32 and bfloat16; odd sizes go through PyTorch operations."""

    def __init__(self) -> None:
        self._fallback = TorchCore()

    def __call__(self, projected: Tensor, weights: CoreWeights, *, reverse: bool) -> Tensor:
        """See `MixerCore`; the result has the input's precision."""
        if projected.dtype not in (torch.float32, torch.bfloat16) or not can_fuse(weights):
            return self._fallback(projected, weights, reverse=reverse)
        return cast("Tensor", _scan(projected.contiguous(), reverse, *weights))
