"""Keeps a `MemoryPool` supplied with rendered songs: processes render, the training loop takes what is ready.

Every process has one buffer in shared memory. It renders a song into it, says so, and waits until the song was taken.
While the processes start, a thread of the trainer decodes the pack's banks, which all of them then share. It takes
songs until a part of the pool is filled, when training begins, so that the trainer can do other things meanwhile. Once
the pool is full, a song is taken for every few songs' lengths of training items: more would slow the training, on a
processor that renders and trains as on a GPU that waits for copies. A share of the songs are real ones, augmented,
which the training loop itself would have to wait for. Which songs are there at which step depends on the machine's
speed; the songs themselves depend only on the seed.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import EngineError
from engine.inference.device import prepare_cpu
from engine.progress import JobControl
from engine.training.memory_pool import Integers, MemoryPool, Power, power_of, to_integers
from engine.training.pool import Rng
from engine.training.recorded import augmented_song
from engine.training.render.assets import Assets, decode_banks, load_assets
from engine.training.render.mixbus import Stems
from engine.training.render.recipe import SAMPLE_RATE, STEMS
from engine.training.render.song import render_song

_NICENESS = 5
# Songs' lengths that are heard before a song is replaced.
_HEARD_BEFORE_NEW = 2
_LOOK_SECONDS = 0.2
_DIED = "a process that renders training songs died; is there enough memory?"


@dataclass(frozen=True)
class RenderPlan:
    """What to render.

    Attributes:
        assets: Folder of the asset pack.
        decoded: Folder that receives its decoded banks, some 800 MB; in use until the pool is closed.
        songs: How many are held at a time.
        workers: How many processes render.
        awaited: How many songs are there before training begins.
        seed: Of the first song; every song has its own.
        recorded: Share of songs that are augmented excerpts of the pack's real songs.
        song_seconds: Length of a song.
    """

    assets: Path
    decoded: Path
    songs: int
    workers: int
    awaited: int = 1
    seed: int = 0
    recorded: float = 0.0
    song_seconds: float = 60.0

    @property
    def song_samples(self) -> int:
        """Length of a song in samples."""
        return round(self.song_seconds * SAMPLE_RATE)


class RenderPool:
    """A `StemPool` of rendered songs; a context manager, because it owns processes."""

    def __init__(self, plan: RenderPlan, device: torch.device) -> None:
        """Start the renderers; `wait` waits for the first songs."""
        self._plan = plan
        self._pool = MemoryPool(plan.songs, len(STEMS), plan.song_samples, device)
        self._workers = [_Worker(plan, index) for index in range(plan.workers)]
        self._drawn_samples = 0.0
        self.rendered = 0
        self._control = JobControl()
        self._thread = ThreadPoolExecutor(1)
        self._decoded = self._thread.submit(decode_banks, plan.assets, plan.decoded, self._control)
        self._filled = self._thread.submit(self._fill)

    def __enter__(self) -> RenderPool:
        """Return itself; leaving the block ends the processes."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close."""
        self.close()

    def assets(self) -> Assets:
        """The pack, with the banks that the renderers use; waits until they are decoded.

        Raises:
            EngineError: The pack cannot be used, or the disk cannot hold the banks.
        """
        # In short turns, as Windows lets no Ctrl-C through while a thread is waited for.
        while not wait_for([self._decoded], _LOOK_SECONDS).done:
            pass
        self._decoded.result()
        return load_assets(self._plan.assets, self._plan.decoded)

    def wait(self, on_song: Callable[[int, int], None] = lambda _count, _awaited: None) -> None:
        """Wait until the first songs are there, before any is drawn; the others come while songs are drawn.

        Args:
            on_song: Told again and again how many songs are there and how many are awaited, at the end that all are.

        Raises:
            EngineError: See `assets`, or a renderer failed.
        """
        awaited = self._plan.awaited
        while not wait_for([self._filled], _LOOK_SECONDS).done:
            on_song(min(self.rendered, awaited - 1), awaited)
        self._filled.result()
        on_song(awaited, awaited)

    def together(self, rng: Rng, samples: int) -> Tensor:
        """See `StemPool`."""
        self._refresh(samples)
        return self._pool.together(rng, samples)

    def alone(self, rng: Rng, source: int, samples: int) -> Tensor:
        """See `StemPool`."""
        self._refresh(samples / len(STEMS))
        return self._pool.alone(rng, source, samples)

    def close(self) -> None:
        """End the processes and free the shared memory."""
        self._control.cancel()
        self._thread.shutdown()
        for worker in self._workers:
            worker.close()
        self._workers = []

    def _fill(self) -> None:
        """Take the first songs, as soon as there are banks to render them from."""
        self._decoded.result()
        for worker in self._workers:
            worker.begin()
        while self._pool.filled < self._plan.awaited:
            self._control.checkpoint()
            self._take(len(self._workers), _LOOK_SECONDS)

    def _refresh(self, samples: float) -> None:
        """Take songs that are ready from time to time."""
        self._drawn_samples += samples
        full = self._pool.filled == self._pool.places
        if self._drawn_samples >= self._plan.song_samples * (_HEARD_BEFORE_NEW if full else 1):
            self._drawn_samples = 0.0
            self._take(1 if full else len(self._workers), timeout_seconds=0.0)

    def _take(self, songs: int, timeout_seconds: float) -> None:
        """Move so many of the songs that are ready into the pool."""
        ready = wait([worker.connection for worker in self._workers], timeout_seconds)
        # The worker that was taken from last comes last the next time.
        for worker in [worker for worker in self._workers if worker.connection in ready][:songs]:
            worker.give_to(self._pool)
            self._workers.append(self._workers.pop(self._workers.index(worker)))
            self.rendered += 1


class _Worker:
    """The trainer's side of one renderer."""

    def __init__(self, plan: RenderPlan, index: int) -> None:
        self._shape = (len(STEMS), 2, plan.song_samples)
        self._memory = SharedMemory(create=True, size=2 * int(np.prod(self._shape)))
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        arguments = (plan, index, self._memory.name, theirs)
        self._process: SpawnProcess = context.Process(target=_render_songs, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def begin(self) -> None:
        """Let the renderer start its next song; before the first one, it loads the pack.

        Raises:
            EngineError: The renderer died.
        """
        try:
            self.connection.send(None)
        except OSError as error:
            raise EngineError(_DIED) from error.with_traceback(None)  # as in `engine.inference.host`

    def give_to(self, pool: MemoryPool) -> None:
        """Put the song that is ready into a pool; lets the renderer start the next one.

        Raises:
            EngineError: The renderer failed.
        """
        try:
            answer: str | Power = self.connection.recv()
        except (EOFError, OSError) as error:
            raise EngineError(_DIED) from error
        if isinstance(answer, str):
            raise EngineError(f"rendering training songs failed: {answer}")
        pool.add(_integers_in(self._memory, self._shape), answer)
        self.begin()

    def close(self) -> None:
        """End the process."""
        self.connection.close()
        self._process.kill()
        self._process.join()
        self._process.close()
        self._memory.close()
        self._memory.unlink()


def _integers_in(memory: SharedMemory, shape: tuple[int, ...]) -> Integers:
    """Shared memory as an array; drop it before the memory is closed."""
    if memory.buf is None:
        raise ValueError("the shared memory is closed")
    return np.ndarray(shape, np.int16, memory.buf)


def _render_songs(plan: RenderPlan, index: int, memory_name: str, connection: Connection) -> None:
    """Render song after song into shared memory; runs in a process of its own until the trainer is gone."""
    if sys.platform != "win32":
        os.nice(_NICENESS)
    prepare_cpu()  # keeps freed memory, which makes rendering half as long again faster
    torch.set_num_threads(1)
    memory = SharedMemory(memory_name)
    try:
        # Ends when the trainer is gone.
        with contextlib.suppress(EOFError, OSError):
            _render_into(memory, plan, index, connection)
    except EngineError as error:
        connection.send(str(error))
    finally:
        memory.close()


def _render_into(memory: SharedMemory, plan: RenderPlan, index: int, connection: Connection) -> None:
    connection.recv()  # the banks are decoded
    assets = load_assets(plan.assets, plan.decoded)
    for seed in itertools.count(plan.seed + index, plan.workers):
        song = to_integers(_stems_of(plan, assets, seed))
        _integers_in(memory, song.shape)[:] = song
        connection.send(power_of(song))
        connection.recv()


def _stems_of(plan: RenderPlan, assets: Assets, seed: int) -> Stems:
    rng = np.random.default_rng([seed, 1])
    if rng.random() < plan.recorded:
        return augmented_song(assets, rng, plan.song_samples)
    return render_song(assets, seed, plan.song_seconds).stems
