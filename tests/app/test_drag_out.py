"""Dragging out: the file is there before the drag begins, and the drag carries its address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.jobs.runner import JobRunner
from app.settings import Places, SettingsStore
from app.view.drag_out import DragHandle, DragOut
from app.view.strip import StripView
from app.viewmodel.drag import DragModel
from app.viewmodel.export_form import SongOnShow
from app.viewmodel.heard import Heard
from app.viewmodel.ranges import Ranges
from app.viewmodel.strips import Strip, Take
from engine.api import ExportReport, ExportRequest, JobControl, ProgressCallback, Separation, ignore_progress
from tests.support.fake_engine import FakeEngine
from tests.support.separations import make_separation
from tests.support.songs import read_song
from tests.support.window import open_song, visible


class SlowEngine(FakeEngine):
    """Writes nothing before it may."""

    def export(
        self,
        request: ExportRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> ExportReport:
        control = control or JobControl()
        while not self.hold.wait(0.01):
            control.checkpoint()
        return super().export(request, on_progress, control)


class Bench:
    """A drag model with its surroundings."""

    def __init__(self, places: Places, engine: FakeEngine) -> None:
        self.runner = JobRunner()
        self.settings = SettingsStore(places.config / "settings.json")
        self.folder = places.cache / "drag"
        self.ready: list[Path] = []
        self.problems: list[object] = []
        self.model = DragModel(engine, self.runner, self.settings, self.folder)
        self.model.ready.connect(self.ready.append)
        self.model.failed.connect(self.problems.append)


@pytest.fixture
def slow() -> SlowEngine:
    return SlowEngine()


@pytest.fixture
def bench(qapp: QApplication, places: Places, slow: SlowEngine) -> Iterator[Bench]:
    del qapp
    made = Bench(places, slow)
    yield made
    slow.hold.set()
    made.runner.cancel_all()
    made.runner.close()


@pytest.fixture
def drags(monkeypatch: pytest.MonkeyPatch) -> list[list[Path]]:
    """The files of every drag that begins."""
    begun: list[list[Path]] = []

    def note(drag: QDrag, *_actions: object) -> Qt.DropAction:
        begun.append([Path(url.toLocalFile()) for url in drag.mimeData().urls()])
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", note)
    return begun


def mouse(widget: QWidget, kind: QEvent.Type, at: QPoint, buttons: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    place = QPointF(at)
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, place, widget.mapToGlobal(place), button, buttons, none))


def pull(widget: QWidget) -> None:
    """Press and move far enough, without letting go."""
    start = widget.rect().center()
    mouse(widget, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 4):
        mouse(widget, QEvent.Type.MouseMove, start + QPoint(step * QApplication.startDragDistance(), 0))


def name_label(studio: Studio, stem: str) -> QLabel:
    strip = next(view for view in visible(studio, StripView) if view.accessibleName() == f"{stem} strip")
    return next(label for label in strip.findChildren(QLabel) if label.text() == stem)


# --- the files ---


@pytest.mark.parametrize(
    ("strip", "name"),
    [
        (Strip("vocals", 1), "Song (Vocals).wav"),
        (Strip("bass", 2), "Song (Bass).wav"),
        (Strip("residual", 2), "Song (Residual).wav"),
        (Strip("drums", 2, take="delta"), "Song (Drums delta).wav"),
        (Strip("bass", 1, take="comp", comp=Ranges(((0, 1), (100, 2)))), "Song (Bass comp).wav"),
        (Strip("other", 1, take="reference"), "Song (Other).wav"),
    ],
)
def test_a_lane_is_written_as_it_sounds(
    qtbot: QtBot, bench: Bench, separation: Separation, strip: Strip, name: str
) -> None:
    bench.model.prepare_lane(SongOnShow(separation, comps={"bass": ((0, 1), (100, 2))}), strip)
    qtbot.waitUntil(lambda: bool(bench.ready or bench.problems))
    (path,) = bench.ready
    assert path.name == name
    assert path.parent.parent == bench.folder
    stage = {stage: separation.stem_signal(strip.stem, stage) for stage in (1, 2)} if strip.stem != "residual" else {}
    signal = read_song(path)[0]
    if strip.take == "delta":
        np.testing.assert_allclose(signal, stage[2] - stage[1], rtol=0, atol=1e-7)
    elif strip.stem == "residual":
        stems = sum(separation.stem_signal(stem, 2) for stem in separation.stems)
        np.testing.assert_allclose(signal, separation.source_signal() - stems, rtol=0, atol=1e-6)
    elif strip.take == "comp":
        np.testing.assert_array_equal(signal[:, 1000:], stage[2][:, 1000:])
    else:
        np.testing.assert_array_equal(signal, stage[strip.stage])


@pytest.mark.parametrize(("take", "mix"), [("stage", False), ("comp", False), ("delta", False), ("stage", True)])
def test_what_is_muted_is_silent_in_what_is_dragged(
    qtbot: QtBot, bench: Bench, separation: Separation, take: Take, mix: bool
) -> None:
    comps = {"bass": ((0, 1), (100, 2))}
    heard = Heard({("bass", 2): (1.0, 1.0)})
    song = SongOnShow(separation, heard, comps=comps, gaps={"bass": ((0, 1), (5_000, 0), (12_000, 1))})
    if mix:
        bench.model.prepare_mix(song, loop_only=False)
    else:
        bench.model.prepare_lane(song, Strip("bass", 2, take=take))
    qtbot.waitUntil(lambda: bool(bench.ready or bench.problems))
    signal = read_song(bench.ready[0])[0]
    assert not signal[:, 6_000:11_000].any()
    assert signal[:, :4_000].any()


def test_the_original_is_the_songs_own_file(bench: Bench, separation: Separation, tmp_path: Path, song: Path) -> None:
    of_song = make_separation(tmp_path / "of song", samples=10, source=song)
    bench.model.prepare_lane(SongOnShow(of_song), Strip("source", 0))
    assert bench.ready == [song]
    bench.model.prepare_lane(SongOnShow(separation), Strip("source", 0))
    assert len(bench.problems) == 1


def test_drags_are_wave_files_whatever_is_exported_unless_chosen_otherwise(
    qtbot: QtBot, bench: Bench, separation: Separation
) -> None:
    bench.settings.update(export_format="mp3")
    for choice, suffix in ((None, ".wav"), ("flac", ".flac"), ("export", ".mp3")):
        if choice is not None:
            bench.settings.update(drag_format=choice)
        bench.ready.clear()
        bench.model.prepare_lane(SongOnShow(separation), Strip("bass", 2))
        qtbot.waitUntil(lambda: bool(bench.ready))
        assert bench.ready[0].suffix == suffix


def test_the_mix_and_its_loop_are_written_in_the_chosen_format(
    qtbot: QtBot, bench: Bench, separation: Separation
) -> None:
    song = SongOnShow(separation, Heard({("bass", 2): (1.0, 1.0)}), (100, 5100))
    for format_name, loop_only, expected in (("flac", False, 22_050), ("stem-aac", True, 5000)):
        bench.settings.update(export_format=format_name, drag_format="export")
        bench.ready.clear()
        bench.model.prepare_mix(song, loop_only=loop_only)
        qtbot.waitUntil(lambda: bool(bench.ready))
        assert soundfile.info(bench.ready[0]).frames == expected
        assert bench.ready[0].name == ("Song (Mix).wav" if loop_only else "Song (Mix).flac")


def test_the_same_sound_is_written_once(qtbot: QtBot, bench: Bench, separation: Separation) -> None:
    song, strip = SongOnShow(separation), Strip("bass", 2)
    bench.model.prepare_lane(song, strip)
    qtbot.waitUntil(lambda: len(bench.ready) == 1)
    bench.model.prepare_lane(song, strip)
    assert bench.ready[0] == bench.ready[1]
    bench.ready[0].unlink()
    bench.model.prepare_lane(song, strip)
    qtbot.waitUntil(lambda: len(bench.ready) == 3)
    assert bench.ready[2].exists()


def test_every_sound_that_was_dragged_is_kept(qtbot: QtBot, bench: Bench, separation: Separation) -> None:
    song = SongOnShow(separation)
    for stem in ("bass", "drums", "bass"):
        bench.model.prepare_lane(song, Strip(stem, 2))
        qtbot.waitUntil(lambda: not bench.model.busy)
    assert bench.ready[2] == bench.ready[0] != bench.ready[1]
    bench.model.prepare_lane(song, Strip("bass", 1))  # which is another sound
    qtbot.waitUntil(lambda: len(bench.ready) == 4)
    assert bench.ready[3] not in bench.ready[:3]


def test_another_lane_takes_the_place_of_one_that_is_being_written(
    qtbot: QtBot, bench: Bench, slow: SlowEngine, separation: Separation
) -> None:
    slow.hold.clear()
    bench.model.prepare_lane(SongOnShow(separation), Strip("bass", 2))
    bench.model.prepare_lane(SongOnShow(separation), Strip("drums", 2))
    assert bench.model.busy
    slow.hold.set()
    qtbot.waitUntil(lambda: not bench.model.busy and not bench.runner.busy)
    assert [path.name for path in bench.ready] == ["Song (Drums).wav"]


def test_a_failure_is_told(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    bench.settings.update(export_format="mp3", drag_format="export")
    wide = make_separation(tmp_path / "wide", channels=6, samples=10)
    bench.model.prepare_lane(SongOnShow(wide), Strip("bass", 2))
    qtbot.waitUntil(lambda: len(bench.problems) == 1)
    assert not bench.ready


def test_files_of_sessions_before_are_removed(bench: Bench, places: Places) -> None:
    old = bench.folder / "old" / "Song (Bass).wav"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x")
    Bench(places, FakeEngine())
    assert not bench.folder.exists()


# --- the gesture ---


def test_a_stem_is_dragged_out_of_its_lane_as_a_file(
    qtbot: QtBot, studio: Studio, song: Path, drags: list[list[Path]]
) -> None:
    open_song(qtbot, studio, song)
    pull(name_label(studio, "Vocals"))
    qtbot.waitUntil(lambda: bool(drags))
    ((path,),) = drags
    assert path.name == "Song (Vocals).wav"
    separation = studio.models.session.state.song.separation  # type: ignore[union-attr]
    assert separation is not None
    np.testing.assert_array_equal(read_song(path)[0], separation.stem_signal("vocals", 2))
    assert QApplication.overrideCursor() is None


def test_a_small_move_is_no_drag(qtbot: QtBot, studio: Studio, song: Path, drags: list[list[Path]]) -> None:
    open_song(qtbot, studio, song)
    label = name_label(studio, "Vocals")
    start = label.rect().center()
    mouse(label, QEvent.Type.MouseButtonPress, start)
    mouse(label, QEvent.Type.MouseMove, start + QPoint(1, 1))
    mouse(label, QEvent.Type.MouseButtonRelease, start, Qt.MouseButton.NoButton)
    assert QApplication.overrideCursor() is None
    assert not studio.models.drag.busy
    assert not drags


def test_letting_go_too_early_begins_no_drag_but_the_next_one_does_at_once(
    qtbot: QtBot, bench: Bench, slow: SlowEngine, separation: Separation, drags: list[list[Path]]
) -> None:
    slow.hold.clear()
    widget = QWidget()
    qtbot.addWidget(widget)
    song = SongOnShow(separation, strips=(Strip("bass", 2),))
    out, said = DragOut(bench.model, lambda: song), list[str]()
    out.said.connect(said.append)
    out.drag_lane(widget, "bass")
    cursor = QApplication.overrideCursor()
    assert cursor is not None
    assert cursor.shape() == Qt.CursorShape.BusyCursor
    assert said.pop() == "Writing the file: keep hold of it, or drag again in a moment"
    mouse(widget, QEvent.Type.MouseButtonRelease, QPoint(0, 0), Qt.MouseButton.NoButton)
    assert QApplication.overrideCursor() is None
    slow.hold.set()
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said == ["The file is not ready yet: drag again in a moment", "Song (Bass).wav is ready to be dragged"]
    assert not drags
    out.drag_lane(widget, "bass")
    assert drags == [bench.ready[:1]]
    assert said[2:] == ["Drop Song (Bass).wav on another program or a folder"]  # it was there, so nothing is written


def test_a_lane_that_goes_while_its_file_is_written_lets_go_of_it(
    qtbot: QtBot, studio: Studio, second_engine: FakeEngine, song: Path, drags: list[list[Path]]
) -> None:
    other = song.with_name("Other.wav")
    other.write_bytes(b"another song")
    open_song(qtbot, studio, other)
    open_song(qtbot, studio, song)
    model = studio.models.drag
    started = threading.Event()
    write = second_engine.export

    def slowly(request: ExportRequest, on_progress: ProgressCallback, control: JobControl) -> ExportReport:
        started.wait(5)  # not for ever, should the test fail
        return write(request, on_progress, control)

    second_engine.export = slowly  # type: ignore[method-assign]
    pull(name_label(studio, "Vocals"))
    assert QApplication.overrideCursor() is not None
    studio.models.session.step(-1)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert QApplication.overrideCursor() is None
    started.set()
    qtbot.waitUntil(lambda: not model.busy)
    assert not drags
    pull(name_label(studio, "Bass"))
    qtbot.waitUntil(lambda: len(drags) == 1)
    assert drags[0][0].name == "Other (Bass).wav"


def test_the_progress_hangs_below_the_pointer_until_the_drag_begins(
    qtbot: QtBot, bench: Bench, slow: SlowEngine, separation: Separation, drags: list[list[Path]]
) -> None:
    slow.hold.clear()
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    widget = QWidget(window)
    window.show()
    out = DragOut(bench.model, lambda: SongOnShow(separation, strips=(Strip("bass", 2),)))
    out.drag_lane(widget, "bass")
    (chip,) = window.findChildren(QLabel)
    assert (chip.isVisible(), chip.text()) == (True, "Writing the file: 0 %")
    bench.model.progressed.emit(0.428)
    assert chip.text() == "Writing the file: 43 %"
    mouse(widget, QEvent.Type.MouseMove, QPoint(50, 60))
    assert chip.pos() == widget.mapTo(window, QPoint(50, 60)) + QPoint(12, 12)
    told: list[float] = []
    bench.model.progressed.connect(told.append)
    slow.hold.set()
    qtbot.waitUntil(lambda: bool(drags))
    assert (told, told[-1]) == (sorted(told), 1.0)
    assert not window.findChildren(QLabel)


def test_the_menu_chooses_what_is_dragged(studio: Studio) -> None:
    (menu,) = [each for each in studio.window.findChildren(QMenu) if each.title() == "Drag o&ut as"]
    assert [action.isChecked() for action in menu.actions()] == [True, False, False]
    menu.actions()[2].trigger()
    assert studio.settings.value.drag_format == "export"


def test_the_mix_is_dragged_from_its_handle_and_a_click_opens_the_dialog(
    qtbot: QtBot, studio: Studio, song: Path, drags: list[list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDialog, "exec", lambda dialog: opened.append(dialog.windowTitle()))
    open_song(qtbot, studio, song)
    handle = next(each for each in visible(studio, DragHandle) if each.text() == "Mix")
    pull(handle)
    qtbot.waitUntil(lambda: bool(drags))
    assert drags[0][0].name == "Song (Mix).wav"
    mouse(handle, QEvent.Type.MouseButtonRelease, handle.rect().center(), Qt.MouseButton.NoButton)
    assert opened == []
    qtbot.mouseClick(handle, Qt.MouseButton.LeftButton)
    assert opened == ["Export"]
    handle.setFocus()
    qtbot.keyClick(handle, Qt.Key.Key_Return)
    assert opened == ["Export", "Export"]


def test_what_is_dragged_out_is_not_taken_in_as_a_song(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(song))])
    accepted: list[bool] = []
    for source in (None, studio.window):
        event = QDragEnterEvent(
            QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        event.setAccepted(False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(QDropEvent, "source", lambda _event, source=source: source)
            QApplication.sendEvent(studio.window, event)
        accepted.append(event.isAccepted())
    assert accepted == [True, False]
