from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.jobs.worker import Work, Worker
from engine.api import Cancelled, EngineError, InternalError, JobControl, Progress, ProgressCallback


class Listener(QObject):
    """Notes what it hears and on which thread."""

    def __init__(self, worker: Worker | Task) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.threads: set[QThread] = set()
        worker.progressed.connect(self.on_progress)
        worker.succeeded.connect(self.on_success)
        worker.failed.connect(self.on_failure)
        worker.cancelled.connect(self.on_cancelled)
        (worker.done if isinstance(worker, Worker) else worker.ended).connect(self.on_done)

    def note(self, what: str) -> None:
        self.heard.append(what)
        self.threads.add(QThread.currentThread())

    def on_progress(self, _progress: Progress) -> None:
        self.note("progressed")

    def on_success(self, result: object) -> None:
        self.note(f"succeeded {result}")

    def on_failure(self, error: Exception) -> None:
        self.note(f"failed {error}")

    def on_cancelled(self) -> None:
        self.note("cancelled")

    def on_done(self) -> None:
        self.note("done")


def raising(error: BaseException) -> Work:
    def work(_on_progress: ProgressCallback, _control: JobControl) -> object:
        raise error

    return work


def value(on_progress: ProgressCallback, _control: JobControl) -> object:
    on_progress(Progress("separate", 1, 2))
    return 7


OUTCOMES = pytest.mark.parametrize(
    ("work", "heard"),
    [
        (value, ["progressed", "succeeded 7", "done"]),
        (raising(EngineError("no")), ["failed no", "done"]),
        (raising(KeyError("x")), ["failed 'x'", "done"]),
        (raising(Cancelled()), ["cancelled", "done"]),
    ],
)


@OUTCOMES
def test_exactly_one_outcome_and_then_done_all_on_the_gui_thread(qtbot: QtBot, work: Work, heard: list[str]) -> None:
    runner = JobRunner()
    worker = Worker(work)
    listener = Listener(worker)
    runner.start(worker)
    assert runner.busy
    qtbot.waitUntil(lambda: not runner.busy)
    assert listener.heard == heard
    assert listener.threads == {QThread.currentThread()}


@OUTCOMES
def test_a_task_tells_one_outcome_and_then_that_it_has_ended(qtbot: QtBot, work: Work, heard: list[str]) -> None:
    runner = JobRunner()
    task = Task(runner)
    listener = Listener(task)
    task.start(work)
    assert task.running
    qtbot.waitUntil(lambda: not runner.busy)
    assert listener.heard == heard
    assert not task.running


def test_what_went_wrong_inside_the_engine_is_in_the_log(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    runner = JobRunner()
    with caplog.at_level(logging.INFO, "app.jobs"):
        runner.start(Worker(raising(InternalError("an index", "line 7 in network"))))
        qtbot.waitUntil(lambda: not runner.busy)
    assert "an index" in caplog.text
    assert "line 7 in network" in caplog.text


def test_a_task_tells_nothing_of_a_job_that_was_given_up_or_replaced(qtbot: QtBot) -> None:
    runner = JobRunner()
    task = Task(runner)
    listener = Listener(task)
    release = threading.Event()
    task.start(stubborn(release))
    replaced = task.control
    task.start(value)
    assert replaced.cancelled
    release.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert listener.heard == ["progressed", "succeeded 7", "done"]
    task.start(value)
    task.give_up()
    assert not task.running
    qtbot.waitUntil(lambda: not runner.busy)
    assert listener.heard == ["progressed", "succeeded 7", "done"]


@pytest.mark.usefixtures("qapp")
def test_a_job_that_hears_a_cancel_ends_at_once_although_the_gui_thread_waits() -> None:
    def work(_on_progress: ProgressCallback, control: JobControl) -> object:
        while True:
            control.checkpoint()
            time.sleep(0.001)

    runner = JobRunner()
    runner.start(Worker(work))
    assert runner.cancel_all()
    runner.close()


def stubborn(release: threading.Event) -> Callable[[ProgressCallback, JobControl], object]:
    def work(_on_progress: ProgressCallback, _control: JobControl) -> object:
        release.wait(10)
        return None

    return work


@pytest.mark.usefixtures("qapp")
def test_close_waits_for_a_job_that_hears_no_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.runner._STOP_MS", 50)
    release = threading.Event()
    runner = JobRunner()
    runner.start(Worker(stubborn(release)))
    assert not runner.cancel_all()
    release.set()
    runner.close()
    assert not runner.busy


@pytest.mark.usefixtures("qapp")
def test_nothing_is_run_after_close() -> None:
    runner = JobRunner()
    runner.close()
    runner.start(Worker(value))
    assert not runner.busy
