"""The engine's child process: same results, fast cancel, one error for a crash, nothing left behind."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from engine.errors import Cancelled, DecodeError, EngineProcessError
from engine.export import ExportRequest
from engine.inference import host, serving
from engine.inference.describe import ModelRequest
from engine.inference.host import EngineProcess
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.progress import JobControl, Progress
from tests.golden import recipe
from tests.support.models import save_tiny_model
from tests.support.separations import make_separation


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("model") / "tiny.safetensors"))


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineProcess]:
    with EngineProcess() as process:
        yield process
    assert not multiprocessing.active_children()


def _song(folder: Path, seconds: float) -> Path:
    path = folder / "song.wav"
    soundfile.write(path, recipe.signal(int(seconds * 44100)).T, 44100, subtype="PCM_16")
    return path


def _child() -> psutil.Process:
    (child,) = multiprocessing.active_children()
    assert child.pid is not None
    return psutil.Process(child.pid)


def test_child_gives_what_the_same_call_gives_in_process(engine: EngineProcess, model: str, tmp_path: Path) -> None:
    song = _song(tmp_path, 2)
    seen: list[Progress] = []
    theirs = engine.separate(SeparationRequest(song, tmp_path / "theirs", model), seen.append)
    ours = separate(SeparationRequest(song, tmp_path / "ours", model))
    for stage in theirs.stages:
        # The same code on the same threads; only where memory lies may differ.
        np.testing.assert_allclose(theirs.stem_signal("bass", stage), ours.stem_signal("bass", stage), atol=1e-6)
    assert {progress.phase for progress in seen} == {"load", "separate"}

    report = engine.export(ExportRequest(theirs, tmp_path / "stems", format="flac"))
    assert sorted(path.name for path in (tmp_path / "stems").iterdir()) == sorted(
        path.name for stages in report.files.values() for path in stages.values()
    )


def test_child_has_low_priority_and_describes_models(engine: EngineProcess, model: str) -> None:
    info = engine.describe(ModelRequest(model))
    assert info.model == "tiny"
    assert info.parameters > info.first_stage_parameters > 0
    assert _child().nice() > psutil.Process().nice()
    assert engine.pid == _child().pid


def test_errors_cross_the_border_as_themselves(engine: EngineProcess, model: str, tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match=r"gone\.wav") as caught:
        engine.separate(SeparationRequest(tmp_path / "gone.wav", tmp_path / "out", model))
    assert caught.value.path == tmp_path / "gone.wav"
    assert not list(tmp_path.iterdir())


def test_pause_holds_the_job_and_resume_lets_it_finish(engine: EngineProcess, model: str, tmp_path: Path) -> None:
    control = JobControl()
    held_at: list[float] = []

    def pause_once(progress: Progress) -> None:
        if progress.phase == "separate" and progress.done > 0 and not held_at:
            held_at.append(progress.done)
            control.pause()
            threading.Timer(0.5, control.resume).start()

    separation = engine.separate(SeparationRequest(_song(tmp_path, 8), tmp_path / "out", model), pause_once, control)
    assert held_at
    assert separation.duration_seconds == pytest.approx(8)


@pytest.mark.parametrize("phase", ["load", "separate"])
def test_cancel_is_acknowledged_at_once_and_leaves_nothing(
    engine: EngineProcess, model: str, tmp_path: Path, phase: str
) -> None:
    control, ended = JobControl(), sum(os.times()[2:4])  # of children: how long those that have ended computed
    asked: list[float] = []

    def cancel(progress: Progress) -> None:
        if progress.phase == phase and (progress.done > 0 or phase == "load") and not asked:
            asked.append(sum(_child().cpu_times()[:2]))
            control.cancel()

    with pytest.raises(Cancelled):
        engine.separate(SeparationRequest(_song(tmp_path, 30), tmp_path / "out", model), cancel, control)
    assert not multiprocessing.active_children()  # and so its memory is given back
    # The grace of 0.1 s, then a kill; what the clock says is this machine's own delay.
    assert sum(os.times()[2:4]) - ended - asked[0] < 0.5
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_a_model_need_not_be_waited_for_after_a_cancel(engine: EngineProcess, model: str) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):  # before the child has loaded PyTorch
        engine.describe(ModelRequest(model), control)
    assert not multiprocessing.active_children()


def test_cancel_gives_the_memory_back_also_when_the_child_heard_it(engine: EngineProcess, tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "song", samples=60 * 44_100)
    control = JobControl()
    with pytest.raises(Cancelled):  # an export looks for a cancel so often that its child need not be killed
        engine.export(ExportRequest(separation, tmp_path / "out"), lambda _progress: control.cancel(), control)
    assert not multiprocessing.active_children()
    assert not (tmp_path / "out").exists()


def test_a_killed_child_is_one_error_and_the_next_call_works(engine: EngineProcess, model: str, tmp_path: Path) -> None:
    def kill(progress: Progress) -> None:
        if progress.phase == "separate":
            os.kill(_child().pid, signal.SIGKILL)

    with pytest.raises(EngineProcessError, match="memory ran out") as caught:
        engine.separate(SeparationRequest(_song(tmp_path, 30), tmp_path / "out", model), kill)
    assert caught.value.exit_code == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]
    assert engine.describe(ModelRequest(model)).model == "tiny"


def test_a_child_that_was_killed_while_it_had_nothing_to_do_is_replaced(engine: EngineProcess, model: str) -> None:
    engine.describe(ModelRequest(model))
    _child().kill()
    while multiprocessing.active_children():
        time.sleep(0.01)
    assert engine.describe(ModelRequest(model)).model == "tiny"


def _has_loaded(child: psutil.Process) -> bool:
    return any("libtorch" in Path(library.path).name for library in child.memory_maps())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, what a process has loaded is told in other ways")
def test_the_child_loads_what_a_song_needs_before_it_comes(model: str, tmp_path: Path) -> None:
    with EngineProcess() as engine:
        engine.expect_song()
        child = psutil.Process(engine.pid)
        while not _has_loaded(child):
            time.sleep(0.05)
        engine.expect_song()
        separation = engine.separate(SeparationRequest(_song(tmp_path, 1), tmp_path / "out", model))
        assert separation.duration_seconds == pytest.approx(1)
        assert engine.pid == child.pid


def test_who_expects_a_song_may_change_their_mind(model: str) -> None:
    with EngineProcess() as engine:
        engine.expect_song()
        control = JobControl()
        control.cancel()
        with pytest.raises(Cancelled):
            engine.describe(ModelRequest(model), control)
        assert engine.pid is None


def test_what_cannot_be_loaded_before_a_song_is_told_when_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_arguments: object) -> None:
        raise ImportError("there is no torch")

    monkeypatch.setattr(serving, "_be_modest", lambda: None)
    monkeypatch.setattr(serving, "load_ahead", missing)
    monkeypatch.setattr(serving, "_perform", missing)
    ours, theirs = multiprocessing.Pipe()
    thread = threading.Thread(target=serving.serve, args=(theirs,), kwargs={"ahead": True})
    thread.start()
    with ours:
        ours.send(ModelRequest("tiny"))
        assert "there is no torch" in str(ours.recv().error)
    thread.join()
    theirs.close()
    gc.unfreeze()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows gives Ctrl-C to whole consoles")
def test_ctrl_c_does_not_reach_a_child_that_is_just_starting(model: str) -> None:
    with EngineProcess() as engine:
        engine.expect_song()
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGINT)
        first = engine.pid
        engine.describe(ModelRequest(model))
        assert engine.pid == first
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def test_closing_ends_a_running_call_and_the_process(model: str, tmp_path: Path) -> None:
    engine = EngineProcess()
    before = set(multiprocessing.active_children())
    children: list[psutil.Process] = []

    def close(progress: Progress) -> None:
        if progress.phase == "separate" and not children:
            (child,) = set(multiprocessing.active_children()) - before
            children.append(psutil.Process(child.pid))
            threading.Thread(target=engine.close).start()

    with pytest.raises(EngineProcessError):
        engine.separate(SeparationRequest(_song(tmp_path, 30), tmp_path / "out", model), close)
    engine.close()
    assert not children[0].is_running()
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


class _Leftover:
    """Refers to itself, as networks do."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_call_leaves_is_gone_when_the_next_one_comes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leftovers: list[weakref.ref[_Leftover]] = []
    alive: list[int] = []

    def fail(*_arguments: object) -> None:
        alive.append(sum(each() is not None for each in leftovers))
        leftover = _Leftover()
        leftovers.append(weakref.ref(leftover))
        raise DecodeError(tmp_path, "it is a fake")

    monkeypatch.setattr(serving, "_be_modest", lambda: None)
    monkeypatch.setattr(serving, "_perform", fail)
    ours, theirs = multiprocessing.Pipe()
    thread = threading.Thread(target=serving.serve, args=(theirs,))
    thread.start()
    with ours:
        for _call in range(3):
            ours.send(ModelRequest("tiny"))
            assert isinstance(ours.recv(), serving.Raised)
    thread.join()
    theirs.close()
    looked_at_no_more = gc.get_freeze_count()
    gc.unfreeze()
    assert alive == [0, 0, 0]
    assert looked_at_no_more > 0


def test_news_are_told_a_few_times_a_second_but_for_messages_and_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, float]] = []
    at = 0

    def on_progress(progress: Progress) -> None:
        told.append((at, progress.done))

    monkeypatch.setattr(host.time, "monotonic", lambda: 1000 + at * 0.04)
    news = host._News(on_progress)  # pyright: ignore[reportPrivateUsage]
    for at in range(40):
        # Every 40 ms, one with a message; then nothing for a while.
        news.hear(Progress("separate", at, 40, message="memory ran out" if at == 10 else "") if at < 20 else None)
    assert told == [(0, 0), (1, 1), (9, 9), (10, 10), (18, 18), (26, 19)]


def test_the_last_progress_comes_before_the_value(engine: EngineProcess, model: str, tmp_path: Path) -> None:
    seen: list[Progress] = []
    engine.separate(SeparationRequest(_song(tmp_path, 9), tmp_path / "out", model, quality="fast"), seen.append)
    assert seen[-1].share == 1


def test_closing_may_meet_a_child_that_has_just_been_ended() -> None:
    child = host._Child()  # pyright: ignore[reportPrivateUsage]
    child.end()
    child.kill()


@pytest.mark.parametrize("fault", [KeyError("fault of the caller"), BrokenPipeError("nobody reads what it writes")])
def test_a_faulty_callback_does_not_leave_the_child_out_of_step(
    engine: EngineProcess, model: str, tmp_path: Path, fault: Exception
) -> None:
    def fail(_progress: Progress) -> None:
        raise fault

    with pytest.raises(type(fault)):
        engine.separate(SeparationRequest(_song(tmp_path, 5), tmp_path / "out", model), fail)
    assert engine.describe(ModelRequest(model)).model == "tiny"
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]
