"""Stems can be heard while the song is being split, and wherever one listens first, the result is the same."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import Cancelled
from engine.inference.host import EngineProcess
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.inference.runner import Result, SegmentRunner
from engine.inference.stem_files import StemFiles
from engine.inference.stream import Splitting, stems_from
from engine.model.architectures import PRESETS
from engine.progress import JobControl, Progress
from engine.separation import Samples, Separation, Unfinished, load_separation, span_end, with_span
from engine.stems import NETWORK_RATE, QUALITIES, Quality
from tests.golden import recipe
from tests.support.models import save_tiny_model
from tests.support.separations import make_separation

Signals = dict[tuple[str, int], Samples]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("model") / "tiny.safetensors"))


def request(folder: Path, model: str, seconds: float, rate: int = 44_100) -> SeparationRequest:
    path = folder / "song.wav"
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (round(seconds * rate), 2)).astype(np.float32)
    soundfile.write(path, noise, rate, subtype="FLOAT")
    return SeparationRequest(path, folder / "out", model, quality="fast")


def signals(separation: Separation) -> Signals:
    keys = [(stem, stage) for stem in separation.stems for stage in separation.stages]
    return {key: np.array(separation.stem_signal(*key)) for key in keys}


def split(wanted: SeparationRequest, watch: Callable[[Unfinished, JobControl], None]) -> Signals:
    """Split a song and let a listener see, after every piece, what there is."""
    control = JobControl()

    def on_progress(progress: Progress) -> None:
        if progress.unfinished is not None:
            watch(progress.unfinished, control)

    return signals(separate(wanted, on_progress, control))


def test_what_is_called_ready_is_final_and_grows_with_every_segment(model: str, tmp_path: Path) -> None:
    seen: list[tuple[int, Signals]] = []

    def listen(unfinished: Unfinished, _control: JobControl) -> None:
        song = unfinished.separation
        assert song.samples == 9 * 44_100
        with pytest.raises(ValueError, match="no finished separation"):
            load_separation(song.folder)
        ready = unfinished.ready[0][1] if unfinished.ready else 0
        assert unfinished.ready == (((0, ready),) if ready else ())
        seen.append((ready, {key: signal[:, :ready] for key, signal in signals(song).items()}))

    final = split(request(tmp_path, model, 9), listen)
    # The first segment of 3 s is final up to where the second begins; the last one ends with the song.
    assert [ready / 44_100 for ready, _found in seen] == [0, 2.5, 5, 6, 9]
    for ready, found in seen:
        for key, signal in found.items():
            np.testing.assert_array_equal(signal, final[key][:, :ready])


@pytest.mark.parametrize("rate", [44_100, 48_000, 11_025])
def test_listening_elsewhere_first_changes_nothing(rate: int, model: str, tmp_path: Path) -> None:
    wanted = request(tmp_path, model, 16, rate)
    plain = split(wanted, lambda _unfinished, _control: None)
    spans: list[object] = []

    def jump(unfinished: Unfinished, control: JobControl) -> None:
        spans.append(unfinished.ready)
        if len(spans) == 2:
            control.want(round(11.3 * rate))
        if len(spans) == 4:
            control.want(round(7.9 * rate))

    jumped = split(replace(wanted, folder=tmp_path / "jumped"), jump)
    second = spans[2]
    assert isinstance(second, tuple)
    assert [start for start, _stop in second] == [0, round(11.3 * rate)]
    assert spans[-1] == ((0, 16 * rate),)
    for key, signal in plain.items():
        if rate == 44_100:
            np.testing.assert_array_equal(jumped[key], signal)
        else:  # float32 through two resamplers that began elsewhere
            assert np.abs(jumped[key] - signal).max() < 1e-5 * np.abs(signal).max()


class _Identity(SegmentRunner):
    """Returns the input, unless that is too short to be one."""

    def __init__(self, model: str, *, ahead: bool) -> None:
        self.config = PRESETS[model]
        self.signal_names = [("vocals", 1)]
        self.ahead = ahead

    @property
    def computes_ahead(self) -> bool:
        return self.ahead

    def batch_size(self, channels: int, samples: int) -> int:  # noqa: ARG002 - the fake has no memory limit
        return 2

    def begin(self, batch: Samples) -> Result:
        length = self.config.chunking.segment_samples
        assert batch.shape[2] == length
        # Depends on where in the segment a sample is, as a network's output does.
        return lambda: (batch * np.linspace(0.5, 1.5, length, dtype=np.float32))[:, None]


@example(model="small", quality="best", samples=154_350, share=0.875, ahead=False)  # a lead of half a second
@given(
    model=st.sampled_from(["small", "bs-mamba2"]),
    quality=st.sampled_from(QUALITIES),
    samples=st.integers(1, 14 * NETWORK_RATE),
    share=st.floats(0, 1, exclude_max=True),
    ahead=st.booleans(),
)
def test_from_any_sample_on_stems_are_those_of_the_whole_song(
    model: str, quality: Quality, samples: int, share: float, ahead: bool
) -> None:
    source = recipe.signal(samples)
    how = Splitting(_Identity(model, ahead=ahead), NETWORK_RATE, quality, lambda: None)
    whole = np.concatenate([stems for _start, stems in stems_from(how, source, 0)], axis=-1)
    assert whole.shape == (1, *source.shape)
    at = first = int(share * samples)
    for start, stems in stems_from(how, source, first):
        assert start == at
        at += stems.shape[-1]
        np.testing.assert_array_equal(stems, whole[..., start:at])
    assert at == samples


def test_a_child_process_goes_where_it_is_told(model: str, tmp_path: Path) -> None:
    wanted, control = request(tmp_path, model, 40), JobControl()
    jumps: list[Progress] = []

    def on_progress(progress: Progress) -> None:
        if progress.done:
            control.want(30 * 44_100)
        if progress.unfinished is not None and len(progress.unfinished.ready) > 1:
            jumps.append(progress)
            control.cancel()

    with EngineProcess() as engine, pytest.raises(Cancelled):
        engine.separate(wanted, on_progress, control)
    assert jumps[0].unfinished is not None
    assert jumps[0].unfinished.ready[1][0] == 30 * 44_100
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_what_is_missing_is_looked_for_where_it_is_wanted_and_then_from_the_start(tmp_path: Path) -> None:
    song = make_separation(tmp_path / "song", samples=1000, channels=1, stems=["vocals"], stages=[2])
    with StemFiles(song, [("vocals", 2)]) as files:
        assert files.next_missing(None) == 0
        assert files.next_missing(700) == 700
        files.write(700, np.ones((1, 1, 200), np.float32))
        assert files.next_missing(700) == 900
        files.write(900, np.ones((1, 1, 100), np.float32))
        assert files.next_missing(700) == files.next_missing(5000) == 0
        files.write(0, np.ones((1, 1, 700), np.float32))
        assert files.next_missing(700) is None
        assert files.ready == ((0, 1000),)
    np.testing.assert_array_equal(song.stem_signal("vocals", 2), np.ones((1, 1000), np.float32))


class _NearlyFull(io.FileIO):
    """Takes what there is room for at the moment, as a disk does that is nearly full."""

    def write(self, data: Any) -> int:  # noqa: ANN401 - whatever can be written
        return super().write(bytes(data)[:1000])


def test_what_a_disk_takes_in_part_is_written_on_or_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = make_separation(tmp_path / "song", samples=1000, channels=1, stems=["vocals"], stages=[2])

    def opened(path: Path, mode: str, buffering: int = -1) -> Any:  # noqa: ANN401 - with a buffer or without
        raw = _NearlyFull(path, mode)
        return raw if buffering == 0 else io.BufferedWriter(raw)

    with monkeypatch.context() as nearly_full:
        nearly_full.setattr(Path, "open", opened)
        files = StemFiles(song, [("vocals", 2)])
    with files:
        files.write(0, np.ones((1, 1, 1000), np.float32))
        np.testing.assert_array_equal(song.stem_signal("vocals", 2), np.ones((1, 1000), np.float32))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_spans_are_the_samples_that_were_added(ranges: list[tuple[int, int]]) -> None:
    spans, samples = (), set[int]()
    for start, stop in map(sorted, ranges):
        spans = with_span(spans, start, stop)
        samples |= set(range(start, stop))
    assert [sample for start, stop in spans for sample in range(start, stop)] == sorted(samples)
    assert all(stop < start for (_start, stop), (start, _stop) in itertools.pairwise(spans))
    for sample in range(62):
        end = span_end(spans, sample)
        assert set(range(sample, end)) <= samples
        assert end not in samples
