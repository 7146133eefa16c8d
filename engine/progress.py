"""How a job tells where it is, and how its owner stops or pauses it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.errors import Cancelled
from engine.separation import Unfinished

Phase = Literal["load", "separate", "draw", "write", "download", "check", "try", "copy"]


@dataclass(frozen=True)
class Progress:
    """A snapshot of a running job.

    Attributes:
        phase: What is being done: loading the model, separating, preparing the views, writing files; of a model that is
            added: downloading it, checking its file, loading it, trying it out, copying it.
        done: Finished part, in seconds of audio, or in bytes of a download or a copy.
        total: The whole, in the same unit; 0 while it is not known.
        eta_seconds: Estimated wall-clock time left in this phase; None until there is something to estimate from.
        message: One line worth showing, such as a smaller batch after running out of memory; else empty.
        device: What it runs on, while separating; else empty.
        device_reason: Why there.
        unfinished: What can be heard of it already, while separating; None before there is anything.
    """

    phase: Phase
    done: float
    total: float
    eta_seconds: float | None = None
    message: str = ""
    device: str = ""
    device_reason: str = ""
    unfinished: Unfinished | None = None

    @property
    def share(self) -> float:
        """The finished share in 0..1."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0


ProgressCallback = Callable[[Progress], None]


def ignore_progress(_progress: Progress) -> None:
    """The callback for callers that do not watch."""


class JobControl:
    """Cancels or pauses one job from any thread; the job polls `checkpoint` once per chunk."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._paused_at: float | None = None
        self._paused_seconds = 0.0
        self._wanted: int | None = None

    def cancel(self) -> None:
        """Ask the job to stop at its next checkpoint, also while it is paused."""
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        """Hold the job at its next checkpoint."""
        if not self._cancelled.is_set() and self._paused_at is None:
            self._paused_at = time.monotonic()
            self._running.clear()

    def resume(self) -> None:
        """Let a paused job go on from the same chunk."""
        self._paused_seconds, self._paused_at = self.paused_seconds, None
        self._running.set()

    def want(self, sample: int) -> None:
        """Ask the job to go on from this sample of the song, and to do what is before it afterwards."""
        self._wanted = sample

    @property
    def wanted(self) -> int | None:
        """The sample of the last `want`."""
        return self._wanted

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        """Whether the job is, or is about to be, held."""
        return not self._running.is_set()

    @property
    def paused_seconds(self) -> float:
        """How long the job has been held so far."""
        return self._paused_seconds + (time.monotonic() - self._paused_at if self._paused_at is not None else 0.0)

    def checkpoint(self) -> None:
        """Wait while paused.

        Raises:
            Cancelled: `cancel` was called.
        """
        self._running.wait()
        if self._cancelled.is_set():
            raise Cancelled


class Stopwatch:
    """Estimates the time left from the share that is done since the first call.

    As long as nothing more is done, a later call is the first. The time in which `control` holds the job counts for
    nothing.
    """

    def __init__(self, control: JobControl | None = None) -> None:
        self._control = control or JobControl()
        self._first: tuple[float, float] | None = None

    def eta_seconds(self, done: float, total: float) -> float | None:
        """Seconds left when `done` of `total` is finished now; None before there is progress, or without a total."""
        now = time.monotonic() - self._control.paused_seconds
        if self._first is None or done <= self._first[1]:
            self._first = (now, done)
        if total <= 0 or done <= self._first[1]:
            return None
        started, base = self._first
        return max(0.0, (now - started) / (done - base) * (total - done))
