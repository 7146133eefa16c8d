"""The fused core as a differentiable operation of PyTorch, for training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.model.fused_backward import BackwardPass
from engine.model.fused_core import ScanTeam, arrays_of, forward, rows_of, sizes_of
from engine.model.mamba2 import CoreWeights


class _Scan(torch.autograd.Function):
    """The core as a differentiable operation of its input and its six weights."""

    @staticmethod
    def forward(ctx: Any, team: ScanTeam, projected: Tensor, reverse: bool, *parameters: Tensor) -> Tensor:  # noqa: ANN401
        output, ctx.layout = forward(team, projected, reverse, CoreWeights(*parameters))
        ctx.save_for_backward(projected, *parameters)
        ctx.team = team
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        projected, *parameters = ctx.saved_tensors
        weights = CoreWeights(*parameters)
        arrays = arrays_of(weights)
        source, _row_stride = rows_of(projected)
        grad_source = projected.new_empty(projected.shape)
        task = BackwardPass(
            source, ctx.layout, arrays.flat(), gradients[0].contiguous().view(-1).numpy(),
            grad_source.view(-1).numpy(), np.zeros_like(arrays.bias),
        )  # fmt: skip
        grads = ctx.team.run_backward(task, sizes_of(weights))
        taps, bias, dt_bias, a, skip, norm = (torch.from_numpy(grad) for grad in grads)
        grad_a_log = a * torch.from_numpy(arrays.a)
        grad_taps = taps.view(arrays.taps.shape).t().unsqueeze(1)
        return (None, grad_source, None, grad_taps, bias, dt_bias, grad_a_log, skip, norm)


# torch.compile goes around the kernels.
scan: Any = torch.compiler.disable(_Scan.apply)
