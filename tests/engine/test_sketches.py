"""Drawing data that is made along with the stems is the same as what is made from them afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import Cancelled, WriteError
from engine.inference import pipeline, sketches
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.overview import OverviewRequest, build_overviews, load_overview
from engine.progress import JobControl, Progress
from engine.separation import Separation, SignalKey
from engine.signals import signal_keys
from tests.support.models import save_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("model") / "tiny.safetensors"))


def request(folder: Path, model: str, samples: int = 200_000, rate: int = 44_100) -> SeparationRequest:
    path = folder / "song.wav"
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (samples, 2))
    soundfile.write(path, noise, rate, subtype="FLOAT")
    return SeparationRequest(path, folder / "out", model, quality="fast", draw=True)


def arrays(separation: Separation, key: SignalKey) -> list[np.ndarray]:
    overview = load_overview(separation, key)
    return [overview.spectrogram.frequencies_hz, *overview.peaks.levels, *overview.spectrogram.levels]


@pytest.mark.parametrize(("samples", "rate"), [(200_000, 44_100), (50_001, 32_000), (1, 44_100)])
def test_what_is_drawn_along_the_way_equals_what_is_drawn_afterwards(
    samples: int, rate: int, model: str, tmp_path: Path
) -> None:
    separation = separate(request(tmp_path, model, samples, rate))
    along = {key: [np.array(array) for array in arrays(separation, key)] for key in signal_keys(separation)}
    assert len(along) == 1 + 2 * 5  # the source, and four stems and the residual of both stages
    for path in separation.folder.glob("*.overview.npz"):
        path.unlink()
    build_overviews(OverviewRequest(separation))
    for key, found in along.items():
        for one, other in zip(found, arrays(separation, key), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_song_too_long_for_memory_is_left_to_be_drawn_afterwards(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_SAMPLES", 50_000 * 11 - 1)
    separation = separate(request(tmp_path, model, 50_000))
    assert not list(separation.folder.glob("*.npz*"))


def test_a_song_that_is_not_to_be_shown_is_not_drawn(model: str, tmp_path: Path) -> None:
    wanted = request(tmp_path, model, 50_000)
    separation = separate(SeparationRequest(wanted.source, wanted.folder, model))
    assert not list(separation.folder.glob("*.npz*"))


def test_cancelling_ends_the_drawing_and_leaves_nothing(model: str, tmp_path: Path) -> None:
    control = JobControl()

    def cancel(progress: Progress) -> None:
        if progress.done > 0:
            control.cancel()

    with pytest.raises(Cancelled):
        separate(request(tmp_path, model, 800_000), cancel, control)
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_blocks_do_not_pile_up_while_the_drawing_lags_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sketches, "_MOST_WAITING", 3)
    with sketches.Sketches(tmp_path, [("vocals", 2)], 1, 44_100) as drawing:
        for _ in range(20):
            drawing.add_source(np.ones((1, 1000), np.float32))
            drawing.add_stems(np.ones((1, 1, 1000), np.float32))
            assert len(vars(drawing)["_waiting"]) <= 3
        drawing.save()
    assert {path.name for path in tmp_path.iterdir()} == {
        "source.overview.npz", "vocals.2.overview.npz", "residual.2.overview.npz",
    }  # fmt: skip


def test_a_full_disk_is_one_clear_error(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object, **_arrays: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(WriteError, match="No space left on device"):
        separate(request(tmp_path, model, 50_000))
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]
