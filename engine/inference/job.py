"""One separation job: what is asked, and the call that does it. Loads torch only when a job starts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.separation import Separation
from engine.stems import DeviceChoice, Precision, Quality, Stage


@dataclass(frozen=True)
class SeparationRequest:
    """What to split and how.

    Attributes:
        source: The song file.
        folder: Where the separation is put; must not exist yet. It is built as `<folder>.part` and renamed when whole.
        model: `default`, or the path of a checkpoint.
        stems: The stems to keep; empty for all that the model has.
        stages: The stages to keep. Without stage 2 its work is not done.
        quality: Hop between segments: `fast` 2.5 s, `balanced` 1.5 s, `best` 0.5 s.
        device: Where the network runs; `auto` takes the best one that works.
        precision: Of the network; `auto` is bfloat16 on CUDA and float32 elsewhere.
    """

    source: Path
    folder: Path
    model: str = "default"
    stems: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = (1, 2)
    quality: Quality = "balanced"
    device: DeviceChoice = "auto"
    precision: Precision = "auto"


def separate(
    request: SeparationRequest,
    on_progress: ProgressCallback = ignore_progress,
    control: JobControl | None = None,
) -> Separation:
    """Split one song into a folder of signals.

    Args:
        request: What to split and how.
        on_progress: Told at most once per chunk.
        control: Cancels or pauses the job between chunks.

    Returns:
        The finished separation in `request.folder`.

    Raises:
        EngineError: The song, the model, the device or the disk stands in the way; nothing is left behind.
        Cancelled: `control` asked for it; nothing is left behind.
    """
    on_progress(Progress("load", 0, 0))
    from engine.inference.pipeline import run_separation

    return run_separation(request, on_progress, control or JobControl())


def partial_folder(request: SeparationRequest) -> Path:
    """Where a separation is built before it is whole."""
    return request.folder.with_name(request.folder.name + ".part")


def remove_partial_separation(request: SeparationRequest) -> None:
    """Remove what a job that was killed left behind."""
    shutil.rmtree(partial_folder(request), ignore_errors=True)
