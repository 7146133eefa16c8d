"""Blocks of the networks before Mamba-2: LSTMs along time and bands, and squeeze-and-excitation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.model.blocks import NORM_EPS, Recomputable, along_bands, along_time


class ResidualLstm(Recomputable):
    """A bidirectional LSTM behind a norm, added to its input.

    Source: Luo & Yu, arXiv 2209.15174.

    Args:
        features: N.
        groups: Of the norm.
    """

    def __init__(self, features: int, groups: int = 1) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, features, eps=NORM_EPS)
        self.rnn = nn.LSTM(features, 2 * features, batch_first=True, bidirectional=True)
        self.proj = nn.Linear(4 * features, features)

    def compute(self, x: Tensor) -> Tensor:
        """See `Recomputable`."""
        scanned, _state = self.rnn(self.norm(x.transpose(1, 2)).transpose(1, 2))
        return x + self.proj(scanned)


class SqueezeExcite(nn.Module):
    """Scale every feature of a sequence by what the sequence is like on the whole.

    Source: Hu, Shen, Sun, "Squeeze-and-Excitation Networks", arXiv 1709.01507.
    """

    def __init__(self, features: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(features, squeezed, bias=False)
        self.excite = nn.Linear(squeezed, features, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map sequences (B, L, N) to the same shape."""
        mean = x.mean(dim=1, keepdim=True)
        return x * torch.sigmoid(self.excite(torch.relu(self.squeeze(mean))))


class LstmBlock(nn.Module):
    """Along time, then along bands, then whatever follows.

    Args:
        time: For sequences (B, L, N).
        bands: For sequences (B, L, N).
        after: For features (B, C, K, T, N); None: nothing.
    """

    def __init__(self, time: nn.Module, bands: nn.Module, after: nn.Module | None = None) -> None:
        super().__init__()
        self.time, self.bands = time, bands
        self.after = nn.Identity() if after is None else after

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, C, K, T, N) to the same shape."""
        return self.after(along_bands(self.bands, along_time(self.time, x)))


def lstm_macs(features: int) -> int:
    """Multiply-accumulates of a `ResidualLstm` per step: norm, gates with their biases, state, projection."""
    hidden = 2 * features
    direction = 4 * hidden * (features + hidden) + 8 * hidden + 3 * hidden
    return 2 * features + 2 * direction + 2 * hidden * features + features
