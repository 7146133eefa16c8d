"""Sharing out work on a CPU among Python threads that compute on their own, with memory that is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, NamedTuple, TypeVar, cast

import torch

from engine.model.fused_product import AsPanels

_Kept = TypeVar("_Kept")


class Crew:
    """As many threads as PyTorch is told to use, each of which computes whole blocks of work by itself.

    PyTorch's own threads meet after every operation, so that the slowest one, which may have lost its core to another
    program, is waited for each time. Here threads take blocks until none are left.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(thread_name_prefix="crew")
        self._known: set[int] = set()

    def share(self, count: int, size: int, task: Callable[[int, int, int], None]) -> None:
        """Call task(place, first, last) until 0..count is done.

        Calls with the same place come one after the other, so each place may have memory of its own.

        Args:
            count: Pieces of work.
            size: How many at most to hand out at a time; fewer towards the end, see `_portions`.
            task: Computes the pieces first..last without gradients, on one thread.

        Raises:
            Exception: What a task raised; all others have come to their end by then.
        """
        threads = torch.get_num_threads()
        portions = _portions(count, size, threads)
        waiting = iter(portions)  # shared: asking it for the next one is atomic
        newcomers: list[int] = []

        def work_off(place: int) -> None:
            if threading.get_ident() not in self._known:
                torch.set_num_threads(1)
                # A decay soon is below 1e-38, and such numbers take Intel's processors a hundred times as long.
                torch.set_flush_denormal(True)
                newcomers.append(threading.get_ident())
            with torch.inference_mode():
                for first, last in waiting:
                    task(place, first, last)

        helping = [self._pool.submit(work_off, place) for place in range(min(threads, len(portions)))]
        wait(helping)
        if newcomers:
            # What they set for themselves reaches into libraries that know only one number for all threads.
            self._known.update(newcomers)
            torch.set_num_threads(threads)
        for helper in helping:
            helper.result()

    def close(self) -> None:
        """Send the threads home, which otherwise happens when nothing refers to the crew any more."""
        self._pool.shutdown()


def _portions(count: int, size: int, threads: int) -> list[tuple[int, int]]:
    """Cut 0..count into pieces [first, last) of `size`, or of one thread's share of what is left if that is less.

    So the last ones are small, down to an eighth, and no thread works on a large one while the others have none.
    """
    portions: list[tuple[int, int]] = []
    first, least = 0, -(-size // 8)
    while first < count:
        last = min(count, first + max(least, min(size, (count - first) // threads)))
        portions.append((first, last))
        first = last
    return portions


class Memory:
    """What is used again and again, for each place where work is done."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], object] = {}

    def kept(self, make: Callable[..., _Kept], place: int, *sizes: Any) -> _Kept:  # noqa: ANN401
        """What `make` made for these sizes, the same object every time."""
        key = (make, place, *sizes)
        if key not in self._made:
            self._made[key] = make(*sizes)
        return cast("_Kept", self._made[key])


class Tools(NamedTuple):
    """What the parts of a network share."""

    crew: Crew
    memory: Memory
    as_panels: AsPanels
