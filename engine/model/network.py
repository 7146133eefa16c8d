"""TS-BSMAMBA2 between spectra: stage 1 masks the mixture, stage 2 adds a residual that a mask cannot make.

Source: Bai, Fang, Wang, Zhang, "A Two-Stage Band-Split Mamba-2 Network for Music Separation", arXiv 2409.06245.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.model.band_modules import BandHeads, BandSplit
from engine.model.blocks import DualPathBlock, ResidualMamba
from engine.model.config import ModelConfig
from engine.model.mamba2 import BidirectionalMamba2, MixerCore


class Estimates(NamedTuple):
    """Both stages' estimates of every source; `stage2` is None where there is no second stage."""

    stage1: Tensor
    stage2: Tensor | None


def _blocks(config: ModelConfig, count: int) -> nn.Sequential:
    return nn.Sequential(*(DualPathBlock(config) for _ in range(count)))


class TwoStageNetwork(nn.Module):
    """The whole network. Parameter names are the published code's."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.BN_mask = BandSplit(config.feature_dim)
        self.separator_mask = _blocks(config, config.mask_blocks)
        self.mask = BandHeads(config.feature_dim, config.sources)
        if config.map_blocks:
            self.BN_map = BandSplit(config.feature_dim)
            self.in_conv = nn.Conv1d(2 * config.feature_dim, config.feature_dim, 1)
            self.separator_map = _blocks(config, config.map_blocks)
            self.map = BandHeads(config.feature_dim, config.sources)

    def use_core(self, core: MixerCore) -> None:
        """Make every mixer compute with this back-end."""
        for module in self.modules():
            if isinstance(module, BidirectionalMamba2):
                module.core = core

    def use_recompute(self, *, recompute: bool) -> None:
        """Whether training computes the mixers again in the backward pass instead of keeping what they made."""
        for module in self.modules():
            if isinstance(module, ResidualMamba):
                module.recompute = recompute

    def forward(self, spectrum: Tensor) -> Estimates:
        """Estimate the sources' spectra.

        Args:
            spectrum: The mixture's, complex (B, C, F, T).

        Returns:
            Complex spectra (B, S, C, F, T); those of stage 1 sum to the mixture over S.
        """
        features = self.separator_mask(self.BN_mask(spectrum))
        stage1 = spectrum[:, None] * sum_to_one(self.mask(features))
        if not self.config.map_blocks:
            return Estimates(stage1, None)
        fused = torch.cat([self.BN_map(spectrum), features], dim=-1)
        fused = torch.tanh(F.linear(fused, self.in_conv.weight.squeeze(-1), self.in_conv.bias))
        return Estimates(stage1, stage1 + self.map(self.separator_map(fused)))


def sum_to_one(masks: Tensor) -> Tensor:
    """Shift complex masks (B, S, ...) equally so that they sum to 1 + 0i over the sources."""
    return masks - (masks.sum(dim=1, keepdim=True) - 1) / masks.shape[1]
