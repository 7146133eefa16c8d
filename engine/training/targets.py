"""From the stems of a training song to those of the network that learns them."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.errors import ModelError
from engine.model.checkpoint import ModelCard
from engine.stems import DEFAULT_STEMS


class Targets:
    """What a model is to make of the usual stems of a song: some of them, and perhaps the sum of the others.

    Args:
        card: Of the model.

    Raises:
        ModelError: One of its stems is none of the usual ones.
    """

    def __init__(self, card: ModelCard) -> None:
        own = card.stems[: card.config.sources]
        strange = [stem for stem in own if stem not in DEFAULT_STEMS]
        if strange:
            raise ModelError(f"there is no {strange[0]} in the songs to train on, only {', '.join(DEFAULT_STEMS)}")
        self.stems = card.stems
        self._parts = [[DEFAULT_STEMS.index(stem)] for stem in own]
        if card.config.remainder:
            self._parts.append([index for index, stem in enumerate(DEFAULT_STEMS) if stem not in own])

    def of(self, stems: Tensor) -> Tensor:
        """Map all usual stems (..., 4, C, n) to the model's (..., stems, C, n)."""
        if self.stems == DEFAULT_STEMS:
            return stems
        return torch.stack([stems[..., part, :, :].sum(dim=-3) for part in self._parts], dim=-3)
