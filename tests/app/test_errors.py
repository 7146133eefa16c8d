from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from app.errors import describe
from engine.api import (
    DecodeError,
    DeviceError,
    DownloadError,
    EngineError,
    EngineProcessError,
    ExistsError,
    InternalError,
    ModelError,
    WriteError,
    say,
)

SONG = Path("/songs/Song.wav")
ERRORS = [
    DecodeError(SONG, "it is empty"),
    WriteError(SONG, "the disk is full"),
    ExistsError(SONG),
    ModelError("there is no model; choose one"),
    DeviceError("there is no NVIDIA card"),
    DownloadError("net", "there is no connection"),
    EngineProcessError(-9),
    EngineError("something else"),
    RuntimeError("a fault of ours"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_says_what_which_file_and_what_to_do(error: Exception) -> None:
    problem = describe(error, SONG)
    assert problem.file == SONG
    for text in (problem.title, problem.text, problem.advice):
        assert text
        assert not text[0].islower()
    assert problem.text[-1] in ".!?"
    assert "\n" not in problem.text
    assert str(error) in problem.details
    assert str(SONG) in problem.details


@pytest.mark.parametrize("error", ERRORS[:7], ids=lambda error: type(error).__name__)
def test_the_engines_sentence_is_kept(error: Exception) -> None:
    assert str(error)[1:] in describe(error).text


def test_a_file_s_name_at_the_beginning_is_written_as_it_is() -> None:
    for words in ("{file} is no checkpoint", "{file!r} is no checkpoint"):
        assert describe(ModelError(say(words, file="mine.txt"))).text.strip("'").startswith("mine.txt")
    reason = say("a part of {file}", file="mine.txt")
    assert describe(ModelError(say("{reason}; choose another one", reason=reason))).text.startswith("A part of mine")


def test_details_from_inside_the_engines_process_are_kept() -> None:
    assert "line 7 in network" in describe(InternalError("an index", "line 7 in network")).details


def test_a_missing_model_offers_to_choose_one() -> None:
    assert describe(ModelError("no model")).remedy == "model"


def test_details_show_where_it_happened() -> None:
    def broken_function() -> None:
        raise RuntimeError("inside")

    with pytest.raises(RuntimeError) as raised:
        broken_function()
    assert "broken_function" in describe(raised.value).details
    assert traceback.format_exception_only(raised.value)[0].strip() in describe(raised.value).details
