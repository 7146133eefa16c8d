"""Files that one process holds at a time, whatever another one does in the moment between opening and locking."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from pathlib import Path
from typing import BinaryIO

import pytest

from engine.claim import Claim, HeldError, open_alone, remove_abandoned

fcntl = pytest.importorskip("fcntl", reason="Windows locks files in another way")


def test_a_file_is_open_alone_until_it_is_closed_and_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with open_alone(path) as file:
        assert file.read() == b"before"
        with pytest.raises(HeldError):
            open_alone(path)
        with pytest.raises(HeldError):
            Claim(path)
    open_alone(path).close()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.rename(path.with_name("in place"))])
def test_what_was_let_go_between_opening_and_locking_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    path, lock, tries = tmp_path / "file", fcntl.flock, list[None]()

    def lock_late(file: BinaryIO, how: int) -> None:
        if not tries:
            assert callable(change)
            change(path)
        tries.append(None)
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    with open_alone(path) as file:
        assert os.path.samestat(os.fstat(file.fileno()), path.stat())
        with pytest.raises(HeldError):
            open_alone(path)
    assert len(tries) == 3


def test_what_could_not_be_removed_at_first_is_removed_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living, dead = (tmp_path / uuid.uuid4().hex for _ in range(2))
    claim = Claim(living.with_suffix(".lock"))
    for folder in (living, dead, tmp_path / "mine"):
        folder.mkdir()
    dead.with_suffix(".lock").touch()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_folder, **_how: None)  # as if all files were open, on Windows
        remove_abandoned(tmp_path)
    assert dead.exists()
    remove_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {living.name, f"{living.name}.lock", "mine"}
    claim.release()
    remove_abandoned(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_disk_without_locks_keeps_nobody_out_but_gives_no_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: BinaryIO, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with open_alone(tmp_path / "file") as file:
        file.write(b"written")
    assert (tmp_path / "file").read_bytes() == b"written"
    with pytest.raises(OSError, match="No locks available"):
        Claim(tmp_path / "file")
