"""`bandsaw forward`: the network alone, on an array, without segments, resampling or level change."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from engine.audio.decode import unreadable
from engine.cli.work import printable
from engine.errors import DecodeError
from engine.separation import Samples
from engine.whole_file import whole_file


def run(options: argparse.Namespace) -> int:
    """Write `stage1` and, if the network has one, `stage2` (S, C, n) of an array (C, n).

    Raises:
        EngineError: The checkpoint, the array or the target cannot be used.
    """
    import torch

    from engine.inference.device import prepare_cpu
    from engine.model.checkpoint import load_checkpoint

    prepare_cpu()
    separator = load_checkpoint(options.checkpoint).separator()
    mixture = _read_mixture(options.input, separator.config.stft.shortest)
    try:
        with torch.inference_mode():
            estimates = separator.estimate(torch.from_numpy(mixture)[None])
    except ValueError as error:  # such as a network for one length only
        raise DecodeError(options.input, str(error)) from error
    stages = {"stage1": estimates.stage1[0].numpy()}
    if estimates.stage2 is not None:
        stages["stage2"] = estimates.stage2[0].numpy()
    with whole_file(options.output) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, **stages)
    sys.stdout.write(f"{printable(str(options.output))}: {', '.join(stages)} of shape {stages['stage1'].shape}\n")
    return 0


def _read_mixture(path: Path, shortest: int) -> Samples:
    try:
        with path.open("rb") as file:
            mixture = np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, EOFError, MemoryError) as error:
        raise DecodeError(path, f"it is not a readable .npy file ({error})") from error
    if mixture.ndim != 2 or mixture.dtype != np.float32:
        raise DecodeError(path, "it must hold one float32 array of shape (channels, samples)")
    if mixture.shape[0] < 1 or mixture.shape[1] < shortest:
        raise DecodeError(path, f"it must have a channel and at least {shortest} samples, not {mixture.shape}")
    if not np.isfinite(mixture).all():
        raise DecodeError(path, "it holds NaN or infinite samples")
    return mixture
