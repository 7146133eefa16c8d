"""The command line: files, JSON events, exit codes, and one sentence for everything that goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.cli import models, run_command_line, split
from engine.cli.work import cancelled_by_signals, work_folder
from engine.errors import DecodeError, EngineError
from engine.model.light_unet import LightUNetConfig
from engine.progress import JobControl
from tests.golden import recipe
from tests.support.engines import InProcessEngine
from tests.support.models import save_tiny_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("model") / "tiny.safetensors"))


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the tests that are not about the child process its start."""
    monkeypatch.setattr(split, "EngineProcess", InProcessEngine)


def _song(path: Path, seconds: float = 0.5) -> Path:
    soundfile.write(path, recipe.signal(int(seconds * 44100)).T, 44100, format="WAV")
    return path


def _events(capsys: Capture) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


def _relative_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _leftovers(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def test_split_writes_a_folder_per_song_and_null_tests(
    model: str, tmp_path: Path, cache: Path, capsys: Capture
) -> None:
    song, out = _song(tmp_path / "My Song.wav"), tmp_path / "out"
    arguments = ["split", str(song), "--out", str(out), "--model", model, "--stage", "both", "--residual"]
    assert run_command_line([*arguments, "--minus", "vocals", "--format", "wav32f", "--json"]) == 0
    stems = ("vocals", "bass", "drums", "other")
    names = [f"{stem}{suffix}.wav" for stem in stems for suffix in ("_mask", "_map")]
    expected = sorted(f"My Song/{name}" for name in [*names, "residual.wav", "minus_vocals.wav"])
    assert _relative_files(out) == expected

    *progress, done = _events(capsys)
    assert all(event["event"] == "progress" for event in progress)
    assert done["event"] == "done"
    assert done["input"] == str(song)
    assert done["audio_seconds"] == 0.5
    assert done["model"] == "tiny"
    assert done["files"]["vocals"] == {
        "1": str(out / "My Song" / "vocals_mask.wav"),
        "2": str(out / "My Song" / "vocals_map.wav"),
    }
    assert done["residual"] == str(out / "My Song" / "residual.wav")

    parts = [soundfile.read(done["files"][stem]["2"])[0] for stem in stems] + [soundfile.read(done["residual"])[0]]
    difference = np.sum(parts, axis=0) - soundfile.read(song)[0]
    assert 20 * np.log10(np.abs(difference).max() + 1e-12) < -120
    assert _leftovers(cache) == []


@pytest.mark.usefixtures("in_process")
def test_one_stage_has_plain_names_and_text_output_on_a_pipe_has_no_bar(
    model: str, tmp_path: Path, capsys: Capture
) -> None:
    song, out = _song(tmp_path / "a.wav"), tmp_path / "out"
    assert run_command_line(["split", str(song), "--out", str(out), "--model", model, "--stems", "drums,bass"]) == 0
    assert _relative_files(out) == ["a/bass.wav", "a/drums.wav"]
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.count("\n") == 1
    assert "real time on cpu" in captured.out


def test_one_failing_file_does_not_stop_the_rest(model: str, tmp_path: Path, cache: Path, capsys: Capture) -> None:
    bad, good, out = tmp_path / "bad.mp3", _song(tmp_path / "good.wav"), tmp_path / "out"
    bad.write_bytes(b"no music here" * 50)
    arguments = ["split", str(bad), str(tmp_path / "gone.wav"), str(good), "--out", str(out), "--model", model]
    assert run_command_line([*arguments, "--json"]) == 1
    events = [event for event in _events(capsys) if event["event"] != "progress"]
    assert [event["event"] for event in events] == ["error", "error", "done"]
    assert {event["kind"] for event in events[:2]} == {"decode"}
    assert "bad.mp3" in events[0]["message"]
    assert len(_relative_files(out)) == 4
    assert _leftovers(cache) == []


@pytest.mark.usefixtures("in_process")
def test_folders_are_walked_and_equal_names_get_numbers(model: str, tmp_path: Path, capsys: Capture) -> None:
    album, out = tmp_path / "album", tmp_path / "out"
    (album / "cd2").mkdir(parents=True)
    _song(album / "song.wav", 0.1)
    _song(album / "cd2" / "Song.flac", 0.1)
    _song(album / "\u00e9.wav", 0.1)  # one letter in two ways, which some disks take for one
    _song(album / "cd2" / "e\u0301.wav", 0.1)
    (album / "cover.jpg").write_bytes(b"jpeg")
    assert run_command_line(["split", str(album), "--out", str(out), "--model", model, "--stems", "bass"]) == 0
    # The files of a folder come before those of the folders in it.
    assert _relative_files(out) == ["Song (2)/bass.wav", "e\u0301 (2)/bass.wav", "song/bass.wav", "\u00e9/bass.wav"]
    capsys.readouterr()


@pytest.mark.usefixtures("in_process")
def test_what_was_made_of_a_folders_songs_is_not_split_again(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _song(tmp_path / "song.wav", 0.1)
    monkeypatch.chdir(tmp_path)
    arguments = ["split", str(tmp_path), "--out", "stems", "--model", model, "--stems", "bass", "--json"]
    for options, event in (([], "done"), (["--skip-existing"], "skipped"), (["--overwrite"], "done")):
        assert run_command_line([*arguments, *options]) == 0
        assert [each["event"] for each in _events(capsys) if each["event"] != "progress"] == [event]


@pytest.mark.usefixtures("in_process")
def test_stems_that_go_beside_the_songs_are_not_split_again(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = ["a.wav", "cd2/A.wav", "cd2/b.wav"]
    for name in songs:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        _song(tmp_path / name, 0.1)
    monkeypatch.chdir(tmp_path)
    arguments = ["split", ".", "--out", str(tmp_path), "--model", model, "--stems", "bass,drums", "--json"]
    for options, event in (([], "done"), (["--skip-existing"], "skipped"), (["--overwrite"], "done")):
        assert run_command_line([*arguments, *options]) == 0
        ended = [each for each in _events(capsys) if each["event"] != "progress"]
        assert [(each["event"], each["input"]) for each in ended] == [(event, song) for song in songs]


@pytest.mark.usefixtures("in_process")
def test_a_song_in_a_folder_of_its_own_name_is_split(model: str, tmp_path: Path, capsys: Capture) -> None:
    home = tmp_path / "Title"
    (home / "cd2").mkdir(parents=True)
    songs = [_song(home / "Title.wav", 0.1), _song(home / "cd2" / "Title.wav", 0.1)]
    for folder in (home, tmp_path):
        arguments = ["split", str(folder), "--out", str(tmp_path), "--model", model, "--stems", "bass", "--json"]
        assert run_command_line(arguments) == 0
        ended = [each for each in _events(capsys) if each["event"] != "progress"]
        assert [each["input"] for each in ended if each["event"] == "done"] == [str(song) for song in songs]
        (home / "bass.wav").unlink()
        shutil.rmtree(tmp_path / "Title (2)")


@pytest.mark.usefixtures("in_process")
def test_what_cannot_be_written_is_said_before_the_work(model: str, tmp_path: Path, capsys: Capture) -> None:
    soundfile.write(tmp_path / "song.wav", np.zeros((4410, 3)), 44_100)
    arguments = ["split", str(tmp_path / "song.wav"), "--model", model, "--json"]
    for options, words in (
        (["--out", str(tmp_path / "out"), "--format", "mp3"], "at most 2 channels, and this song has 3"),
        (["--out", str(tmp_path / ("x" * 300))], "the name is too long"),
    ):
        assert run_command_line([*arguments, *options]) == 1
        (event,) = _events(capsys)
        assert (event["event"], event["kind"]) == ("error", "write")
        assert words in event["message"]


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("options", [[], ["--format", "stem-aac"], ["--reaper"]])
def test_a_disk_that_is_too_small_for_the_stems_is_told_before_the_work(
    options: list[str], model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    song, out, usage = _song(tmp_path / "a.wav"), tmp_path / "out", shutil.disk_usage

    def small(folder: Path) -> Any:  # noqa: ANN401
        return SimpleNamespace(free=100_000) if Path(folder).is_relative_to(out) else usage(folder)

    monkeypatch.setattr(shutil, "disk_usage", small)
    assert run_command_line(["split", str(song), "--out", str(out), "--model", model, "--json", *options]) == 1
    (event,) = _events(capsys)
    assert "the disk has 0 MB free" in event["message"]
    assert not out.exists()


@pytest.mark.usefixtures("in_process")
def test_existing_files_are_refused_skipped_or_overwritten(model: str, tmp_path: Path, capsys: Capture) -> None:
    song, out = _song(tmp_path / "a.wav", 0.1), tmp_path / "out"
    arguments = ["split", str(song), "--out", str(out), "--model", model, "--stems", "bass", "--json"]
    target = out / "a" / "bass.wav"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"mine")

    assert run_command_line(arguments) == 1
    (event,) = _events(capsys)
    assert (event["event"], event["kind"]) == ("error", "exists")
    assert run_command_line([*arguments, "--skip-existing"]) == 0
    assert [event["event"] for event in _events(capsys)] == ["skipped"]
    assert target.read_bytes() == b"mine"
    assert run_command_line([*arguments, "--overwrite"]) == 0
    assert _events(capsys)[-1]["event"] == "done"
    assert soundfile.info(target).frames == 4410


@pytest.mark.usefixtures("in_process")
def test_skipping_keeps_what_is_there_of_a_song_that_is_not_complete(
    model: str, tmp_path: Path, capsys: Capture
) -> None:
    song, folder = _song(tmp_path / "a.wav", 0.1), tmp_path / "out" / "a"
    folder.mkdir(parents=True)
    (folder / "bass.wav").write_bytes(b"mine")
    arguments = ["split", str(song), "--out", str(folder.parent), "--model", model, "--json", "--skip-existing"]
    assert run_command_line([*arguments, "--stems", "bass,drums", "--residual"]) == 0
    done = _events(capsys)[-1]
    assert (folder / "bass.wav").read_bytes() == b"mine"
    assert _relative_files(folder) == ["bass.wav", "drums.wav", "residual.wav"]
    assert list(done["files"]) == ["bass", "drums"]
    assert [Path(path).name for path, peak in done["peaks"].items() if peak is None] == ["bass.wav"]


@pytest.mark.usefixtures("in_process")
def test_a_song_whose_name_no_disk_takes_is_one_sentence(model: str, tmp_path: Path, capsys: Capture) -> None:
    assert run_command_line(["split", "x" * 300, "--out", str(tmp_path / "out"), "--model", model, "--json"]) == 1
    (event,) = _events(capsys)
    assert (event["event"], event["kind"]) == ("error", "decode")


HOSTILE = ["..", "...", "\u202egnos"]
NAMES = [
    "日本語の歌",
    "أغنية",
    "🎸 riff",
    "e\u0301te\u0301",
    ";{}'%#",
    "trailing...",
    " spaces ",
    "-dash",
    "a" * 200,
    *HOSTILE,
]


@pytest.mark.usefixtures("in_process")
def test_any_name_works(tmp_path: Path, capsys: Capture) -> None:
    model = str(save_tiny_model(tmp_path / "small.safetensors", LightUNetConfig()))  # the quickest for so many songs
    songs, out = [_song(tmp_path / f"{name}.wav", 0.1) for name in NAMES], tmp_path / "out"
    arguments = ["split", "--out", str(out), "--model", model, "--stems", "vocals", "--", *map(str, songs)]
    assert run_command_line(arguments) == 0
    targets = list(out.rglob("vocals.wav"))
    assert len(targets) == len(NAMES)
    for target in targets:
        assert soundfile.info(target).frames == 4410
        assert target.parent.parent == out
    # Scripts and emoji stay as they are; what would leave or hide the folder, or turn its name round, goes.
    folders = {path.parent.name for path in targets}
    assert {"日本語の歌", "أغنية", "🎸 riff", "e\u0301te\u0301", "-dash", "gnos"} <= folders
    capsys.readouterr()


@pytest.mark.usefixtures("in_process")
def test_files_can_be_named_after_the_tags_and_put_into_a_project(model: str, tmp_path: Path, capsys: Capture) -> None:
    song, out = tmp_path / "a.flac", tmp_path / "out"
    with soundfile.SoundFile(song, "w", 44_100, 2, "PCM_16", format="FLAC") as file:
        file.title, file.artist = "歌", "AC/DC"
        file.write(recipe.signal(4410).T)
    arguments = ["split", str(song), "--out", str(out), "--model", model, "--stems", "bass", "--format", "flac"]
    arguments += ["--name", "{artist} - {title} ({stem})", "--reaper", "--residual", "--json"]
    assert run_command_line(arguments) == 0
    done = _events(capsys)[-1]
    expected = ["a/AC_DC - 歌 (Bass).flac", "a/AC_DC - 歌 (Residual).flac", "a/AC_DC - 歌.rpp"]
    assert _relative_files(out) == expected
    assert {name: value is None for name, value in done["peaks"].items()} == {
        str(out / name): name.endswith(".rpp") for name in expected
    }
    assert run_command_line(arguments) == 1
    assert _events(capsys)[-1]["kind"] == "exists"
    assert run_command_line([*arguments, "--skip-existing"]) == 0
    assert _events(capsys)[-1]["event"] == "skipped"


@pytest.mark.usefixtures("in_process")
def test_a_stem_file_is_one_file(model: str, tmp_path: Path, capsys: Capture) -> None:
    song, out = _song(tmp_path / "a.wav", 0.1), tmp_path / "out"
    arguments = ["split", str(song), "--out", str(out), "--model", model, "--format", "stem-aac"]
    assert run_command_line(arguments) == 0
    assert "a.stem.mp4" in capsys.readouterr().out
    assert _relative_files(out) == ["a/a.stem.mp4"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["split"],
        ["split", "a.wav"],
        ["split", "", "--out", "o"],
        ["split", "a.wav", "--out", ""],
        ["split", "a.wav", "--out", "o", "--quality", "superb"],
        ["split", "a.wav", "--out", "o", "--stems", ","],
        ["split", "a.wav", "--out", "o", "--overwrite", "--skip-existing"],
        ["split", "a.wav", "--out", "o", "--name", "{titel}"],
        ["split", "a.wav", "--out", "o", "--name", "{title"],
        ["dance"],
        *(
            ["train", "--preset", "bundled", "--out", "o", "--minutes", minutes]
            for minutes in ("0", "-1", "nan", "inf")
        ),
        ["augment-preview", "--input", "i", "--out", "o", "--seed", "-1"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: Capture) -> None:
    assert run_command_line(arguments) == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["--model", "nobody"], "no model file 'nobody' and no model of that name"),
        (["--stems", "banjo"], "no stem 'banjo'"),
        (["--minus", "banjo"], "no stem 'banjo'"),
        (["--model", "preset:full"], "preset:full"),
        (["--format", "stem-aac", "--stems", "bass"], "exactly 4 stems"),
        (["--format", "mp3", "--reaper"], "needs WAV or FLAC"),
    ],
)
@pytest.mark.usefixtures("in_process")
def test_what_the_model_cannot_do_is_one_sentence(
    change: list[str], words: str, model: str, tmp_path: Path, capsys: Capture
) -> None:
    song = _song(tmp_path / "a.wav", 0.1)
    arguments = ["split", str(song), "--out", str(tmp_path / "out"), "--model", model, *change]
    assert run_command_line(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("in_process")
def test_output_folder_that_is_a_file_is_one_sentence(model: str, tmp_path: Path, cache: Path, capsys: Capture) -> None:
    song, out = _song(tmp_path / "a.wav", 0.1), tmp_path / "out"
    out.write_bytes(b"in the way")
    assert run_command_line(["split", str(song), "--out", str(out), "--model", model]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("error: a.wav: ")
    assert captured.err.count("\n") == 1
    assert out.read_bytes() == b"in the way"
    assert _leftovers(cache) == []


@pytest.mark.usefixtures("in_process")
def test_empty_folder_is_said_to_be_empty(model: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    assert run_command_line(["split", str(tmp_path / "empty"), "--out", str(tmp_path / "out"), "--model", model]) == 1
    assert "no audio files" in capsys.readouterr().err


@pytest.mark.usefixtures("in_process")
def test_a_folder_without_permission_is_not_called_empty(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert run_command_line(["split", str(tmp_path), "--out", str(tmp_path / "out"), "--model", model]) == 1
    assert "the folder cannot be read (Permission denied)" in capsys.readouterr().err


@pytest.mark.usefixtures("in_process")
def test_a_cancel_is_heard_between_songs_that_need_no_work(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = [_song(tmp_path / name, 0.1) for name in ("a.wav", "b.wav")]
    control = JobControl()

    def refuse(song: Path) -> None:
        control.cancel()
        raise DecodeError(song, "it is damaged")

    monkeypatch.setattr(split, "cancelled_by_signals", lambda: nullcontext(control))
    monkeypatch.setattr(split, "open_audio", refuse)
    options = ["--out", str(tmp_path / "out"), "--model", model, "--name", "{title}", "--json"]
    assert run_command_line(["split", *map(str, songs), *options]) == 130
    assert [event["event"] for event in _events(capsys)] == ["error", "cancelled"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_command_can_be_stopped(name: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    number: signal.Signals = getattr(signal, name)
    monkeypatch.setattr(models, "list_models", lambda: signal.raise_signal(number))
    monkeypatch.setattr(models, "cancelled_by_signals", lambda: nullcontext(JobControl()))
    before = signal.getsignal(number)
    assert run_command_line(["models", "list"]) == 130
    assert capsys.readouterr() == ("", "bandsaw: cancelled\n")
    assert signal.getsignal(number) is before


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_what_nohup_ignores_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "list_models", lambda: (signal.raise_signal(signal.SIGHUP), [])[1])
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert run_command_line(["models", "list"]) == 0
        with cancelled_by_signals() as control:
            signal.raise_signal(signal.SIGHUP)
            assert not control.cancelled
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipe that breaks")
def test_a_reader_that_goes_away_ends_the_program_without_a_word() -> None:
    command = [sys.executable, "-m", "engine", "models", "list"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    assert process.communicate(timeout=60) == (None, "")
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_an_output_whose_disk_is_full_is_one_sentence() -> None:
    command = [sys.executable, "-m", "engine", "models", "list"]
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert process.stderr == "bandsaw: cannot write the output: No space left on device\n"
    assert process.returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system, not HOME")
def test_a_user_without_a_home_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for a user that the system does not know
    assert run_command_line(["models", "list"]) == 1
    words = "bandsaw: this user has no home folder; set HOME to a folder that can be written\n"
    assert capsys.readouterr() == ("", words)


@pytest.mark.filterwarnings("ignore:unclosed file")  # it is open until the program ends
def test_a_program_without_standard_streams_does_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    # As Python starts after `>&-`, or without a console on Windows.
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run_command_line(["models", "list"]) == 0
    assert run_command_line(["models", "info", "nothing"]) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize(("send", "name"), [("kill", "SIGINT"), ("kill", "SIGTERM"), ("killpg", "SIGHUP")])
def test_interrupt_leaves_no_file_and_no_process(send: str, name: str, model: str, tmp_path: Path, cache: Path) -> None:
    song, out = _song(tmp_path / "a.wav", 60), tmp_path / "out"
    command = [sys.executable, "-m", "engine", "split", str(song), "--out", str(out), "--model", model, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=os.environ)
    assert process.stdout is not None
    with process, process.stdout as lines:
        while json.loads(lines.readline()).get("phase") != "separate":
            pass
        time.sleep(0.3)
        getattr(os, send)(process.pid, getattr(signal, name))  # a terminal that is closed tells all of its programs
        rest = lines.read()
        assert process.wait(timeout=20) == 130
    assert json.loads(rest.splitlines()[-1])["event"] == "cancelled"
    assert not out.exists()
    assert _leftovers(cache) == []
    _await_end(process.pid)


@pytest.mark.parametrize(("command", "policy"), [("evaluate", "passive"), ("train", None)])
def test_threads_of_an_evaluation_sleep_while_they_wait(
    monkeypatch: pytest.MonkeyPatch, command: str, policy: str | None
) -> None:
    found: list[str | None] = []

    def load(_name: str) -> ModuleType:
        found.append(os.environ.get("OMP_WAIT_POLICY"))
        raise EngineError("stop here")

    monkeypatch.setenv("OMP_WAIT_POLICY", "")  # so that it is put back in any case
    monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.delitem(sys.modules, "torch", raising=False)  # which reads it when it is loaded
    monkeypatch.setattr("engine.cli.main.importlib.import_module", load)
    options = {"evaluate": ["--references", "x"], "train": ["--preset", "bundled", "--out", "x"]}[command]
    assert run_command_line([command, *options]) == 1
    assert found == [policy]


def test_what_a_killed_program_left_is_removed_by_the_next_one(cache: Path) -> None:
    with work_folder() as running:
        abandoned = running.with_name("a" * 32)
        abandoned.mkdir()
        (abandoned / "song.f32").touch()
        abandoned.with_suffix(".lock").touch()
        with work_folder() as folder:
            assert set(folder.parent.iterdir()) == {
                *(folder, folder.with_suffix(".lock")),
                *(running, running.with_suffix(".lock")),
            }
    assert _leftovers(cache) == []
    assert list(running.parent.iterdir()) == []


def test_a_killed_program_takes_its_engine_with_it(model: str, tmp_path: Path, cache: Path) -> None:
    song, out = _song(tmp_path / "a.wav", 60), tmp_path / "out"
    command = [sys.executable, "-m", "engine", "split", str(song), "--out", str(out), "--model", model, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=os.environ)
    assert process.stdout is not None
    with process, process.stdout as lines:
        while json.loads(lines.readline()).get("phase") != "separate":
            pass
        process.kill()
    _await_end(process.pid)
    assert not out.exists()
    # The engine removed its half-written signals before it went; the next program removes the rest.
    assert [path.suffix for path in _leftovers(cache)] == [".lock"]
    shutil.rmtree(cache)


def _await_end(group: int) -> None:
    """Wait until no process of the group is left; fails if one stays."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail(f"a process of group {group} is still there")


def test_forward_refuses_what_is_no_mixture(model: str, tmp_path: Path, capsys: Capture) -> None:
    source, target = tmp_path / "x.npy", tmp_path / "y.npz"
    arguments = ["forward", "--checkpoint", model, "--input", str(source), "--output", str(target)]
    bad: list[Any] = [np.zeros((2, 5000)), np.zeros(5000, np.float32), np.zeros((2, 100), np.float32)]
    bad.append(np.full((1, 2000), np.nan, np.float32))
    for array in bad:
        np.save(source, array)
        assert run_command_line(arguments) == 1
        error = capsys.readouterr().err
        assert "x.npy" in error
        assert error.count("\n") == 1
    for content in (b"", b"nothing", b"PK\x03\x04 and no archive", b"\x93NUMPY\x01\x00"):
        source.write_bytes(content)
        assert run_command_line(arguments) == 1
        error = capsys.readouterr().err
        assert "'x.npy': it is not a readable .npy file" in error
        assert error.count("\n") == 1
    source.unlink()
    assert run_command_line(arguments) == 1
    assert capsys.readouterr().err == "bandsaw: cannot use 'x.npy': it does not exist\n"
    assert not target.exists()


def test_forward_of_a_first_stage_network_has_no_second_stage(tmp_path: Path, capsys: Capture) -> None:
    checkpoint = save_tiny_model(tmp_path / "one.safetensors", map_blocks=0)
    np.save(tmp_path / "x.npy", recipe.signal(3000))
    arguments = ["forward", "--checkpoint", str(checkpoint), "--input", str(tmp_path / "x.npy")]
    assert run_command_line([*arguments, "--output", str(tmp_path / "y.npz")]) == 0
    assert np.load(tmp_path / "y.npz").files == ["stage1"]
    capsys.readouterr()


def test_what_macos_puts_beside_songs_on_other_disks_is_no_song(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "Album").mkdir()
    (tmp_path / "Album" / "._Song.mp3").write_bytes(b"Mac OS X        ")
    assert run_command_line(["split", str(tmp_path / "Album"), "--out", str(tmp_path / "stems")]) == 1
    assert "no audio files" in capsys.readouterr().err
