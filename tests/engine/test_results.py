"""The library of finished separations: found again, bounded, whole, and shared by processes."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import Cancelled, DecodeError, ModelError, WriteError
from engine.inference.request import SeparationRequest
from engine.overview import OverviewRequest, build_overviews, overviews_ready
from engine.progress import JobControl
from engine.results import ResultsLibrary, result_key
from engine.separation import MANIFEST
from tests.support.separations import make_separation

ROOT = Path(__file__).parents[2]
KEYS = tuple(letter * 64 for letter in "abc")
SOURCE = Path("Song.wav")


Opener = Callable[..., ResultsLibrary]


@pytest.fixture
def open_library(tmp_path: Path) -> Iterator[Opener]:
    """Opens one library several times; with entries that were used in the order of the keys and are held by nobody."""
    opened: list[ResultsLibrary] = []

    def open_it(*keys: str) -> ResultsLibrary:
        library = ResultsLibrary(tmp_path / "library")
        opened.append(library)
        for place, key in enumerate(keys):
            kept = library.keep(key, make_separation(library.work_folder(), samples=1000))
            os.utime(kept.folder / MANIFEST, (1e9 + place, 1e9 + place))
            library.release(kept)
        return library

    yield open_it
    for library in opened:
        library.close()


def names(library: ResultsLibrary) -> list[str]:
    return sorted(path.name for path in library.folder.iterdir() if path.name != "unfinished")


def request(source: Path, **changes: object) -> SeparationRequest:
    return replace(SeparationRequest(source, Path("unused")), **changes)  # type: ignore[arg-type]


def test_a_key_depends_on_song_model_stages_and_quality_and_on_nothing_else(tmp_path: Path) -> None:
    song, copy, other = tmp_path / "a.wav", tmp_path / "copy.wav", tmp_path / "b.wav"
    song.write_bytes(b"song")
    copy.write_bytes(b"song")
    other.write_bytes(b"another song")
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"weights")
    key = result_key(request(song))
    assert key == result_key(request(copy, device="cpu", precision="float32", folder=tmp_path))
    assert key == result_key(request(song, stages=(2, 1)))
    different = [
        request(other), request(song, model=str(model)), request(song, stages=(1,)),
        request(song, quality="best"), request(song, stems=("vocals",)),
    ]  # fmt: skip
    keys = {key, *(result_key(each) for each in different)}
    assert len(keys) == 6
    model.write_bytes(b"other weights")
    assert result_key(request(song, model=str(model))) not in keys


def test_what_cannot_be_hashed_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match=r"gone\.wav"):
        result_key(request(tmp_path / "gone.wav"))
    (tmp_path / "a.wav").write_bytes(b"song")
    with pytest.raises(ModelError, match="no model file"):
        result_key(request(tmp_path / "a.wav", model=str(tmp_path / "gone.safetensors")))
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        result_key(request(tmp_path / "a.wav"), control)


def test_what_was_kept_is_found_again_under_the_songs_name_of_now(open_library: Opener) -> None:
    library = open_library()
    assert library.entries() == ()  # nor is there a folder yet
    made = make_separation(library.work_folder(), samples=1000, source=Path("old name.wav"))
    assert library.find(KEYS[0], SOURCE) is None
    kept = library.keep(KEYS[0], made)
    assert kept.folder == library.folder / KEYS[0]
    library.close()
    found = open_library().find(KEYS[0], Path("new name.wav"))
    assert found == replace(kept, source=Path("new name.wav"))
    assert names(library) == [KEYS[0]]
    assert not (library.folder / "unfinished").exists()


def lose_a_signal(folder: Path) -> None:
    (folder / "bass.1.f32").unlink()


def cut_a_signal(folder: Path) -> None:
    os.truncate(folder / "source.f32", 100)


def spoil_the_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text("{")


def nest_the_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text("[" * 100_000)


@pytest.mark.parametrize("damage", [lose_a_signal, cut_a_signal, spoil_the_manifest, nest_the_manifest])
def test_a_damaged_entry_is_removed_and_makes_room_for_a_new_one(
    open_library: Opener, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    library = open_library(KEYS[0])
    assert callable(damage)
    damage(library.folder / KEYS[0])
    assert library.find(KEYS[0], SOURCE) is None
    assert names(library) == []
    assert "damaged entry" in caplog.text
    library.keep(KEYS[0], make_separation(library.work_folder(), samples=1000))
    assert library.find(KEYS[0], SOURCE) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            (name, value)
            for name in ("sample_rate", "channels", "samples")
            for value in (0, -2, None, "2", 2.0, 10**400)
        ],
        *[("stems", value) for value in ([], [1], [["bass"]], ["bass", "bass"], ["../bass"])],
        *[("stages", value) for value in ([], [3], ["1"], [[1]], [True], [1, 1])],
        *[("device", value) for value in ("x" * 1_000_000, {"template": "{n:>1000000000}", "values": {"n": 1}})],
        *[("elapsed_seconds", value) for value in ("x", float("nan"), -1)],
        *[("quality", "none"), ("tags", {"title": 5}), ("model", None), ("source", 5)],
    ],
)
def test_a_manifest_that_no_song_has_is_a_damaged_entry(open_library: Opener, name: str, value: object) -> None:
    library = open_library(KEYS[0])
    manifest = library.folder / KEYS[0] / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), name: value}))
    assert library.entries() == ()
    library.tidy()
    assert names(library) == []


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EIO, errno.EACCES])
def test_an_entry_that_the_disk_does_not_give_now_stays(
    open_library: Opener, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    library = open_library(KEYS[0])

    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as refusing:
        refusing.setattr(Path, "read_text", refuse)
        with pytest.raises(WriteError, match=KEYS[0]):
            library.find(KEYS[0], SOURCE)
        library.tidy()
        assert library.entries() == ()
    with monkeypatch.context() as refusing:
        refusing.setattr(Path, "is_dir", refuse)
        with pytest.raises(WriteError, match=KEYS[0]):
            library.find(KEYS[0], SOURCE)
    found = library.find(KEYS[0], SOURCE)
    assert found is not None
    library.release(found)
    library.trim(0)  # nobody holds it since it was refused
    assert names(library) == []


def test_an_entry_of_a_later_version_that_notes_more_is_read_and_stays(open_library: Opener) -> None:
    library = open_library(KEYS[0])
    manifest = library.folder / KEYS[0] / MANIFEST
    noted = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**noted, "tempo": 120, "tags": {**noted["tags"], "mood": "calm"}}))
    library.tidy()
    found = library.find(KEYS[0], SOURCE)
    assert found is not None
    assert found.samples == 1000


def test_what_is_no_key_is_nothing_that_could_be_found_or_removed(open_library: Opener, tmp_path: Path) -> None:
    library = open_library(KEYS[0])
    (tmp_path / "music").mkdir()
    for name in (".", "..", "unfinished", str(tmp_path / "music"), "../music"):
        assert library.find(name, SOURCE) is None
    assert (tmp_path / "music").is_dir()
    assert names(library) == [KEYS[0]]


def test_a_damaged_drawing_is_made_anew_and_the_stems_stay(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "entry", samples=5000)
    assert not overviews_ready(separation)
    build_overviews(OverviewRequest(separation))
    assert overviews_ready(separation)
    os.truncate(separation.folder / "source.overview", 50)
    assert not overviews_ready(separation)
    build_overviews(OverviewRequest(separation))
    assert overviews_ready(separation)


def test_the_entry_that_was_not_used_for_longest_goes_first(open_library: Opener) -> None:
    library = open_library(*KEYS)
    entries = library.entries()
    assert [each.key for each in entries] == list(reversed(KEYS))
    size_bytes = sum(each.size_bytes for each in entries)
    library.trim(size_bytes)
    assert names(library) == list(KEYS)
    library.trim(size_bytes - 1)
    assert names(library) == list(KEYS[1:])


def test_opening_an_entry_makes_it_the_one_used_last(open_library: Opener) -> None:
    library = open_library(*KEYS)
    found = library.find(KEYS[0], SOURCE)
    assert found is not None
    library.release(found)
    library.trim(library.entries()[0].size_bytes)
    assert names(library) == [KEYS[0]]


def test_an_entry_that_is_open_never_goes_until_every_holder_let_go(open_library: Opener) -> None:
    library = open_library(*KEYS)
    first, second = library.find(KEYS[0], SOURCE), library.find(KEYS[0], SOURCE)
    assert first is not None
    assert second is not None
    library.release(first)
    library.trim(0)
    assert names(library) == [KEYS[0]]
    library.release(second)
    library.trim(0)
    assert names(library) == []


def test_deleting_removes_an_entry_at_once_even_if_it_is_open(open_library: Opener) -> None:
    library = open_library(*KEYS)
    assert library.find(KEYS[0], SOURCE) is not None
    library.delete(KEYS[0])
    library.delete("0" * 64)
    assert names(library) == list(KEYS[1:])


def test_the_second_of_two_processes_with_the_same_song_takes_the_result_of_the_first(open_library: Opener) -> None:
    one, two = open_library(), open_library()
    first = one.keep(KEYS[0], make_separation(one.work_folder(), samples=1000))
    late = make_separation(two.work_folder(), samples=1000)
    second = two.keep(KEYS[0], late)
    assert second.folder == first.folder
    assert not late.folder.exists()
    one.close()
    two.close()
    assert [path.name for path in one.folder.iterdir()] == [KEYS[0]]


def test_all_of_an_entry_is_on_the_disk_before_the_library_has_it(
    open_library: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    made = make_separation(library.work_folder(), samples=1000)
    wanted = {path.stat().st_ino for path in made.folder.iterdir()}
    forced: set[int] = set()

    def force(file: int) -> None:
        assert names(library) == []
        forced.add(os.fstat(file).st_ino)

    monkeypatch.setattr(os, "fsync", force)
    library.keep(KEYS[0], made)
    assert forced == wanted
    assert names(library) == [KEYS[0]]

    def refuse(_file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    again = make_separation(library.work_folder(), samples=1000)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WriteError):
        library.keep(KEYS[1], again)
    assert (names(library), again.folder.exists()) == ([KEYS[0]], False)


def test_a_library_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a file is in the way")
    with pytest.raises(WriteError, match="library"):
        ResultsLibrary(tmp_path / "library").work_folder()


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_works_on_is_not(
    tmp_path: Path, open_library: Opener
) -> None:
    folder = tmp_path / "library"
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom engine.results import ResultsLibrary\n"
        "library = ResultsLibrary(Path(sys.argv[1]))\nwork = library.work_folder()\nwork.mkdir()\n"
        "(work / 'source.f32').write_bytes(bytes(1000))\nprint(work, flush=True)\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-B", "-c", code, folder]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        living = open_library()
        at_work = make_separation(living.work_folder(), samples=1000)
        living.tidy()
        stayed = left.exists()
        other.kill()
    assert stayed  # as long as its process lived
    (folder / KEYS[0]).mkdir()
    (folder / "notes of the user").mkdir()
    open_library().tidy()
    assert not left.parent.exists()
    assert at_work.folder.exists()
    assert names(living) == ["notes of the user"]


def test_finding_an_entry_is_quick(open_library: Opener) -> None:
    library = open_library(KEYS[0])
    started = time.process_time()
    assert library.find(KEYS[0], SOURCE) is not None
    assert time.process_time() - started < 0.2  # a hundred times what it takes
