"""What Windows does not let one do with files that are open, or that another program looks into."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.claim import Claim
from engine.errors import Cancelled, write_error
from engine.evaluation.reference import ReferenceRequest, add_reference, load_references, remove_reference
from engine.overview import OverviewRequest, build_overviews, overviews_ready
from engine.progress import JobControl
from engine.whole_file import patiently
from tests.support import windows_files
from tests.support.separations import make_separation
from tests.support.songs import write_song

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="which files are open is read from /proc")


class Scanned:
    """A file that a virus scanner holds open for a while."""

    def __init__(self, tries: int) -> None:
        self.tries = tries

    def replace(self, target: Path) -> Path:
        self.tries -= 1
        if self.tries >= 0:
            raise PermissionError(errno.EACCES, "it is being used by another process")
        return target


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, without sleeping."""
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    return naps


def test_a_file_that_a_scanner_looks_into_is_moved_a_moment_later(naps: list[float]) -> None:
    assert patiently(Scanned(3).replace, Path("song"), "win32") == Path("song")
    assert len(naps) == 3


def test_a_file_that_stays_open_is_an_error_after_a_second(naps: list[float]) -> None:
    with pytest.raises(PermissionError):
        patiently(Scanned(1000).replace, Path("song"), "win32")
    assert 0.9 <= sum(naps) <= 1.1


def test_elsewhere_nothing_is_tried_twice(naps: list[float]) -> None:
    with pytest.raises(PermissionError):
        patiently(Scanned(1).replace, Path("song"), "linux")
    assert not naps


def test_a_target_that_is_there_is_told_at_once(naps: list[float]) -> None:
    def rename(target: Path) -> Path:
        raise FileExistsError(errno.EEXIST, "it is there", str(target))

    with pytest.raises(FileExistsError):
        patiently(rename, Path("entry"), "win32")
    assert not naps


@pytest.mark.parametrize("code", [32, 33, 1224])
def test_a_file_that_a_player_has_open_is_not_called_a_lack_of_permission(code: int) -> None:
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = code  # type: ignore[attr-defined] - Windows' own number, which is not set elsewhere
    assert "another program has that file open" in str(write_error(Path("Vocals.wav"), error))
    assert "permission" in str(write_error(Path("Vocals.wav"), PermissionError(errno.EACCES, "Access is denied")))


@pytest.mark.parametrize(("platform", "stem", "reason"), [
    ("win32", 255, "Windows takes paths of 259 characters, and this has 264"),
    ("win32", 245, "its folder is gone"),
    ("linux", 255, "its folder is gone"),
])  # fmt: skip
def test_a_path_that_is_too_long_for_windows_is_said_to_be(platform: str, stem: int, reason: str) -> None:
    error = FileNotFoundError(errno.ENOENT, "The system cannot find the path specified")
    assert reason in str(write_error(Path("a" * stem + ".wav"), error, platform))


def test_a_lock_that_cannot_be_removed_is_let_go_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, f"it is being used by another process {missing_ok}")

    claim = Claim(tmp_path / "lock")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        claim.release()
    Claim(tmp_path / "lock").release()
    assert not list(tmp_path.iterdir())


@linux_only
def test_a_damaged_drawing_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    separation = make_separation(tmp_path / "entry", samples=5000)
    build_overviews(OverviewRequest(separation))
    drawing = separation.folder / "source.overview"
    drawing.write_bytes(drawing.read_bytes()[:50])
    windows_files.obey(monkeypatch)
    assert not overviews_ready(separation)
    assert not drawing.exists()


@linux_only
@pytest.mark.parametrize("checks", range(1, 5))
def test_a_reference_that_is_given_up_at_any_moment_is_removed(
    checks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    separation = make_separation(tmp_path / "entry", samples=5000)
    song = write_song(tmp_path / "vocals.wav", np.zeros((2, 5000), np.float32), 44_100)
    windows_files.obey(monkeypatch)
    with pytest.raises(Cancelled):
        add_reference(ReferenceRequest(separation, "vocals", song), cancelled_after(checks))
    assert not list(separation.folder.glob("*reference*"))


@linux_only
def test_a_reference_that_is_on_show_is_removed_without_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    separation = make_separation(tmp_path / "entry", samples=5000)
    song = write_song(tmp_path / "vocals.wav", np.zeros((2, 5000), np.float32), 44_100)
    add_reference(ReferenceRequest(separation, "vocals", song))
    heard = separation.reference_signal("vocals")
    windows_files.obey(monkeypatch)
    remove_reference(separation, "vocals")
    assert not load_references(separation)
    assert heard.shape == (2, 5000)


def cancelled_after(checks: int) -> JobControl:
    """A control that is cancelled at one of its checkpoints."""

    class Counting(JobControl):
        left = checks
        plain: Callable[[], None]

        def checkpoint(self) -> None:
            self.left -= 1
            if self.left <= 0:
                self.cancel()
            super().checkpoint()

    return Counting()
