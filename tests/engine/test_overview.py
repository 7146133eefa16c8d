import errno
from pathlib import Path

import numpy as np
import pytest

from engine import overview
from engine.errors import Cancelled, WriteError
from engine.overview import Drawing, OverviewRequest, build_overviews, load_overview
from engine.progress import JobControl, Progress
from engine.separation import SOURCE_KEY, Separation
from engine.signals import signal_of
from tests.support.separations import make_separation

SAMPLES = 600_000  # more than one block, and not a multiple of any column


@pytest.fixture
def separation(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "song", samples=SAMPLES, stems=("vocals", "bass"))


def drawn(separation: Separation) -> set[str]:
    return {path.name.removesuffix(".overview") for path in separation.folder.glob("*.overview*")}


def test_every_signal_gets_its_own_drawing_data_beside_it(separation: Separation) -> None:
    build_overviews(OverviewRequest(separation))
    assert drawn(separation) == {
        "source",
        *(f"{name}.{stage}" for name in ("vocals", "bass", "residual") for stage in (1, 2)),
    }
    for key, signal in {
        ("source", 0): separation.source_signal(),
        ("bass", 1): separation.stem_signal("bass", 1),
        ("bass", 2): separation.stem_signal("bass", 2),
        ("residual", 2): signal_of(separation, ("residual", 2))[:, :],
    }.items():
        drawing = Drawing(signal, separation.sample_rate)
        list(drawing.draw(0, SAMPLES))
        wanted, loaded = drawing.overview(), load_overview(separation, key)
        assert loaded.peaks.samples == loaded.spectrogram.samples == SAMPLES
        np.testing.assert_array_equal(loaded.spectrogram.frequencies_hz, wanted.spectrogram.frequencies_hz)
        for level, other in zip(loaded.spectrogram.levels, wanted.spectrogram.levels, strict=True):
            np.testing.assert_array_equal(level, other)
        for level, other in zip(loaded.peaks.levels, wanted.peaks.levels, strict=True):
            np.testing.assert_array_equal(level, other)


def test_loading_maps_the_file_instead_of_reading_it(separation: Separation) -> None:
    build_overviews(OverviewRequest(separation))
    loaded = load_overview(separation, ("vocals", 2))
    for level in (*loaded.spectrogram.levels, *loaded.peaks.levels):
        base = level
        while isinstance(base.base, np.ndarray):
            base = base.base
        assert isinstance(base, np.memmap)


def test_progress_counts_the_seconds_of_all_signals(separation: Separation) -> None:
    reports: list[Progress] = []
    build_overviews(OverviewRequest(separation), reports.append)
    total = 7 * SAMPLES / separation.sample_rate
    done = [report.done for report in reports]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(total)
    assert {report.phase for report in reports} == {"draw"}
    assert [report.total for report in reports] == pytest.approx([total] * len(reports))
    assert len(reports) == 7 * 3  # blocks


def test_what_shows_first_is_drawn_first(separation: Separation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "SAMPLES_AT_ONCE", 1)  # one thread
    control = JobControl()

    def stop_after_three(progress: Progress) -> None:
        if progress.done > 3.5 * separation.duration_seconds:
            control.cancel()

    with pytest.raises(Cancelled):
        build_overviews(OverviewRequest(separation), stop_after_three, control)
    assert drawn(separation) == {"source", "vocals.2", "bass.2"}


def test_a_second_call_draws_only_what_is_missing(separation: Separation) -> None:
    build_overviews(OverviewRequest(separation))
    (separation.folder / "vocals.2.overview").unlink()
    reports: list[Progress] = []
    build_overviews(OverviewRequest(separation), reports.append)
    assert reports[-1].total == pytest.approx(separation.duration_seconds)
    build_overviews(OverviewRequest(separation))
    assert len(drawn(separation)) == 7


def test_a_full_disk_is_one_clear_error_and_leaves_no_file(
    separation: Separation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _data: object) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(WriteError, match="the disk is full"):
        build_overviews(OverviewRequest(separation))
    assert drawn(separation) == set()


def test_what_is_not_drawn_yet_and_what_is_damaged_are_told_apart(separation: Separation) -> None:
    with pytest.raises(FileNotFoundError):
        load_overview(separation, ("vocals", 2))
    build_overviews(OverviewRequest(separation))
    path = separation.folder / "vocals.2.overview"
    whole = path.read_bytes()
    for damaged in (whole[:-100], whole + bytes(1), b""):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged"):
            load_overview(separation, ("vocals", 2))


def test_whatever_changed_in_a_drawing_leaves_a_picture(separation: Separation) -> None:
    build_overviews(OverviewRequest(separation))
    before, path = load_overview(separation, SOURCE_KEY), separation.folder / "source.overview"
    path.write_bytes(np.random.default_rng(0).bytes(path.stat().st_size))
    after = load_overview(separation, SOURCE_KEY)
    assert [level.shape for level in after.peaks.levels] == [level.shape for level in before.peaks.levels]
    found = [(level.shape, level.dtype) for level in after.spectrogram.levels]
    assert found == [(level.shape, level.dtype) for level in before.spectrogram.levels]


def test_a_single_sample_can_be_drawn(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "song", samples=1, channels=1, stems=("vocals",))
    build_overviews(OverviewRequest(separation))
    loaded = load_overview(separation, ("vocals", 2))
    assert loaded.peaks.columns(0, 1, 100).lows.shape == (1,)
    assert len(loaded.spectrogram.columns(0, 1, 100).cells) == 1
