"""The engine in a child process of low priority, so that a window, its audio and the machine stay responsive.

The child is spawned on the first call, or when a song is expected, and kept, with PyTorch loaded, until `close`.
Requests and orders go to it over a pipe, and what comes of them goes back. A call blocks its caller's thread and
behaves like the same function in-process: it reports progress, can be cancelled and paused, returns a value or raises.
If the child dies (a crash, or killed when memory ran out) that is one `EngineProcessError`, and the next call starts a
new child. What a dead child left behind is removed.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Generator
from multiprocessing import resource_tracker
from typing import cast

from engine.errors import Cancelled, EngineError, EngineProcessError
from engine.export import ExportReport, ExportRequest, remove_partial_export
from engine.inference.describe import ModelInfo, ModelRequest
from engine.inference.request import SeparationRequest, remove_partial_separation
from engine.inference.serving import Order, Raised, Request, Returned, serve
from engine.model.adding import remove_partial_add
from engine.model.entry import AddModelRequest, ModelEntry
from engine.overview import OverviewRequest
from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.separation import Separation

# A cancelled child that is still busy after this is killed; people notice more than 300 ms.
_CANCEL_GRACE_SECONDS = 0.1
_POLL_SECONDS = 0.05
# A fast device has news a hundred times a second, and a window needs up to 30 ms to show them.
_NEWS_SECONDS = 0.3


class _ChildDiedError(Exception):
    """The child's end of the pipe is gone."""


class EngineProcess:
    """The engine's calls in a child process. One call at a time; others wait their turn."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> EngineProcess:
        """Return itself; leaving the block closes it."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close."""
        self.close()

    def expect_song(self) -> None:
        """Begin to load what a separation needs, so that the next one begins sooner; returns at once.

        Does nothing while there is a child. One that was made for this takes other calls when it has loaded.
        """
        if self._turn.acquire(blocking=False):
            try:
                self._child = self._child or _Child(ahead=True)
            finally:
                self._turn.release()

    def separate(
        self,
        request: SeparationRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> Separation:
        """Like `engine.inference.job.separate`."""
        return cast("Separation", self._call(request, on_progress, control))

    def draw(
        self,
        request: OverviewRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> None:
        """Like `engine.overview.build_overviews`."""
        self._call(request, on_progress, control)

    def export(
        self,
        request: ExportRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> ExportReport:
        """Like `engine.export.export`."""
        return cast("ExportReport", self._call(request, on_progress, control))

    def describe(self, request: ModelRequest, control: JobControl | None = None) -> ModelInfo:
        """Like `engine.inference.describe.describe`, and can be cancelled."""
        return cast("ModelInfo", self._call(request, ignore_progress, control))

    def add_model(
        self,
        request: AddModelRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> ModelEntry:
        """Like `engine.model.adding.add_model`."""
        return cast("ModelEntry", self._call(request, on_progress, control))

    @property
    def pid(self) -> int | None:
        """The child's process id, for those who watch its memory; None without a child."""
        child = self._child
        return None if child is None else child.pid

    def close(self) -> None:
        """End the child. A call that is running in another thread ends as if the child had died."""
        child = self._child
        if child is not None:
            child.kill()
        with self._turn:
            self._discard()

    def _call(self, request: Request, on_progress: ProgressCallback, control: JobControl | None) -> object:
        control = control or JobControl()
        with self._turn:
            if self._child is not None and not self._child.alive:
                self._discard()  # it was killed while it had nothing to do
            self._child = self._child or _Child()
            try:
                return self._child.call(request, on_progress, control)
            except EngineError:
                raise
            except Cancelled:
                # Whoever stops a song may want its memory, and PyTorch and the model would keep theirs.
                self._discard()
                raise
            except _ChildDiedError as death:
                exit_code = self._discard()
                _remove_leftovers(request)
                if control.cancelled:
                    raise Cancelled from None
                raise EngineProcessError(exit_code) from death
            except BaseException:
                # A faulty callback or Ctrl-C: the child would go on with a call that nobody awaits.
                self._discard()
                _remove_leftovers(request)
                raise

    def _discard(self) -> int | None:
        child, self._child = self._child, None
        return None if child is None else child.end()


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Generator[None]:
    """What starts here never hears Ctrl-C, as it would with a traceback until it can say that it wants to ignore it."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # else it is started with the child, and unblocks what is blocked here
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Child:
    """The parent's handle on one child process."""

    def __init__(self, *, ahead: bool = False) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        given = {"connection": theirs, "ahead": ahead}
        self._process = context.Process(target=serve, kwargs=given, name="bandsaw engine", daemon=True)
        with _deaf_to_ctrl_c():
            self._process.start()
        self.pid = self._process.pid  # kept, because an ended process no longer tells
        # Keep no copy of the child's end, or its death would go unnoticed.
        theirs.close()

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        return self._process.is_alive()

    def call(self, request: Request, on_progress: ProgressCallback, control: JobControl) -> object:
        """Do one call; raises what the child raised, what the callback raises, or `_ChildDiedError`."""
        steering, news = _Steering(control), _News(on_progress)
        self._send(request)
        while True:
            reply = self._receive()
            if isinstance(reply, Returned):
                news.tell()
                return reply.value
            if isinstance(reply, Raised):
                raise reply.error
            news.hear(reply)
            for order in steering.due():
                self._send(order)
            if steering.overdue:
                raise _ChildDiedError

    def _send(self, message: Request | Order) -> None:
        try:
            self._connection.send(message)
        except OSError as error:
            # Without its frames: they hold what could not be sent, of which Python 3.13 complains when it goes late.
            raise _ChildDiedError from error.with_traceback(None)

    def _receive(self) -> Progress | Returned | Raised | None:
        """What comes within a moment; None if nothing does."""
        try:
            return self._connection.recv() if self._connection.poll(_POLL_SECONDS) else None
        except (EOFError, OSError) as error:
            raise _ChildDiedError from error

    def kill(self) -> None:
        """Make the child die at once; safe from any thread."""
        with contextlib.suppress(ValueError):  # another thread has ended it
            self._process.kill()

    def end(self) -> int | None:
        """Kill the child if it still lives, and return its exit code."""
        self._connection.close()
        self._process.join(timeout=_POLL_SECONDS)  # a child that died by itself keeps its own exit code
        self._process.kill()
        self._process.join()
        exit_code = self._process.exitcode
        self._process.close()
        return exit_code


class _News:
    """Passes on the latest progress now and then, and at once what has a message or is the first that is done."""

    def __init__(self, on_progress: ProgressCallback) -> None:
        self._on_progress = on_progress
        self._latest: Progress | None = None
        self._due = 0.0

    def hear(self, progress: Progress | None) -> None:
        """Take note of progress, if there is any, and tell it if it is time."""
        self._latest = progress or self._latest
        if time.monotonic() >= self._due or (progress is not None and progress.message):
            self.tell()

    def tell(self) -> None:
        """Tell what has not been told."""
        latest, self._latest = self._latest, None
        if latest is not None:
            self._due = time.monotonic() + _NEWS_SECONDS if latest.done else 0.0
            self._on_progress(latest)


class _Steering:
    """Watches a `JobControl` for what the child has not been told yet."""

    def __init__(self, control: JobControl) -> None:
        self._control = control
        self._told_paused = False
        self._told_wanted: int | None = None
        self._cancelled_at: float | None = None

    def due(self) -> list[Order]:
        """What is to be told now."""
        due: list[Order] = []
        if self._control.cancelled and self._cancelled_at is None:
            self._cancelled_at = time.monotonic()
            due.append("cancel")
        if self._control.paused != self._told_paused:
            self._told_paused = self._control.paused
            due.append("pause" if self._told_paused else "resume")
        if self._control.wanted is not None and self._control.wanted != self._told_wanted:
            self._told_wanted = self._control.wanted
            due.append(self._told_wanted)
        return due

    @property
    def overdue(self) -> bool:
        """Whether the child was told to cancel and takes too long."""
        return self._cancelled_at is not None and time.monotonic() > self._cancelled_at + _CANCEL_GRACE_SECONDS


def _remove_leftovers(request: Request) -> None:
    """Remove what a killed child may have left half written."""
    if isinstance(request, SeparationRequest):
        remove_partial_separation(request)
    elif isinstance(request, ExportRequest):
        remove_partial_export(request)
    elif isinstance(request, AddModelRequest):
        remove_partial_add(request)
