"""Songs in, exact stems out: lengths, rates, channels, the residual, batches, memory and interruption."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.errors import Cancelled, DeviceError, EngineError, ModelError, WriteError
from engine.inference import pipeline
from engine.inference.device import choose_device
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.inference.runner import Result, SegmentRunner
from engine.inference.stream import Splitting, StemStream
from engine.model.architectures import PRESETS
from engine.model.backend import only_once
from engine.model.checkpoint import Checkpoint, load_checkpoint
from engine.model.config import NetworkConfig
from engine.progress import JobControl, Progress
from engine.separation import Samples, load_separation
from engine.stems import NETWORK_RATE
from tests.golden import recipe
from tests.support.models import TINY, save_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model") / "tiny.safetensors")


def _song(folder: Path, samples: int, rate: int = 44100, channels: int = 2) -> Path:
    path = folder / "song.wav"
    signal = np.tile(recipe.signal(samples), (4, 1))[:channels]
    soundfile.write(path, signal.T, rate, subtype="FLOAT")
    return path


@pytest.mark.parametrize(
    ("rate", "channels", "samples"),
    [
        (44100, 2, 150_000),
        (44100, 1, 1),
        (22050, 1, 30_001),
        (48000, 2, 40_000),
        (96000, 2, 50_001),
        (8000, 3, 4_000),
        (192_000, 1, 3_000),
    ],
)
def test_stems_and_source_have_one_rate_and_length(
    rate: int, channels: int, samples: int, model: Path, tmp_path: Path
) -> None:
    song = _song(tmp_path, samples, rate, channels)
    request = SeparationRequest(song, tmp_path / "out", str(model), quality="fast")
    separation = separate(request)
    assert (separation.sample_rate, separation.channels, separation.samples) == (rate, channels, samples)
    assert separation == load_separation(tmp_path / "out")
    source, _rate = soundfile.read(song, dtype="float32", always_2d=True)
    np.testing.assert_array_equal(separation.source_signal(), source.T)
    for stem in separation.stems:
        for stage in separation.stages:
            signal = separation.stem_signal(stem, stage)
            assert signal.shape == (channels, samples)
            assert np.isfinite(signal).all()


def test_first_stage_stems_sum_to_the_song(model: Path, tmp_path: Path) -> None:
    song = _song(tmp_path, 200_000)
    separation = separate(SeparationRequest(song, tmp_path / "out", str(model), stages=(1,)))
    total = np.sum([separation.stem_signal(stem, 1) for stem in separation.stems], axis=0)
    # float32 through two Fourier transforms and an overlap-add: below -120 dB of full scale.
    assert np.abs(total - separation.source_signal()).max() < 1e-6


def test_a_stage_that_the_model_lacks_is_left_out_but_for_nothing_else_to_do(tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "first.safetensors", map_blocks=0)
    song = _song(tmp_path, 3000)
    assert separate(SeparationRequest(song, tmp_path / "out", str(model))).stages == (1,)
    with pytest.raises(ModelError, match="no second stage"):
        separate(SeparationRequest(song, tmp_path / "none", str(model), stages=(2,)))


def test_one_asks_for_some_stems_and_gets_the_same_ones(model: Path, tmp_path: Path) -> None:
    song = _song(tmp_path, 50_000)
    all_stems = separate(SeparationRequest(song, tmp_path / "all", str(model), quality="fast"))
    some = separate(SeparationRequest(song, tmp_path / "some", str(model), ("drums",), (2,), "fast"))
    assert some.stems == ("drums",)
    np.testing.assert_array_equal(some.stem_signal("drums", 2), all_stems.stem_signal("drums", 2))
    assert not (tmp_path / "some" / "vocals.2.f32").exists()


def test_silent_song_gives_silent_stems(model: Path, tmp_path: Path) -> None:
    song = tmp_path / "silence.wav"
    soundfile.write(song, np.zeros((60_000, 2)), 44100)
    separation = separate(SeparationRequest(song, tmp_path / "out", str(model)))
    assert all(not separation.stem_signal(stem, 2).any() for stem in separation.stems)
    assert any("silent" in warning for warning in separation.warnings)


class _FakeRunner(SegmentRunner):
    """Returns the input as every signal, and remembers the batches."""

    def __init__(self, size: int, *, ahead: bool = False) -> None:
        self.config = TINY
        self.signal_names = [("vocals", 1), ("vocals", 2)]
        self.size = size
        self.ahead = ahead
        self.batches: list[int] = []
        self.waiting = 0
        self.most_waiting = 0

    @property
    def computes_ahead(self) -> bool:
        return self.ahead

    def batch_size(self, channels: int, samples: int) -> int:  # noqa: ARG002 - the fake has no memory limit
        return self.size

    def begin(self, batch: Samples) -> Result:
        self.batches.append(len(batch))
        self.waiting += 1
        self.most_waiting = max(self.waiting, self.most_waiting)

        def result() -> Samples:
            self.waiting -= 1
            return np.stack([batch, batch], axis=1)

        return result


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize(("rate", "size"), [(44100, 1), (44100, 3), (48000, 2), (22050, 16)])
def test_stream_of_an_identity_network_is_the_identity(rate: int, size: int, ahead: bool) -> None:
    # Tones well below every Nyquist frequency, faded in and out so that they are band-limited.
    time = np.arange(10 * rate) / rate
    tones = np.sin(2 * np.pi * np.array([[440.0], [5000.0]]) * time) * np.hanning(len(time))
    signal = tones.astype(np.float32)
    runner = _FakeRunner(size, ahead=ahead)
    polled: list[int] = []
    how = Splitting(runner, rate, "balanced", lambda: polled.append(1))
    stream = StemStream(how, 2, signal.shape[1])
    blocks = [piece for block in np.array_split(signal, 23, axis=1) for piece in stream.push(block)]
    out = np.concatenate([*blocks, *stream.finish()], axis=-1)
    assert out.shape == (2, *signal.shape)
    # Small ones first, so that the first sound comes soon.
    assert runner.batches == {1: [1] * 6, 2: [1, 2, 2, 1], 3: [1, 3, 2], 16: [1, 4, 1]}[size]
    assert len(polled) == len(runner.batches)
    # A device that computes ahead has its next batch before the results of the one before are waited for.
    assert (runner.most_waiting, runner.waiting) == (2 if ahead and len(runner.batches) > 1 else 1, 0)
    # Windows and their sum in float32; two resamplings of about -120 dB each.
    assert np.abs(out - signal).max() < 5e-6


class _LoudnessRunner(_FakeRunner):
    """Estimates what does not depend on the signal's sign."""

    def begin(self, batch: Samples) -> Result:
        return super().begin(np.abs(batch))


def test_what_a_network_makes_of_the_sign_cancels_where_segments_overlap() -> None:
    signal = np.random.default_rng(0).standard_normal((1, 10 * 44100)).astype(np.float32)
    stream = StemStream(Splitting(_LoudnessRunner(3), 44100, "balanced", lambda: None), 1, signal.shape[1])
    out = np.concatenate([*stream.push(signal), *stream.finish()], axis=-1)[0]
    chunking = TINY.chunking
    hop, fade = chunking.hop_samples["balanced"], chunking.fade_samples
    np.testing.assert_allclose(out[:, :hop], np.abs(signal[:, :hop]), atol=1e-5)  # only the first segment is here
    for first in range(hop, 4 * hop, hop):
        overlap = out[:, first + fade : first + hop - fade]  # up to where the next one begins
        assert np.abs(overlap).max() < 1e-6


def test_silent_segments_skip_the_network() -> None:
    runner = _FakeRunner(1)
    signal = np.zeros((1, 12 * 44100), np.float32)
    signal[:, 100] = 1.0
    stream = StemStream(Splitting(runner, 44100, "fast", lambda: None), 1, signal.shape[1])
    out = np.concatenate([*stream.push(signal), *stream.finish()], axis=-1)
    assert runner.batches == [1]
    assert out[0, 0, 100] == pytest.approx(1.0)


@pytest.fixture(scope="module")
def checkpoint(model: Path) -> Checkpoint:
    return load_checkpoint(model)


def _runner(checkpoint: Checkpoint) -> SegmentRunner:
    return SegmentRunner(checkpoint, choose_device("cpu", "auto"), (1, 2), checkpoint.card.stems)


def test_batch_size_and_order_do_not_change_the_result(checkpoint: Checkpoint) -> None:
    runner = _runner(checkpoint)
    batch = np.stack([recipe.signal(9000)[:, start : start + 5000] for start in (0, 1500, 4000)])
    together = runner.begin(batch)()
    alone = np.concatenate([runner.begin(one[None])() for one in batch])
    # Matrix products of another size round differently, and the map amplifies it.
    tolerance = 1e-4 * np.abs(alone).max()
    np.testing.assert_allclose(together, alone, rtol=0, atol=tolerance)
    np.testing.assert_allclose(runner.begin(batch[::-1])()[::-1], alone, rtol=0, atol=tolerance)


def test_out_of_memory_halves_the_batch_and_says_so(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = _runner(checkpoint)
    lines: list[str] = []
    runner.on_fallback = lines.append
    batch = np.stack([recipe.signal(3000)] * 4)
    expected = runner.begin(batch)()
    real = SegmentRunner._begin  # pyright: ignore[reportPrivateUsage]

    def small_only(self: SegmentRunner, part: Samples) -> Result:
        if len(part) > 1:
            raise torch.OutOfMemoryError
        return real(self, part)

    monkeypatch.setattr(SegmentRunner, "_begin", small_only)
    np.testing.assert_allclose(runner.begin(batch)(), expected, rtol=0, atol=1e-4 * np.abs(expected).max())
    assert [line for line in lines if "2 segments" in line]
    assert [line for line in lines if "1 segments" in line]


def test_when_one_segment_is_too_much_the_error_is_clear(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_self: SegmentRunner, _part: Samples) -> Result:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(SegmentRunner, "_begin", never)
    with pytest.raises(DeviceError, match="memory"):
        _runner(checkpoint).begin(recipe.signal(3000)[None])()


def test_bigger_networks_are_expected_to_need_more_memory() -> None:
    small, full = (PRESETS[name].segment_bytes(2, 132_300) for name in ("small", "full"))
    assert 0 < small < full < 4e9


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"stems": ("banjo",)}, ModelError, "banjo"),
        ({"model": "/nowhere/model.pt"}, ModelError, "no model file"),
        ({"source": Path("/nowhere/song.wav")}, EngineError, "song.wav"),
        ({"device": "cuda"}, DeviceError, "cuda"),
    ],
)
def test_what_cannot_work_fails_and_leaves_nothing(
    change: dict[str, object], error: type[EngineError], words: str, model: Path, tmp_path: Path
) -> None:
    if change.get("device") == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    values: dict[str, object] = {"source": _song(tmp_path, 5000), "folder": tmp_path / "out", "model": str(model)}
    with pytest.raises(error, match=words):
        separate(SeparationRequest(**(values | change)))  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_a_folder_that_is_there_is_told_before_the_work_and_stays(model: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    seen: list[Progress] = []
    with pytest.raises(WriteError, match="out: a folder of that name is in the way"):
        separate(SeparationRequest(_song(tmp_path, 5000), tmp_path / "out", str(model)), seen.append)
    assert [progress.phase for progress in seen] == ["load"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_disk_that_is_too_small_is_noticed_before_the_work(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr(pipeline.shutil, "disk_usage", lambda _path: Usage)  # type: ignore[attr-defined]
    with pytest.raises(WriteError, match="are free"):
        separate(SeparationRequest(_song(tmp_path, 50_000), tmp_path / "out", str(model)))
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_cancel_leaves_nothing_and_is_no_error(model: Path, tmp_path: Path) -> None:
    control = JobControl()
    seen: list[Progress] = []

    def cancel_in_the_middle(progress: Progress) -> None:
        seen.append(progress)
        if progress.done > 1:
            control.cancel()

    song = _song(tmp_path, 400_000)
    with pytest.raises(Cancelled):
        separate(SeparationRequest(song, tmp_path / "out", str(model)), cancel_in_the_middle, control)
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]
    assert seen[0].phase == "load"
    # Cancelled within one segment: no report after the one that asked for it.
    assert [progress.done > 1 for progress in seen].count(True) == 1


def test_progress_ends_at_the_whole_with_an_estimate_on_the_way(model: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    separate(SeparationRequest(_song(tmp_path, 400_000), tmp_path / "out", str(model)), seen.append)
    separating = [progress for progress in seen if progress.phase == "separate"]
    assert separating[-1].share == 1
    assert [progress.done for progress in separating] == sorted(progress.done for progress in separating)
    assert any(progress.eta_seconds is not None for progress in separating[:-1])
    assert {progress.device.split(" ")[0] for progress in separating[:-1]} == {"cpu"}
    assert all(progress.device_reason for progress in separating[:-1])


def test_what_goes_on_without_its_kernels_says_so(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise OSError("no space for machine code")

    monkeypatch.setattr("engine.model.fast_network.mix", broken)
    monkeypatch.setattr("engine.model.backend.only_once", only_once.__wrapped__)
    separation = separate(SeparationRequest(_song(tmp_path, 3000), tmp_path / "out", str(model)))
    assert separation.device_reason.endswith("pytorch: the numba kernels cannot be used: no space for machine code")


def test_the_rate_that_the_window_tells_is_the_networks() -> None:
    assert NetworkConfig.sample_rate == NETWORK_RATE
