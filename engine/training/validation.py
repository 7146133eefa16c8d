"""Scores a network on fixed items while it trains.

Shapes: I items, S sources, C channels, n samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import numpy as np
import torch

from engine.audio.encode import write_audio
from engine.audio.formats import audio_format
from engine.audio.target import AudioFile
from engine.dsp.resample import resample
from engine.evaluation.metrics import score_values, summarise
from engine.evaluation.score import score_items
from engine.model.separator import Separator
from engine.separation import Samples, Tags
from engine.stems import NETWORK_RATE, STAGES, Stage
from engine.whole_file import make_folder


class Item(NamedTuple):
    """A stretch of a song whose stems (S, C, n) are known."""

    song: str
    stems: Samples


class Validation:
    """Validation items and their floors, which are scored once; some can be listened to."""

    def __init__(
        self, items: Sequence[Item], stems: Sequence[str], segment_samples: int, examples: Path | None = None
    ) -> None:
        """Keep items of equal shape; n is a multiple of `segment_samples`.

        Args:
            items: I of them.
            stems: Their S names.
            segment_samples: What the network hears at a time.
            examples: Folder that receives what the last validation made of the first and the last item.

        Raises:
            ValueError: The items are no whole segments.
        """
        self._references = np.stack([item.stems for item in items])
        self._songs = [item.song for item in items]
        samples = self._references.shape[-1]
        if samples % segment_samples:
            raise ValueError(f"items of {samples} samples are no whole segments of {segment_samples}")
        self._stems = tuple(stems)
        self._segment_samples = segment_samples
        self._examples = examples

    def __call__(self, separator: Separator) -> dict[str, float]:
        """Score a network.

        Returns:
            `valid_loss`, to be made small: minus the mean uSDR of the last stage in dB, over the stems that are not
            silent in all items; and `STAGE_STEM`, the mean uSDR of each stage and stem.
        """
        scores = summarise(score_items(self._references, self._estimates(separator), self._stems, floors=False))
        values: dict[str, float] = {"valid_loss": math.inf}
        for system, targets in scores.items():
            values.update({f"{system}_{name}": figure.usdr_db for name, figure in targets.items()})
            known = [targets[stem].usdr_db for stem in self._stems if math.isfinite(targets[stem].usdr_db)]
            if known:
                values["valid_loss"] = -fmean(known)
        return values

    def floors(self) -> dict[str, object]:
        """The scores of the baselines on the same items, for the run's record."""
        nothing: list[dict[Stage, Samples]] = [{}] * len(self._references)
        scores = summarise(score_items(self._references, nothing, self._stems, songs=self._songs))
        return {"floors": score_values(scores)}

    @torch.inference_mode()
    def _estimates(self, separator: Separator) -> Iterator[dict[Stage, Samples]]:
        device = next(separator.parameters()).device
        heard = round(self._segment_samples * separator.config.sample_rate / NETWORK_RATE)
        for number, item in enumerate(self._references):
            mixture = torch.from_numpy(np.ascontiguousarray(item.sum(axis=0))).to(device)
            segments = mixture.unflatten(1, (-1, self._segment_samples)).transpose(0, 1)  # (B, C, segment)
            stages: dict[Stage, Samples] = {}
            for stage, output in zip(STAGES, separator(resample(segments, heard)), strict=True):
                if output is not None:
                    stems = resample(output, self._segment_samples)  # (B, S, C, segment)
                    stages[stage] = stems.movedim(0, 2).flatten(2).float().cpu().numpy()
            if self._examples and number in (0, len(self._references) - 1):
                self._write_example(self._examples / f"item-{number}", item, stages)
            yield stages

    def _write_example(self, folder: Path, item: Samples, stages: dict[Stage, Samples]) -> None:
        make_folder(folder)
        signals = {"mixture": item.sum(axis=0)}
        for label, stems in (("reference", item), *((f"stage{stage}", stems) for stage, stems in stages.items())):
            signals.update({f"{name}-{label}": stem for name, stem in zip(self._stems, stems, strict=True)})
        for name, signal in signals.items():
            channels, samples = signal.shape
            path = folder / f"{name}.ogg"
            write_audio(AudioFile(path, audio_format("ogg"), NETWORK_RATE, channels, samples, Tags()), [signal])
