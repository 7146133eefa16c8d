"""Files that are written whole or not at all, and what is said when they cannot be."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from engine.errors import WriteError
from engine.whole_file import on_disk, whole_file


def _break_off(path: Path, error: Exception) -> None:
    with whole_file(path) as part:
        part.write_text("half")
        raise error


def test_a_file_takes_its_place_only_when_all_went_well(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(KeyError):
        _break_off(path, KeyError())
    assert (path.read_text(), list(tmp_path.iterdir())) == ("before", [path])
    with whole_file(path) as part:
        part.write_text("after")
        assert path.read_text() == "before"
    assert (path.read_text(), list(tmp_path.iterdir())) == ("after", [path])


def test_a_file_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, part = tmp_path / "file", tmp_path / "file.part"
    forced: list[tuple[bytes, bytes]] = []
    path.write_bytes(b"before")

    def force(file: int) -> None:
        assert os.path.samestat(os.fstat(file), part.stat())
        forced.append((part.read_bytes(), path.read_bytes()))

    monkeypatch.setattr(os, "fsync", force)
    with whole_file(path):
        part.write_bytes(b"after")
    assert forced == [(b"after", b"before")]

    def refuse(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WriteError, match="the disk is full"), whole_file(path):
        part.write_bytes(b"never")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"after", [path])


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "the disk reports: Input/output error")]
)
def test_what_the_disk_says_inside_is_one_sentence(tmp_path: Path, code: int, words: str) -> None:
    with pytest.raises(WriteError) as caught:
        _break_off(tmp_path / "file", OSError(code, os.strerror(code)))
    assert (caught.value.path, caught.value.reason) == (tmp_path / "file", words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [".", "..", "folder", "/"])
def test_a_folder_in_its_place_is_found_before_the_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WriteError, match="a folder of that name is in the way"), whole_file(Path(name)):
        pytest.fail("nothing should be done")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_a_device_or_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(WriteError, match="not an ordinary file"), whole_file(tmp_path / name):
            pytest.fail("nothing should be done")
    assert (tmp_path / "pipe").is_fifo()


def test_a_name_that_no_disk_takes(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="the name is too long"), whole_file(tmp_path / ("x" * 300)):
        pytest.fail("nothing should be done")


def test_what_is_not_there_is_told_from_what_a_disk_says_nothing_of(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert on_disk(tmp_path / "file")
    for name in ("none", "file/in a file", "zero\0byte"):
        assert not on_disk(tmp_path / name)
    with pytest.raises(OSError, match="too long"):
        on_disk(tmp_path / ("x" * 300))
