"""What all networks have in common: spectra in, estimates of every source's spectrum out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.model.blocks import Recomputable
from engine.model.config import NetworkConfig
from engine.model.mamba2 import Mamba2, MixerCore


class Estimates(NamedTuple):
    """Both stages' estimates of every source; `stage2` is None where there is no second stage."""

    stage1: Tensor
    stage2: Tensor | None

    def map(self, change: Callable[[Tensor], Tensor]) -> Estimates:
        """Do the same to both stages."""
        return Estimates(change(self.stage1), None if self.stage2 is None else change(self.stage2))


def by_channels(compute: Callable[[Tensor], Estimates], spectrum: Tensor, count: int) -> Estimates:
    """Let a network that hears `count` channels at a time compute spectra (B, C, F, T) of any C.

    Channels that are missing from the last group are copies of the last one, whose estimates are dropped.
    """
    batch, channels = spectrum.shape[:2]
    copies = spectrum[:, -1:].expand(-1, -channels % count, -1, -1)
    grouped = torch.cat([spectrum, copies], dim=1).unflatten(1, (-1, count)).flatten(0, 1)  # (B groups, count, F, T)

    def ungrouped(stage: Tensor) -> Tensor:
        return stage.unflatten(0, (batch, -1)).transpose(1, 2).flatten(2, 3)[:, :, :channels]

    return compute(grouped).map(ungrouped)


class Network(nn.Module):
    """A network of any architecture; parameter names are those of the code it was published with."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config

    @property
    def has_mixers(self) -> bool:
        """Whether there is anything that a `MixerCore` computes."""
        return any(isinstance(module, Mamba2) for module in self.modules())

    def use_core(self, core: MixerCore) -> None:
        """Make every mixer compute with this back-end."""
        for module in self.modules():
            if isinstance(module, Mamba2):
                module.core = core

    def use_recompute(self, *, recompute: bool) -> None:
        """Whether training computes the mixers again in the backward pass instead of keeping what they made."""
        for module in self.modules():
            if isinstance(module, Recomputable):
                module.recompute = recompute

    @abstractmethod
    def forward(self, spectrum: Tensor) -> Estimates:
        """Estimate the sources' spectra.

        Args:
            spectrum: The mixture's, complex (B, C, F, T), any C.

        Returns:
            Complex spectra (B, S, C, F, T) of every stage.
        """
