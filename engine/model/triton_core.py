"""The mixer core for NVIDIA GPUs: a differentiable operation of PyTorch around our Triton kernels."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from engine.model import triton_backward, triton_forward
from engine.model.mamba2 import GATED_NORM_EPS, CoreWeights, TorchCore

# Sizes of the kernels' work: steps of a chunk (bands, 57, fit one), and of one of long sequences in float32 without
# gradients; rows of the norm; steps and channels of the convolution, whose gradient keeps more in registers; programs
# that share a sum over everything. Chosen by measurement on an H200.
_CHUNK = 64
_FLOAT32_CHUNK = 16
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
    """Sizes of one call: B sequences of L steps, H heads of P features, D the state, W columns with padding.

    `chunk` is in steps; `gradients` says whether what they need is kept.
    """

    sequences: int
    length: int
    heads: int
    head_dim: int
    state: int
    width: int
    reverse: int
    chunk: int
    gradients: bool

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
        return -(-self.length // self.chunk)

    @property
    def rows(self) -> int:
        return self.sequences * self.length

    @property
    def columns(self) -> int:
        """Channels of one program of the convolution: all of x, or none."""
        return math.gcd(_CHANNELS, self.inner, self.channels)

    @property
    def keeps_states(self) -> bool:
        """Whether gradients need the states between chunks."""
        return self.gradients and self.chunks > 1

    @property
    def group(self) -> int:
        """Heads of one program of the forward scan: all that can share what does not depend on the head."""
        return 1 if self.chunks > 1 else self.heads

    def _products(self) -> dict[str, Any]:
        # float32 as PyTorch's own products of float32 are set.
        precision = "tf32x3" if torch.get_float32_matmul_precision() == "highest" else "tf32"
        return {
            "HEADS": self.heads, "P": self.head_dim, "D": self.state, "BLOCK": self.chunk, "PRECISION": precision,
            # Loads of the next chunk in advance would not fit into the shared memory of most GPUs.
            "num_stages": 1,
        }  # fmt: skip

    def forward_scan(self) -> dict[str, Any]:
        """What the forward scan is compiled for."""
        return {
            **self._products(), "LONG": self.chunks > 1, "KEEP": self.keeps_states, "ACTIVE": not self.gradients,
            "GROUP": self.group, "num_warps": 4,
        }  # fmt: skip

    def backward_scan(self) -> dict[str, Any]:
        """What both backward scans are compiled for."""
        return {**self._products(), "num_warps": 4 if self.head_dim * self.state <= _LARGE_STATE else 8}

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
        shape = _shape(projected, weights, reverse, gradients=any(ctx.needs_input_grad))
        xbc = projected.new_empty(shape.sequences, shape.length, shape.channels)
        _launch(
            triton_forward.convolution_forward, (shape.sequences, shape.channels // shape.columns),
            projected, weights.conv_weight, weights.conv_bias, xbc, shape.length, shape.reverse,
            **shape.convolution(), BLOCK=_CONV_STEPS, ACTIVE=not shape.gradients,
        )  # fmt: skip
        steps = (2, shape.sequences, shape.heads, shape.chunks * shape.chunk)
        times, decays = projected.new_empty(steps, dtype=torch.float32)
        _launch(
            triton_forward.decays_forward, (shape.sequences, shape.chunks),
            projected, weights.dt_bias, weights.a_log, times, decays, shape.length, shape.reverse,
            HEADS=shape.heads, FIRST=shape.inner + shape.channels, WIDTH=shape.width, BLOCK=shape.chunk, num_warps=1,
        )  # fmt: skip
        states = projected.new_empty(
            (shape.sequences, shape.heads, shape.chunks, shape.head_dim, shape.state) if shape.keeps_states else (0,)
        )
        scanned = projected.new_empty(shape.sequences, shape.length, shape.inner)
        _launch(
            triton_forward.scan_forward, (shape.sequences * shape.heads // shape.group,),
            xbc, times, decays, weights.skip, scanned, states, shape.length, shape.reverse,
            **shape.forward_scan(),
        )  # fmt: skip
        output = torch.empty_like(scanned)
        _launch(
            triton_forward.norm_forward, (-(-shape.rows // _ROWS),),
            scanned, projected, weights.norm_weight, output, shape.rows, GATED_NORM_EPS,
            INNER=shape.inner, WIDTH=shape.width, ROWS=_ROWS,
        )  # fmt: skip
        ctx.save_for_backward(projected, xbc, times, decays, scanned, states, *parameters)
        ctx.shape = shape
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        projected, xbc, times, decays, scanned, states, *parameters = ctx.saved_tensors
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
                xbc, decays, grad_scanned, grad_states, shape.length, shape.reverse, **shape.backward_scan(),
            )  # fmt: skip
        grad_xbc = projected.new_empty(shape.sequences, shape.length, shape.inner + shape.heads * 2 * shape.state)
        grad_heads = grad_norm.new_empty(shape.sequences, shape.heads, shape.chunks, 3)
        _launch(
            triton_backward.scan_backward, (shape.sequences * shape.heads * shape.chunks,),
            xbc, times, decays, weights.a_log, weights.skip, states, grad_states, grad_scanned, grad_projected,
            grad_xbc, grad_heads, shape.length, shape.reverse,
            **shape.backward_scan(), LONG=shape.chunks > 1, WIDTH=shape.width,
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


def _shape(projected: Tensor, weights: CoreWeights, reverse: bool, *, gradients: bool) -> _Shape:
    heads, head_dim = weights.a_log.shape[0], weights.inner_dim // weights.a_log.shape[0]
    sequences, length, width = projected.shape
    short = projected.dtype == torch.float32 and length > _CHUNK and not gradients
    chunk = _FLOAT32_CHUNK if short else _CHUNK
    return _Shape(sequences, length, heads, head_dim, weights.state_dim, width, int(reverse), chunk, gradients)


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
