"""The engine in a child process of low priority, so that a window, its audio and the machine stay responsive.

The child is spawned on the first call, or when a song is expected, and kept, with PyTorch loaded, until `close`.
Requests and orders go to it over a pipe, and what comes of them goes back. A call blocks its caller's thread and
behaves like the same function in-process: it reports progress, can be cancelled and paused, returns a value or raises.
If the child dies (a crash, or killed when memory ran out) that is one `EngineProcessError`, and the next call starts a
new child. What a dead child left behind is removed.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, cast

from engine.errors import Cancelled, EngineError, EngineProcessError, InternalError
from engine.export import ExportReport, ExportRequest, export, remove_partial_export
from engine.inference.describe import ModelInfo, ModelRequest, describe
from engine.inference.job import load_ahead, separate
from engine.inference.request import SeparationRequest, remove_partial_separation
from engine.model.adding import add_model, remove_partial_add
from engine.model.entry import AddModelRequest, ModelEntry
from engine.overview import OverviewRequest, build_overviews
from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.separation import Separation

Request = SeparationRequest | ExportRequest | OverviewRequest | ModelRequest | AddModelRequest

# Parent to child, during a call: change it; a number is the sample to go on from.
_Order = Literal["cancel", "pause", "resume"] | int

# A cancelled child that is still busy after this is killed; people notice more than 300 ms.
_CANCEL_GRACE_SECONDS = 0.1
_POLL_SECONDS = 0.05
# A fast device has news a hundred times a second, and a window needs up to 30 ms to show them.
_NEWS_SECONDS = 0.3
_NICENESS = 10


@dataclass(frozen=True)
class _Returned:
    """Child to parent: the call's value."""

    value: object


@dataclass(frozen=True)
class _Raised:
    """Child to parent: the call's error."""

    error: EngineError | Cancelled


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


class _Child:
    """The parent's handle on one child process."""

    def __init__(self, *, ahead: bool = False) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        given = {"connection": theirs, "ahead": ahead}
        self._process = context.Process(target=_serve, kwargs=given, name="bandsaw engine", daemon=True)
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
            if isinstance(reply, _Returned):
                news.tell()
                return reply.value
            if isinstance(reply, _Raised):
                raise reply.error
            news.hear(reply)
            for order in steering.due():
                self._send(order)
            if steering.overdue:
                raise _ChildDiedError

    def _send(self, message: Request | _Order) -> None:
        try:
            self._connection.send(message)
        except OSError as error:
            raise _ChildDiedError from error

    def _receive(self) -> Progress | _Returned | _Raised | None:
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

    def due(self) -> list[_Order]:
        """What is to be told now."""
        due: list[_Order] = []
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


# What follows runs in the child.


def _serve(connection: Connection, *, ahead: bool = False) -> None:
    """Answer calls until the parent is gone; `ahead` of the first one, load what a separation needs."""
    _be_modest()
    calls: queue.SimpleQueue[tuple[Request, JobControl] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, calls), name="listener", daemon=True).start()
    if ahead:
        with contextlib.suppress(Exception):  # of what cannot be loaded, the separation tells
            load_ahead()
        _keep_what_is_there()
    while (call := calls.get()) is not None:
        request, control = call
        # The parent may have gone meanwhile; then there is nobody to answer, and the listener ends the loop.
        with contextlib.suppress(OSError):
            connection.send(_answer(request, connection, control))
        _keep_what_is_there()


def _keep_what_is_there() -> None:
    """While nobody waits: look for garbage once, and never again at what stays of a call, such as PyTorch.

    That takes as long as loading a model does.
    """
    gc.collect()
    gc.freeze()


def _listen(connection: Connection, calls: queue.SimpleQueue[tuple[Request, JobControl] | None]) -> None:
    control = JobControl()
    try:
        while True:
            message = cast("Request | _Order", connection.recv())
            if isinstance(message, int):
                control.want(message)
            elif isinstance(message, str):
                {"cancel": control.cancel, "pause": control.pause, "resume": control.resume}[message]()
            else:
                control = JobControl()
                calls.put((message, control))
    except (EOFError, OSError):
        # The parent is gone: stop what is running, which removes its partial files, and end.
        control.cancel()
        calls.put(None)


def _answer(request: Request, connection: Connection, control: JobControl) -> _Returned | _Raised:
    def report(progress: Progress) -> None:
        with contextlib.suppress(OSError):
            connection.send(progress)

    try:
        return _Returned(_perform(request, report, control))
    except (EngineError, Cancelled) as error:
        return _Raised(error)
    except Exception as error:  # noqa: BLE001 - a bug must reach the user as an error, not as a dead process
        return _Raised(InternalError(f"{type(error).__name__}: {error}", traceback.format_exc()))


def _perform(request: Request, report: ProgressCallback, control: JobControl) -> object:
    if isinstance(request, SeparationRequest):
        return separate(request, report, control)
    if isinstance(request, ExportRequest):
        return export(request, report, control)
    if isinstance(request, OverviewRequest):
        return build_overviews(request, report, control)
    if isinstance(request, AddModelRequest):
        return add_model(request, report, control)
    return describe(request)


def _be_modest() -> None:
    """Yield the processor to the window, and be the one to go when memory runs out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    if sys.platform == "win32":
        import ctypes

        signal.signal(signal.SIGBREAK, signal.SIG_IGN)
        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
        return
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nor the end of the terminal: it may be in the middle of an export
    os.nice(_NICENESS)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
