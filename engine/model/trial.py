"""A trial run of a checkpoint: whether it makes sound at all, before anyone waits for a song."""

from __future__ import annotations

import torch

from engine.errors import ModelError
from engine.model.checkpoint import GET_IT_AGAIN, Checkpoint
from engine.model.memory import is_out_of_memory
from engine.model.separator import REFERENCE_LEVEL
from engine.progress import JobControl
from engine.said import say

CHANNELS = 2


def try_out(checkpoint: Checkpoint, control: JobControl) -> None:
    """Separate one second of stereo noise, or one segment where the network hears nothing shorter.

    Raises:
        Cancelled: `control` asked for it, which is looked at before every part of the network.
        ModelError: The network fails on it, or its stems are not as many or as long as they should be, or not
            numbers.
    """
    config = checkpoint.card.config
    samples = config.sample_rate if config.any_length else config.chunking.segment_samples
    noise = REFERENCE_LEVEL * torch.randn(1, CHANNELS, samples, generator=torch.Generator().manual_seed(0))
    name = checkpoint.path.name
    separator = checkpoint.separator()
    for module in separator.modules():
        module.register_forward_pre_hook(lambda _module, _inputs: control.checkpoint())
    try:
        with torch.inference_mode():
            estimates = separator(noise)
    except (RuntimeError, MemoryError) as error:
        reason = (str(error).splitlines() or [say("out of memory")])[0]
        words = say(
            "{file} cannot be used: its network failed on noise ({reason}); {advice}",
            file=name,
            reason=reason,
            advice=say("close other programs and try again") if is_out_of_memory(error) else GET_IT_AGAIN,
        )
        raise ModelError(words) from error
    wanted = (1, len(checkpoint.card.stems), CHANNELS, samples)
    for stage in (estimates.stage1, estimates.stage2):
        if stage is None:
            continue
        if tuple(stage.shape) != wanted:
            words = say(
                "{file} cannot be used: it made signals of shape {shape}, not {wanted}; {advice}",
                file=name,
                shape=str(tuple(stage.shape)),
                wanted=str(wanted),
                advice=GET_IT_AGAIN,
            )
            raise ModelError(words)
        if not bool(torch.isfinite(stage).all()):
            words = say("{file} is damaged: it makes NaN or infinite samples; {advice}", file=name, advice=GET_IT_AGAIN)
            raise ModelError(words)
