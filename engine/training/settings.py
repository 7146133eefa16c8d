"""What a training run is: the network, the schedule, and the named presets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from engine.model.config import NetworkConfig
from engine.model.two_stage import PRESETS as MODELS
from engine.model.two_stage import TwoStageConfig
from engine.training.choices import Preset
from engine.training.loss import LossWeights
from engine.training.pool import Mixing

Schedule = Literal["plateau", "slice"]


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes:
        model: The network.
        batch_size: Items of one step, over all processes.
        segment_samples: Length of an item at 44.1 kHz, whatever rate the network hears.
        learning_rate: Of Adam, at its highest.
        schedule: `plateau`: times `decay` after `patience` epochs without improvement, as in the paper. `slice`: a
            short warm-up, then constant, then down, see `cooldown`; for training in short slices that start from the
            weights alone.
        decay: See `schedule`.
        patience: See `schedule`.
        cooldown: Share of a slice, its last part, in which the learning rate falls to a tenth; a slice that another
            one follows needs none.
        warmup_steps: Steps of a linear rise at the start of every slice.
        clip_norm: Largest norm of the gradient.
        epoch_items: Items between two validations.
        epochs: How many.
        ema_decay: Of the moving average of the weights, which is what is validated and shipped.
        recompute: Compute the mixers again in the backward pass: a third more work, a quarter of the memory.
        loss: Weights of the loss's parts.
        mixing: How items are put together.
    """

    model: NetworkConfig
    batch_size: int = 16
    segment_samples: int = 132_300
    learning_rate: float = 1e-3
    schedule: Schedule = "plateau"
    decay: float = 0.8
    patience: int = 2
    cooldown: float = 0.4
    warmup_steps: int = 0
    clip_norm: float = 5.0
    epoch_items: int = 100_000
    epochs: int = 100
    ema_decay: float = 0.999
    recompute: bool = True
    loss: LossWeights = field(default_factory=LossWeights)
    mixing: Mixing = field(default_factory=Mixing)

    def rate_share(self, slice_share: float) -> float:
        """Factor of the learning rate after a share (0..1) of a slice."""
        if self.schedule != "slice" or slice_share <= 1 - self.cooldown:
            return 1.0
        return 0.1 ** ((slice_share - 1) / self.cooldown + 1)


# Stems of different songs, mixed at random; no change of them is known to us. Source: arXiv 2409.06245.
_PAPER_MIXING = Mixing(coherent=0.0, drop=0.0, gain_db=0.0, swap=0.0, invert=0.0, level_db=(0.0, 0.0))

PRESETS: dict[Preset, TrainingSettings] = {
    # Source: arXiv 2409.06245 for everything but the average of the weights.
    "paper-full": TrainingSettings(MODELS["full"], mixing=_PAPER_MIXING),
    "paper-light": TrainingSettings(MODELS["light"], mixing=_PAPER_MIXING),
    # Like `small`, but with mixers half as wide: as float16 weights it stays below 16 MB.
    "bundled": TrainingSettings(
        replace(MODELS["small"], expand=2, state_dim=64),
        # 256 frames, which the scan's chunks of 64 divide; the 259 of 3 s would need a fifth one.
        segment_samples=255 * 512,
        schedule="slice",
        warmup_steps=100,
        epoch_items=64_000,
        epochs=10_000,
        ema_decay=0.998,
    ),
    # What two processor cores can train: a quarter of the work, short items, nothing computed twice.
    "bundled-cpu": TrainingSettings(
        TwoStageConfig(48, mask_blocks=2, map_blocks=1, normalise_level=True, state_dim=16, expand=2, head_dim=48),
        batch_size=4,
        segment_samples=66_150,
        learning_rate=7e-4,
        schedule="slice",
        warmup_steps=100,
        epoch_items=2_000,
        epochs=10_000,
        recompute=False,
    ),
}
