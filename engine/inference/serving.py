"""The engine's side of its child process: it listens for requests and orders, and answers one request at a time."""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, cast

from engine.errors import Cancelled, EngineError, InternalError
from engine.export import ExportRequest, export
from engine.inference.describe import ModelRequest, describe
from engine.inference.job import load_ahead, separate
from engine.inference.request import SeparationRequest
from engine.model.adding import add_model
from engine.model.entry import AddModelRequest
from engine.overview import OverviewRequest, build_overviews
from engine.progress import JobControl, Progress, ProgressCallback

# From the parent: do this.
Request = SeparationRequest | ExportRequest | OverviewRequest | ModelRequest | AddModelRequest

# From the parent, during a call: change it; a number is the sample to go on from.
Order = Literal["cancel", "pause", "resume"] | int

_NICENESS = 10


@dataclass(frozen=True)
class Returned:
    """To the parent: the call's value."""

    value: object


@dataclass(frozen=True)
class Raised:
    """To the parent: the call's error."""

    error: EngineError | Cancelled


def serve(connection: Connection, *, ahead: bool = False) -> None:
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
            message = cast("Request | Order", connection.recv())
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


def _answer(request: Request, connection: Connection, control: JobControl) -> Returned | Raised:
    def report(progress: Progress) -> None:
        with contextlib.suppress(OSError):
            connection.send(progress)

    try:
        return Returned(_perform(request, report, control))
    except (EngineError, Cancelled) as error:
        return Raised(error)
    except Exception as error:  # noqa: BLE001 - a bug must reach the user as an error, not as a dead process
        return Raised(InternalError(f"{type(error).__name__}: {error}", traceback.format_exc()))


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
    # Read when PyTorch is loaded: its threads then sleep while they wait for each other. Where other programs need the
    # processor they would else compute in vain for as long as the one that is waited for has lost its core.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
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
