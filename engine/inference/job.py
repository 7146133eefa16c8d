"""One separation job: the call that does it. Loads torch only when a job starts."""

from __future__ import annotations

from engine.inference.request import SeparationRequest
from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.separation import Separation


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


def load_ahead() -> None:
    """Load what `separate` uses first, before there is a song: PyTorch, the device, and its kernels."""
    from engine.inference import pipeline, runner

    del pipeline  # loading it was all
    runner.try_device()
