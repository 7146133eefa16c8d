"""Drawing data that is made along with the stems is the same as what is made from them afterwards."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Cancelled, WriteError
from engine.inference import pipeline, sketches
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.inference.runner import SegmentRunner
from engine.inference.sketches import Sketches
from engine.overview import Overview, OverviewRequest, build_overviews, load_growing_overview, load_overview
from engine.progress import JobControl, Progress
from engine.separation import Separation, SignalKey, Spans, with_span
from engine.signals import signal_keys
from tests.support.models import save_tiny_model
from tests.support.separations import make_separation


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


def assert_same_picture(arrays: list[np.ndarray], others: list[np.ndarray]) -> None:
    for one, other in zip(arrays, others, strict=True):
        # PyTorch's transform errs otherwise than numpy's, so that a level may be rounded to the next byte.
        step = 1 if one.dtype == np.uint8 else 0
        np.testing.assert_allclose(one.astype(np.float64), other.astype(np.float64), rtol=0, atol=step)


@pytest.mark.parametrize(("samples", "rate"), [(200_000, 44_100), (50_001, 32_000), (1, 44_100)])
def test_what_is_drawn_along_the_way_equals_what_is_drawn_afterwards(
    samples: int, rate: int, model: str, tmp_path: Path
) -> None:
    separation = separate(request(tmp_path, model, samples, rate))
    along = {key: [np.array(array) for array in arrays(separation, key)] for key in signal_keys(separation)}
    assert len(along) == 1 + 2 * 5  # the source, and four stems and the residual of both stages
    for path in separation.folder.glob("*.overview"):
        path.unlink()
    build_overviews(OverviewRequest(separation))
    for key, found in along.items():
        assert_same_picture(found, arrays(separation, key))


def test_a_song_too_long_for_memory_is_left_to_be_drawn_afterwards(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_SAMPLES", 50_000 * 11 - 1)
    separation = separate(request(tmp_path, model, 50_000))
    assert not list(separation.folder.glob("*.overview*"))


def test_a_song_that_is_not_to_be_shown_is_not_drawn(model: str, tmp_path: Path) -> None:
    wanted = request(tmp_path, model, 50_000)
    separation = separate(SeparationRequest(wanted.source, wanted.folder, model))
    assert not list(separation.folder.glob("*.overview*"))


def test_cancelling_ends_the_drawing_and_leaves_nothing(model: str, tmp_path: Path) -> None:
    control = JobControl()

    def cancel(progress: Progress) -> None:
        if progress.done > 0:
            control.cancel()

    with pytest.raises(Cancelled):
        separate(request(tmp_path, model, 800_000), cancel, control)
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def drawn(overview: Overview) -> list[np.ndarray]:
    return [*overview.peaks.levels, *overview.spectrogram.levels]


@given(
    samples=st.integers(1, 40_000),
    cuts=st.lists(st.integers(0, 40_000), max_size=4),
    seed=st.integers(0, 9),
    channels=st.sampled_from([1, 2]),
    threads=st.sampled_from([1, 3]),
)
def test_whatever_becomes_final_first_the_drawing_is_the_same(
    samples: int, cuts: list[int], seed: int, channels: int, threads: int
) -> None:
    with TemporaryDirectory() as folder:
        song = make_separation(Path(folder) / "song", 8_000, channels, samples, ["vocals"], [2])
        edges = sorted({0, samples, *(cut for cut in cuts if cut < samples)})
        parts = list(itertools.pairwise(edges))
        np.random.default_rng(seed).shuffle(parts)
        ready: Spans = ()
        with Sketches(song, threads) as drawing:
            for part in parts:
                ready = with_span(ready, *part)
                drawing.draw(ready)
            drawing.save()
        found = {key: [np.array(level) for level in drawn(load_overview(song, key))] for key in signal_keys(song)}
        for path in song.folder.glob("*.overview"):
            path.unlink()
        build_overviews(OverviewRequest(song))
        for key, levels in found.items():
            assert_same_picture(levels, drawn(load_overview(song, key)))


def test_a_drawing_grows_in_the_file_that_shows_it(tmp_path: Path) -> None:
    song = make_separation(tmp_path / "song", samples=300_000)
    build_overviews(OverviewRequest(song))
    with Sketches(song) as drawing:
        growing = load_growing_overview(song, ("vocals", 2))
        assert not any(level.any() for level in drawn(growing))
        drawing.draw(((100_000, 200_000),))
        drawing.draw(((0, 300_000),))  # while the first is drawn this has to wait, and then there is no time
        last = load_growing_overview(song, ("residual", 1)).spectrogram.levels[0][380]
        deadline = time.monotonic() + 30
        while not last.any() and time.monotonic() < deadline:
            time.sleep(0.01)
    whole = load_overview(song, ("vocals", 2))
    first, last = -(-100_768 // 512), (200_000 - 1280) // 512 + 1
    inside = slice(first, last)
    assert_same_picture([growing.spectrogram.levels[0][inside]], [whole.spectrogram.levels[0][inside]])
    assert not growing.spectrogram.levels[0][: inside.start].any()
    assert not growing.spectrogram.levels[0][inside.stop :].any()
    # The waveform is drawn of the same samples. Coarser columns that lie inside are whole, too.
    for level, complete, size in zip(growing.peaks.levels, whole.peaks.levels, (64, 256, 1024, 4096), strict=False):
        inside = slice(-(-first * 512 // size), last * 512 // size)
        np.testing.assert_array_equal(level[:, inside], complete[:, inside])
    assert not growing.peaks.levels[0][:, : first * 8].any()
    assert not growing.peaks.levels[0][:, last * 8 :].any()
    with pytest.raises(FileNotFoundError):
        load_growing_overview(song, ("vocals", 3))


def test_a_full_disk_is_one_clear_error(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sketches, "patiently", full)
    with pytest.raises(WriteError, match="the disk is full"):
        separate(request(tmp_path, model, 50_000))
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


@pytest.mark.parametrize(("ahead", "cores", "expected"), [(True, 2, 2), (True, 16, 4), (False, 16, 1)])
def test_several_threads_draw_only_where_the_processor_does_not_compute_the_stems(
    ahead: bool, cores: int, expected: int, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def watched(separation: Separation, threads: int) -> Sketches:
        seen.append(threads)
        return Sketches(separation, threads)

    monkeypatch.setattr(pipeline, "Sketches", watched)
    monkeypatch.setattr(pipeline.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(SegmentRunner, "computes_ahead", ahead)
    separate(request(tmp_path, model, 50_000))
    assert seen == [expected]


def test_every_drawing_thread_computes_alone_and_takes_none_from_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = make_separation(tmp_path / "song", 8_000, 1, 2_000, ["vocals"], [2])
    known: dict[int, int] = {}

    def transform(frames: np.ndarray, window: np.ndarray) -> np.ndarray:
        known[threading.get_ident()] = torch.get_num_threads()
        return np.fft.rfft(frames * window)

    monkeypatch.setattr(sketches, "transform", transform)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with Sketches(song, 2) as drawing:
            drawing.save()
            with ThreadPoolExecutor(1) as another:
                assert another.submit(torch.get_num_threads).result() == torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    assert 1 <= len(known) <= 2
    assert set(known.values()) == {1}
    assert threading.get_ident() not in known


def test_letting_go_ends_what_is_being_drawn_and_leaves_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    separation = make_separation(tmp_path / "separation", samples=1_000)
    drawing = threading.Event()
    pieces: list[int] = []

    def slow_draw(_self: object, _start: int, _stop: int) -> Iterator[None]:
        for piece in range(100):
            pieces.append(piece)
            drawing.set()
            time.sleep(0.05)
            yield

    monkeypatch.setattr("engine.inference.sketches._Sketch.draw", slow_draw)
    with Sketches(separation, threads=2) as made:
        made.draw(((0, 1_000),))
        drawing.wait()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sketches")]
    assert len(pieces) < 100
