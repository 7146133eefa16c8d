import ctypes.util
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from app.playback.devices import PortAudioDevices
from app.playback.output import (
    BLOCK_SAMPLES,
    MiniaudioOutput,
    OutputError,
    PortAudioOutput,
    SilentOutput,
)
from app.playback.song import TAIL_SECONDS
from engine.api import Mixer, Samples
from tests.support import play_to_file

ROOT = Path(__file__).parents[2]
RATE = 8_000


# Through real sound libraries


@pytest.fixture(scope="module", params=["portaudio", "miniaudio"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Samples, Samples]:
    """What a sound library put out, and what the mixer gives for the same actions at the same samples."""
    library, folder = str(request.param), tmp_path_factory.mktemp("played")
    needed = {"portaudio": "portaudio", "miniaudio": "asound"}[library]
    if sys.platform != "linux" or ctypes.util.find_library(needed) is None:
        pytest.skip(f"PLAYBACK THROUGH {library.upper()} IS NOT TESTED: it needs Linux and lib{needed}")
    command = [sys.executable, "-m", "tests.support.play_to_file", library, str(folder)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "PulseAudio_Initialize" in finished.stderr:
        pytest.skip("PLAYBACK THROUGH PORTAUDIO IS NOT TESTED: this one does not start without PulseAudio's server")
    assert finished.returncode == 0, finished.stderr
    captured = np.fromfile(folder / "captured.f32", np.float32).reshape(-1, 2).T
    counts = np.load(folder / "counts.npy")
    mixer = Mixer(play_to_file.song(), play_to_file.RATE)
    mixer.set_gains({play_to_file.STAGE1: (1.0, 1.0)})
    blocks: list[Samples] = []
    for before, count in zip(np.cumsum(counts) - counts, counts, strict=True):
        play_to_file.act(mixer, int(before), int(count))
        blocks.append(mixer.render(int(count)))
    return captured, np.concatenate(blocks, axis=1)


def test_what_leaves_the_sound_library_is_the_mix_sample_for_sample(played: tuple[Samples, Samples]) -> None:
    captured, expected = played
    first = int(np.argmax(captured[0] == expected[0, 1]))  # sample 0 is 0; before it the device primes with silence
    heard = captured[:, first - 1 :]
    end = int(np.flatnonzero(expected[0])[-1]) + 1
    assert end > 2 * play_to_file.RATE
    np.testing.assert_array_equal(heard[:, :end], expected[:, :end])
    assert not captured[:, : first - 1].any()
    assert not heard[:, end:].any()
    # The tail that some devices drop when they stop held nothing but silence.
    assert expected.shape[1] - end >= TAIL_SECONDS * play_to_file.RATE


def test_stage_switch_mute_and_seek_leave_the_sound_library_without_a_click(played: tuple[Samples, Samples]) -> None:
    captured, _ = played
    sine = play_to_file.song()[play_to_file.STAGE1]
    # A product changes by at most one factor's step times the other's size: a switch takes two ramps of 10 ms, a seek
    # two fades of 5 ms. Without them the switch would step by up to 2.
    explained = np.abs(np.diff(sine)).max() + 2 / (0.005 * play_to_file.RATE)
    assert np.abs(np.diff(captured)).max() <= explained < 0.03
    muted = np.abs(captured[0]) == 0
    assert np.convolve(muted, np.ones(2_000), "valid").max() == 2_000  # the mute was there


# The silent clock


def test_the_silent_clock_pulls_in_real_time() -> None:
    now_seconds = 0.0
    pulled: list[int] = []

    def pull(count: int, _delay_seconds: float) -> Samples | None:
        pulled.append(count)
        return np.zeros((2, count), np.float32)

    output = SilentOutput(RATE, pull, lambda: now_seconds)
    for tick in range(1, 1_001):
        now_seconds = tick * 0.037  # a timer that is not in step with the blocks
        assert output.catch_up()
        assert 0 < sum(pulled) - now_seconds * RATE <= BLOCK_SAMPLES
    assert set(pulled) == {BLOCK_SAMPLES}


def test_the_silent_clock_ends_by_itself_when_there_is_nothing_more_to_play() -> None:
    ended = threading.Event()

    def pull(_count: int, _delay_seconds: float) -> Samples | None:
        ended.set()
        return None

    before = set(threading.enumerate())
    output = SilentOutput(RATE, pull)
    output.start()
    assert ended.wait(10)
    output.close()
    assert set(threading.enumerate()) <= before


# A pretended PortAudio


class FakePortAudioError(Exception):
    """Stands for the library's own."""


def fake_sounddevice(stream: Callable[..., object]) -> ModuleType:
    module = ModuleType("sounddevice")
    vars(module).update(
        PortAudioError=FakePortAudioError,
        CallbackStop=StopIteration,
        OutputStream=stream,
        query_devices=lambda _device, _kind: {"name": "Speakers"},
    )
    return module


def silence(count: int, _delay_seconds: float) -> Samples | None:
    return np.zeros((2, count), np.float32)


def test_a_missing_library_is_a_reason_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    for open_output in (PortAudioOutput, MiniaudioOutput):
        with pytest.raises(OutputError, match="is missing"):
            open_output(RATE, silence, 0.1)


def test_a_sound_system_that_does_not_start_is_a_reason_until_it_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = tmp_path / "sounddevice.py"
    library.write_text("class PortAudioError(Exception): ...\nraise PortAudioError('no server')", encoding="ascii")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    assert PortAudioDevices().known() == ()
    with pytest.raises(OutputError, match="PortAudio: no server"):
        PortAudioOutput(RATE, silence, 0.1)
    monkeypatch.setitem(sys.modules, "sounddevice", fake_sounddevice(lambda *_a, **_o: SimpleNamespace(device=0)))
    assert PortAudioOutput(RATE, silence, 0.1).name == "Speakers (PortAudio)"


def test_a_refused_sample_rate_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> object:
        raise FakePortAudioError("Invalid sample rate")

    monkeypatch.setitem(sys.modules, "sounddevice", fake_sounddevice(refuse))
    with pytest.raises(OutputError, match="PortAudio at 8000 Hz: Invalid sample rate"):
        PortAudioOutput(RATE, silence, 0.1)


def test_underruns_are_counted_and_the_delay_comes_from_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    delays: list[float] = []

    def pull(count: int, delay_seconds: float) -> Samples | None:
        delays.append(delay_seconds)
        return np.ones((2, count), np.float32)

    callbacks: list[Callable[..., None]] = []

    def stream(*_args: object, callback: Callable[..., None], **_options: object) -> object:
        callbacks.append(callback)
        return SimpleNamespace(device=0)

    monkeypatch.setitem(sys.modules, "sounddevice", fake_sounddevice(stream))
    output = PortAudioOutput(RATE, pull, 0.1)
    assert output.name == "Speakers (PortAudio)"
    out = np.zeros((BLOCK_SAMPLES, 2), np.float32)
    for late, current in ((False, 5.0), (True, 5.1), (False, 0.0)):
        times = SimpleNamespace(outputBufferDacTime=5.25, currentTime=current)
        callbacks[0](out, BLOCK_SAMPLES, times, SimpleNamespace(output_underflow=late))
    assert output.underruns == 1
    assert delays == pytest.approx([0.25, 0.15, 0.1])
    assert (out == 1.0).all()
