"""A trial run of a checkpoint: whether it makes sound at all, before anyone waits for a song."""

from __future__ import annotations

import torch

from engine.errors import ModelError
from engine.model.checkpoint import Checkpoint
from engine.model.separator import REFERENCE_LEVEL

CHANNELS = 2


def try_out(checkpoint: Checkpoint) -> None:
    """Separate one second of stereo noise.

    Raises:
        ModelError: The network fails on it, or its stems are not as many or as long as they should be, or not
            numbers.
    """
    second = checkpoint.card.config.sample_rate
    noise = REFERENCE_LEVEL * torch.randn(1, CHANNELS, second, generator=torch.Generator().manual_seed(0))
    name = checkpoint.path.name
    try:
        with torch.inference_mode():
            estimates = checkpoint.separator()(noise)
    except (RuntimeError, MemoryError) as error:
        reason = (str(error).splitlines() or ["out of memory"])[0]
        raise ModelError(f"{name} cannot be used: its network failed on a second of noise ({reason})") from error
    wanted = (1, len(checkpoint.card.stems), CHANNELS, second)
    for stage in (estimates.stage1, estimates.stage2):
        if stage is None:
            continue
        if tuple(stage.shape) != wanted:
            raise ModelError(f"{name} cannot be used: it made signals of shape {tuple(stage.shape)}, not {wanted}")
        if not bool(torch.isfinite(stage).all()):
            raise ModelError(f"{name} cannot be used: it makes NaN or infinite samples, so its weights are damaged")
