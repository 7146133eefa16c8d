"""Export when something goes wrong: all files of a request, or none."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.audio.encode import AudioFile, AudioWriter
from engine.audio.formats import audio_format
from engine.errors import Cancelled, EngineError, WriteError
from engine.export import ExportRequest, export, remove_partial_export
from engine.progress import JobControl, Progress
from engine.separation import Samples, Separation, Tags, source_path
from tests.support.separations import make_separation, noise
from tests.support.songs import read_song


@pytest.fixture
def separation(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "separation", samples=70_000)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def cancel_late(monkeypatch: pytest.MonkeyPatch, control: JobControl) -> type[Exception]:
    checkpoint, counter = control.checkpoint, itertools.count()

    def poll() -> None:
        if next(counter) == 2:
            control.cancel()
        checkpoint()

    monkeypatch.setattr(control, "checkpoint", poll)
    return Cancelled


def cancel_before_the_renames(monkeypatch: pytest.MonkeyPatch, control: JobControl) -> type[Exception]:
    finish, counter = AudioWriter.finish, itertools.count(1)

    def finish_and_cancel(self: AudioWriter) -> None:
        finish(self)
        if next(counter) == 5:
            control.cancel()

    monkeypatch.setattr(AudioWriter, "finish", finish_and_cancel)
    return Cancelled


def no_room(monkeypatch: pytest.MonkeyPatch, _control: JobControl) -> type[Exception]:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=100_000))
    return WriteError


def full_late(monkeypatch: pytest.MonkeyPatch, _control: JobControl) -> type[Exception]:
    write, counter = AudioWriter.write, itertools.count()

    def fill(self: AudioWriter, block: Samples) -> None:
        if next(counter) == 8:
            raise WriteError(Path("stem"), "the disk is full")
        write(self, block)

    monkeypatch.setattr(AudioWriter, "write", fill)
    return WriteError


def lost_end(monkeypatch: pytest.MonkeyPatch, _control: JobControl) -> type[Exception]:
    fsync, counter = os.fsync, itertools.count(1)

    def lose(file: int) -> None:
        if next(counter) == 5:
            os.truncate(file, 1000)
        fsync(file)

    monkeypatch.setattr(os, "fsync", lose)
    return WriteError


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("trouble", [cancel_late, cancel_before_the_renames, no_room, full_late, lost_end])
def test_whatever_goes_wrong_leaves_the_folder_as_it_was(
    separation: Separation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    existing: bool,
    trouble: Callable[[pytest.MonkeyPatch, JobControl], type[Exception]],
) -> None:
    out = tmp_path / "deep" / "out"
    if existing:
        out.mkdir(parents=True)
        (out / "vocals.wav").write_bytes(b"old")
    control = JobControl()
    expected = trouble(monkeypatch, control)
    with pytest.raises(expected):
        export(ExportRequest(separation, out, residual=True, existing="overwrite"), control=control)
    if existing:
        assert names(out) == {"vocals.wav"}
        assert (out / "vocals.wav").read_bytes() == b"old"
    else:
        assert names(tmp_path) == {"separation"}


def test_a_rename_that_fails_midway_leaves_whole_files_only(
    separation: Separation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, counter = Path.replace, itertools.count(1)

    def fail(self: Path, target: Path) -> Path:
        if next(counter) == 3:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(WriteError, match="Input/output error"):
        export(ExportRequest(separation, tmp_path / "out"))
    assert names(tmp_path / "out") == {"vocals.wav", "bass.wav"}
    assert read_song(tmp_path / "out" / "bass.wav")[0].shape == (2, 70_000)


def test_what_a_killed_export_left_is_removed_and_nothing_else(separation: Separation, tmp_path: Path) -> None:
    out = tmp_path / "out"
    request = ExportRequest(separation, out, ("bass", "drums"), residual=True)
    out.mkdir()
    for name in ("bass.wav", "drums.wav.part", "residual.wav.part", "vocals.wav.part", "notes.txt"):
        (out / name).write_bytes(b"")
    remove_partial_export(request)
    assert names(out) == {"bass.wav", "vocals.wav.part", "notes.txt"}


def test_two_programs_that_write_the_same_files_do_not_mix_them(separation: Separation, tmp_path: Path) -> None:
    out, alone = tmp_path / "out", tmp_path / "alone"
    request = ExportRequest(separation, out, existing="overwrite")
    out.mkdir()
    (out / "vocals.wav.part").write_bytes(bytes(10_000_000))  # left by a kill
    refused: list[str] = []

    def meanwhile(_progress: Progress) -> None:
        with pytest.raises(WriteError) as caught:
            export(ExportRequest(separation, out, ("bass",), stages=(1,), existing="overwrite"))
        refused.append(caught.value.reason)
        remove_partial_export(request)  # as after the death of the other program's process

    export(request, meanwhile)
    assert set(refused) == {"another program is writing it; wait until that is done"}
    export(replace(request, folder=alone))
    assert names(out) == names(alone)
    for name in names(alone):
        # Not byte by byte, as a WAV of floats holds the second in which it was written.
        assert (out / name).stat().st_size == (alone / name).stat().st_size
        np.testing.assert_array_equal(read_song(out / name)[0], read_song(alone / name)[0])


def test_a_file_that_is_in_place_is_let_go(tmp_path: Path) -> None:
    target = AudioFile(tmp_path / "a.wav", audio_format("wav32f"), 44_100, 2, 70_000, Tags())
    first, second = AudioWriter(target), None
    try:
        first.write(noise(2, 70_000, 0.5, seed=1))
        first.finish()
        with pytest.raises(WriteError, match="another program is writing it"):
            AudioWriter(target)
        first.commit()
        second = AudioWriter(target)
    finally:
        first.discard()
        assert names(tmp_path) >= {"a.wav", "a.wav.part"}  # the second one's
        if second is not None:
            second.discard()
    assert names(tmp_path) == {"a.wav"}


def test_a_folder_that_cannot_be_made_is_one_clear_error(separation: Separation, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match="a file of that name is in the way"):
        export(ExportRequest(separation, tmp_path / "file"))
    with pytest.raises(WriteError, match="its folder is a file"):
        export(ExportRequest(separation, tmp_path / "file" / "out"))
    with pytest.raises(WriteError, match="the name is too long"):
        export(ExportRequest(separation, tmp_path / ("x" * 300)))
    assert names(tmp_path) == {"separation", "file"}


def test_a_folder_without_permission_is_one_clear_error(
    separation: Separation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(WriteError, match="there is no permission to write there"):
        export(ExportRequest(separation, tmp_path / "out"))


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: os.truncate(path, 100_000)])
def test_a_separation_that_lost_a_signal_is_one_clear_error(
    separation: Separation, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(source_path(separation.folder))
    with pytest.raises(EngineError, match=r"signals of 'Song\.wav' are no longer complete: split it again"):
        export(ExportRequest(separation, tmp_path / "out", residual=True))
    assert names(tmp_path) == {"separation"}
