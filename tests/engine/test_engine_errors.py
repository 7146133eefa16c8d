"""Errors keep their facts on the way from one process to another."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from engine import errors
from engine.errors import EngineError
from engine.training.render.bank import AssetsError

PATH = Path("folder/a song.wav")


@pytest.mark.parametrize(
    "error",
    [
        EngineError("a sentence"),
        errors.DecodeError(PATH, "it is empty"),
        errors.WriteError(PATH, "the disk is full"),
        errors.ExistsError(PATH),
        errors.ModelError("a sentence"),
        errors.DownloadError("net", "gone"),
        errors.EngineProcessError(-9),
        errors.SilentRangeError(),
        errors.MismatchError(PATH, "it is longer"),
        errors.InternalError("KeyError: x", "a traceback"),
        AssetsError(PATH, "does not exist"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_out_of_another_process_as_it_was(error: EngineError) -> None:
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error)
    assert (str(other), vars(other), other.kind) == (str(error), vars(error), error.kind)
