from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from pytestqt.qtbot import QtBot

from app.jobs.runner import JobRunner
from app.viewmodel.export import ExportModel
from engine.api import ExportRequest, Separation
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def model(qapp: object, engine: FakeEngine) -> Iterator[ExportModel]:
    del qapp
    runner = JobRunner()
    yield ExportModel(engine, runner)
    runner.cancel_all()
    runner.close()


def wait_for(qtbot: QtBot, model: ExportModel, phase: str) -> None:
    qtbot.waitUntil(lambda: model.state.phase == phase)


def test_files_are_written_and_reported(
    qtbot: QtBot, model: ExportModel, separation: Separation, tmp_path: Path
) -> None:
    model.start(ExportRequest(separation, tmp_path / "out", stems=("bass",)))
    assert model.state.phase == "running"
    wait_for(qtbot, model, "done")
    assert model.state.report is not None
    path = model.state.report.files["bass"][2]
    assert soundfile.info(path).frames == separation.samples


def test_existing_files_are_asked_about_and_then_replaced(
    qtbot: QtBot, model: ExportModel, separation: Separation, tmp_path: Path
) -> None:
    old = tmp_path / "out" / "bass.wav"
    old.parent.mkdir()
    old.write_bytes(b"mine")
    model.start(ExportRequest(separation, old.parent, stems=("bass",)))
    wait_for(qtbot, model, "exists")
    assert old.read_bytes() == b"mine"
    model.answer("overwrite")
    wait_for(qtbot, model, "done")
    assert soundfile.info(old).frames == separation.samples


def test_a_failure_is_told_and_can_be_tried_again(
    qtbot: QtBot, model: ExportModel, separation: Separation, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"not a folder")
    request = ExportRequest(separation, blocked / "out", stems=("bass",))
    model.start(request)
    wait_for(qtbot, model, "failed")
    assert model.state.problem is not None
    model.start(replace(request, folder=tmp_path / "out"))
    wait_for(qtbot, model, "done")
    model.reset()
    assert model.state.phase == "choosing"
