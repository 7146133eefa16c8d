"""Scores a network on fixed items while it trains.

Shapes: I items, S sources, C channels, n samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from engine.evaluation.metrics import score_values
from engine.evaluation.score import ItemScores, score_items
from engine.model.separator import Separator
from engine.separation import Samples
from engine.stems import STAGES, Stage


class Validation:
    """Validation items and their floors, which are scored once."""

    def __init__(self, references: Samples, stems: Sequence[str], segment_samples: int) -> None:
        """Keep items (I, S, C, n); n is a multiple of `segment_samples`.

        Raises:
            ValueError: It is not.
        """
        if references.shape[-1] % segment_samples:
            raise ValueError(f"items of {references.shape[-1]} samples are no whole segments of {segment_samples}")
        self._references = references
        self._stems = tuple(stems)
        self._segment_samples = segment_samples

    def __call__(self, separator: Separator) -> dict[str, float]:
        """Score a network.

        Returns:
            `valid_loss`, to be made small: minus the mean uSDR of the last stage in dB; and `STAGE_STEM`, the mean uSDR
            of each stage and stem.
        """
        scores = score_items(self._references, self._estimates(separator), self._stems, floors=False)
        values: dict[str, float] = {"valid_loss": math.inf}
        for system, targets in scores.summary.items():
            values.update({f"{system}_{name}": figure.usdr_db for name, figure in targets.items()})
            if math.isfinite(targets["average"].usdr_db):
                values["valid_loss"] = -targets["average"].usdr_db
        return values

    def floors(self) -> dict[str, object]:
        """The scores of the baselines on the same items, for the run's record."""
        scores: ItemScores = score_items(self._references, [{}] * len(self._references), self._stems)
        return {"floors": score_values(scores.summary)}

    @torch.inference_mode()
    def _estimates(self, separator: Separator) -> Iterator[dict[Stage, Samples]]:
        device = next(separator.parameters()).device
        for item in self._references:
            mixture = torch.from_numpy(np.ascontiguousarray(item.sum(axis=0))).to(device)
            segments = mixture.unflatten(1, (-1, self._segment_samples)).transpose(0, 1)  # (B, C, segment)
            parts = [separator(segment[None]) for segment in segments]
            stages: dict[Stage, Samples] = {}
            for stage, index in zip(STAGES, (0, 1), strict=True):
                outputs = [part[index] for part in parts]
                if outputs[0] is not None:
                    stages[stage] = torch.cat(outputs, dim=-1)[0].float().cpu().numpy()
            yield stages
