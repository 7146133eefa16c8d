"""A training run on disk: what it takes to go on after a kill, and what is left when it ends.

run/state.pt                 weights, average, optimiser and counters; written whole or not at all
run/weights.safetensors      the averaged weights, a checkpoint like any other
run/metrics.jsonl            one object per report
run/run.lock                 while it is trained
"""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from engine.claim import Claim, HeldError
from engine.errors import EngineError, write_error
from engine.model.checkpoint import ModelCard, save_checkpoint
from engine.whole_file import make_folder, whole_file


class RunFolder:
    """Reads and writes the files of a run; as a context manager, for a block that may fail before there are any."""

    def __init__(self, path: Path) -> None:
        """Create the folder if need be.

        Raises:
            WriteError: It cannot be created.
        """
        self.path = path
        self._created = [folder for folder in (path, *path.parents) if not folder.exists()]
        make_folder(path)

    def __enter__(self) -> RunFolder:
        """Return itself; leaving the block removes what was created for the run if nothing is in it."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Remove the folder if it is new and empty."""
        with suppress(OSError):
            for folder in self._created:
                folder.rmdir()

    @property
    def weights(self) -> Path:
        """The averaged weights."""
        return self.path / "weights.safetensors"

    @property
    def _state(self) -> Path:
        return self.path / "state.pt"

    @contextmanager
    def claimed(self) -> Generator[None]:
        """A block in which no other process trains in this folder, where the disk has locks.

        Raises:
            EngineError: Another process does.
        """
        with ExitStack() as stack:
            try:
                stack.callback(Claim(self.path / "run.lock").release)
            except HeldError as error:
                raise EngineError(
                    f"another training goes on in {self.path}; give this one a folder of its own"
                ) from error
            except OSError:
                pass  # such as the shared disk of a cluster
            yield

    def load_state(self) -> dict[str, Any] | None:
        """What the last `save_state` kept; None for a new run.

        Raises:
            EngineError: The file is damaged.
        """
        path = self._state
        if not path.exists():
            return None
        try:
            return cast("dict[str, Any]", torch.load(path, map_location="cpu", weights_only=True))
        except Exception as error:
            remedy = f"move it away and give --resume {self.weights} to start from the weights beside it"
            raise EngineError(f"{path} is damaged; {remedy}") from error

    def step(self) -> int:
        """How many steps the run has done; 0 for a new one.

        Raises:
            EngineError: See `load_state`.
        """
        state = self.load_state()
        return state["step"] if state else 0

    def save_state(self, state: Mapping[str, Any]) -> None:
        """Keep everything that is needed to go on.

        Raises:
            WriteError: The disk stands in the way; what was kept before stays.
        """
        with whole_file(self._state) as part, part.open("wb") as file:
            try:
                torch.save(dict(state), file)
            except RuntimeError as error:  # which is what PyTorch makes of a full disk
                cause = error.__context__
                raise (cause if isinstance(cause, OSError) else error) from None

    def save_weights(self, weights: Mapping[str, Tensor], card: ModelCard) -> None:
        """Write a checkpoint of float16 weights.

        Raises:
            WriteError: The disk stands in the way.
        """
        save_checkpoint(self.weights, {name: value.half() for name, value in weights.items()}, card)

    def log(self, **values: object) -> None:
        """Append one line to the metrics; a number that is not finite becomes null, as JSON has no other word for it.

        Raises:
            WriteError: The disk stands in the way.
        """
        finite = {name: None if _is_lost(value) else value for name, value in values.items()}
        path = self.path / "metrics.jsonl"
        try:
            with path.open("a", encoding="ascii") as file:
                file.write(json.dumps(finite, allow_nan=False) + "\n")
        except OSError as error:
            raise write_error(path, error) from error


def _is_lost(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
