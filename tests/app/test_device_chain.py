import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from app.playback import Player
from app.playback.chain import STALL_SECONDS, START_SECONDS
from app.playback.devices import OutputDevice, PortAudioDevices
from app.playback.output import LATENCIES_SECONDS, OpenOutput, Output, OutputError, PortAudioOutput, Pull, block_samples
from app.playback.pace import Pace
from tests.support.playback import KEY, RATE, SONG, ManualOutput, Rig, refusing

LOW = LATENCIES_SECONDS[0]
HEADPHONES = OutputDevice("Headphones", "ALSA")


class Plugs:
    """Devices that a test plugs in and out."""

    def __init__(self) -> None:
        self.plugged = [HEADPHONES]
        self.looks = 0
        self.outputs: list[ManualOutput] = []

    def known(self) -> Sequence[OutputDevice]:
        return tuple(self.plugged)

    def look_again(self) -> None:
        assert all(output.closed for output in self.outputs)  # as PortAudio demands
        self.looks += 1

    def opener(self, key: str) -> OpenOutput:
        def open_output(sample_rate: int, pull: Pull, latency_seconds: float) -> Output:
            if key not in [device.key for device in self.plugged]:
                raise OutputError(f"{key} is not connected")
            self.outputs.append(ManualOutput(sample_rate, pull, latency_seconds))
            self.outputs[-1].name = key
            return self.outputs[-1]

        return open_output


@pytest.fixture
def plugs() -> Plugs:
    return Plugs()


@pytest.fixture
def rig(plugs: Plugs) -> Rig:
    made = Rig(devices=plugs)
    plugs.outputs = made.outputs  # whichever was opened last is the one that plays
    return made


# A device that goes away


def test_a_device_that_vanishes_gives_way_within_a_second_at_the_same_sample(rig: Rig, plugs: Plugs) -> None:
    rig.player.choose_output(HEADPHONES.key, LOW)
    rig.player.play()
    before = rig.hear(1)
    plugs.plugged.clear()
    lost_at_seconds = rig.now_seconds
    while rig.player.output_name == HEADPHONES.key:
        rig.now_seconds += 0.016  # the window's clock ticks on, but nobody asks for sound
        rig.player.attend()
        assert rig.now_seconds - lost_at_seconds < 1.0
    assert rig.player.output_name == "manual"
    assert rig.player.note == f"Playing through manual, because: {HEADPHONES.key} has stopped."
    assert rig.player.playing
    np.testing.assert_array_equal(np.concatenate((before, rig.hear(1)), axis=1), SONG[:, : 2 * RATE])
    assert rig.player.position == pytest.approx(2 * RATE, abs=1)  # a clock in floating point


def test_when_every_device_goes_the_playhead_still_moves(rig: Rig) -> None:
    rig.player.play()
    rig.hear(1)
    rig.now_seconds += 2 * STALL_SECONDS
    rig.player.attend()
    assert rig.player.output_name == "no sound device"
    assert rig.player.note == "No sound, because: manual has stopped."
    assert rig.player.playing
    rig.player.close()


def test_the_loop_and_the_pace_outlive_the_device(rig: Rig) -> None:
    rig.player.choose_output(HEADPHONES.key, LOW)
    rig.player.set_loop((800, 1_600))
    rig.player.set_pace(Pace(50))
    rig.player.play()
    rig.hear(1)
    rig.now_seconds += 2 * STALL_SECONDS
    rig.player.attend()
    rig.hear(10)
    assert rig.player.output_name == "manual"
    assert 800 <= rig.player.position <= 1_600


def test_a_device_may_take_its_time_to_start(rig: Rig) -> None:
    rig.player.play()
    rig.now_seconds += START_SECONDS - 0.01
    rig.player.attend()
    assert rig.player.note == ""
    rig.hear(1)
    rig.player.pause()
    rig.output.run(10)
    rig.now_seconds += 60
    rig.player.attend()  # it was told to stop
    assert rig.player.note == ""


# The choice


def test_another_device_goes_on_at_the_same_sample(rig: Rig) -> None:
    rig.player.play()
    before = rig.hear(1)
    rig.player.choose_output(HEADPHONES.key, LOW)
    assert rig.outputs[0].closed
    assert rig.player.output_name == HEADPHONES.key
    np.testing.assert_array_equal(np.concatenate((before, rig.hear(1)), axis=1), SONG[:, : 2 * RATE])


def test_a_chosen_device_that_is_not_there_is_named_and_taken_when_it_is_back(rig: Rig, plugs: Plugs) -> None:
    plugs.plugged.clear()
    rig.player.choose_output(HEADPHONES.key, LOW)
    assert rig.player.output_name == "manual"
    assert rig.player.note == f"Playing through manual, because: {HEADPHONES.key} is not connected."
    rig.player.play()
    rig.hear(1)
    plugs.plugged.append(HEADPHONES)
    rig.player.choose_output(HEADPHONES.key, LOW)
    assert (rig.player.output_name, rig.player.note) == (HEADPHONES.key, "")
    assert rig.player.playing
    rig.player.choose_output("", LOW)
    assert (rig.player.output_name, rig.player.note) == ("manual", "")


def test_the_next_song_tries_the_chosen_device_again(rig: Rig, plugs: Plugs) -> None:
    plugs.plugged.clear()
    rig.player.choose_output(HEADPHONES.key, LOW)
    plugs.plugged.append(HEADPHONES)
    rig.player.load({KEY: SONG}, RATE)
    assert (rig.player.output_name, rig.player.note) == (HEADPHONES.key, "")


def test_devices_are_looked_for_only_while_nothing_sounds(rig: Rig, plugs: Plugs) -> None:
    assert list(rig.player.outputs()) == [HEADPHONES]
    assert plugs.looks == 1
    assert rig.player.output_name == "manual"
    rig.player.play()
    rig.hear(1)
    plugs.plugged.append(OutputDevice("Speakers", "ALSA"))
    assert len(rig.player.outputs()) == 2
    assert plugs.looks == 1
    assert rig.output.running


def test_without_a_song_a_device_can_be_chosen_and_nothing_opens(plugs: Plugs) -> None:
    player = Player([refusing("never asked")], devices=plugs)
    player.choose_output(HEADPHONES.key, LOW)
    assert list(player.outputs()) == [HEADPHONES]
    assert plugs.outputs == []


def test_without_a_list_of_devices_a_choice_falls_back(rig: Rig) -> None:
    player = Player([rig.open])
    player.load({KEY: SONG}, RATE)
    player.choose_output("ALSA: Radio", LOW)
    assert player.outputs() == ()
    assert player.note == "Playing through manual, because: ALSA: Radio is not connected."


# The buffer


def test_a_device_that_runs_dry_keeps_more_waiting_and_nothing_is_skipped(rig: Rig) -> None:
    rig.player.play()
    heard = [rig.hear(0.5)]
    latencies = [rig.output.latency_seconds]
    for _ in range(4):
        rig.output.underruns += 3
        heard.append(rig.hear(0.5))
        latencies.append(rig.output.latency_seconds)
    assert latencies == [*LATENCIES_SECONDS, LATENCIES_SECONDS[-1]]
    assert rig.player.latency_seconds == LATENCIES_SECONDS[-1]
    assert rig.player.underruns == 12
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), SONG[:, : round(2.5 * RATE)])


def test_a_rare_underrun_changes_nothing() -> None:
    rig = Rig(np.zeros((2, 100 * RATE), np.float32))
    rig.player.play()
    for _ in range(8):
        rig.output.underruns += 1
        rig.hear(6)
    assert len(rig.outputs) == 1
    assert rig.player.underruns == 8
    rig.player.load({KEY: SONG}, RATE)
    assert rig.player.underruns == 0


def test_a_known_need_is_met_from_the_start(rig: Rig) -> None:
    rig.player.choose_output("", 0.12)
    assert rig.output.latency_seconds == 0.12


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000, 192_000])
def test_a_switch_reaches_the_listener_within_50_ms_where_the_first_latency_holds(rate: int) -> None:
    # What waits in the device when a gain changes, and the block that is being filled.
    assert LOW + block_samples(rate, LOW) / rate < 0.05
    assert all(4 * block_samples(rate, each) <= max(512, each * rate) for each in LATENCIES_SECONDS)


# A pretended PortAudio


class FakePortAudioError(Exception):
    """Stands for the library's own."""


class FakePortAudio(ModuleType):
    """Lists what was plugged in when it was started, as the real one does."""

    PortAudioError = FakePortAudioError
    CallbackStop = StopIteration

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.plugged = ["Speakers", "Headphones"]
        self.startable = True
        self.opened: list[int | None] = []
        self._initialize()

    def _initialize(self) -> None:
        if not self.startable:
            raise FakePortAudioError("no sound system")
        self.listed: list[str] | None = list(self.plugged)

    def _terminate(self) -> None:
        if self.listed is None:
            raise FakePortAudioError("not initialized")
        self.listed = None

    def query_hostapis(self) -> list[dict[str, object]]:
        if self.listed is None:
            raise FakePortAudioError("not initialized")
        return [{"name": "ALSA"}]

    def query_devices(self, device: int | None = None, _kind: str = "") -> object:
        assert self.listed is not None
        entries = [{"name": name, "hostapi": 0, "max_output_channels": 2} for name in self.listed]
        microphone = {"name": "Microphone", "hostapi": 0, "max_output_channels": 0}
        return [microphone, *entries] if device is None else [microphone, *entries][device]

    def OutputStream(self, *_args: object, device: int | None, **_options: object) -> object:  # noqa: N802
        self.opened.append(device)
        return SimpleNamespace(device=device)


@pytest.fixture
def portaudio(monkeypatch: pytest.MonkeyPatch) -> FakePortAudio:
    library = FakePortAudio()
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    return library


def test_only_outputs_are_listed_and_each_is_opened_by_its_name(portaudio: FakePortAudio) -> None:
    devices = PortAudioDevices()
    assert devices.known() == (OutputDevice("Speakers", "ALSA"), HEADPHONES)
    output = devices.opener(HEADPHONES.key)(RATE, lambda _count, _delay: None, LOW)
    assert portaudio.opened == [2]
    assert output.name == "Headphones (PortAudio)"


class FakeWindows(FakePortAudio):
    """Has one device through three of its kinds of sound, as Windows has."""

    hosts = ("MME", "Windows WASAPI", "Windows WDM-KS")

    def __init__(self) -> None:
        super().__init__()
        self.settings: list[object] = []

    def query_hostapis(self) -> list[dict[str, object]]:
        return [{"name": name} for name in self.hosts]

    def query_devices(self, device: int | None = None, _kind: str = "") -> object:
        names = ("Speakers (A Sound Card With A Lo", "Speakers (A Sound Card With A Long Name)", "Speakers ()")
        entries = [{"name": name, "hostapi": place, "max_output_channels": 2} for place, name in enumerate(names)]
        return entries if device is None else entries[device]

    def WasapiSettings(self, *, auto_convert: bool) -> str:  # noqa: N802
        return f"auto_convert={auto_convert}"

    def OutputStream(self, *_args: object, device: int | None, **options: object) -> object:  # noqa: N802
        self.settings.append(options["extra_settings"])
        return SimpleNamespace(device=0 if device is None else device)


def test_windows_offers_a_device_once_and_converts_the_songs_rate_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    library = FakeWindows()
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    devices = PortAudioDevices()
    speakers = OutputDevice("Speakers (A Sound Card With A Long Name)", "Windows WASAPI")
    assert devices.known() == (speakers,)
    devices.opener(speakers.key)(RATE, lambda _count, _delay: None, LOW)
    PortAudioOutput(RATE, lambda _count, _delay: None, LOW)  # the system's own choice goes through MME, which converts
    assert library.settings == ["auto_convert=True", None]


def test_what_is_plugged_in_later_is_found_by_looking_again(portaudio: FakePortAudio) -> None:
    devices = PortAudioDevices()
    portaudio.plugged = ["Headphones", "Radio"]
    assert OutputDevice("Radio", "ALSA") not in devices.known()
    devices.look_again()
    assert devices.known() == (HEADPHONES, OutputDevice("Radio", "ALSA"))
    devices.opener(HEADPHONES.key)(RATE, lambda _count, _delay: None, LOW)
    assert portaudio.opened == [1]
    with pytest.raises(OutputError, match="ALSA: Speakers is not connected"):
        devices.opener("ALSA: Speakers")(RATE, lambda _count, _delay: None, LOW)


def test_a_sound_system_that_goes_and_comes_back_is_lived_through(portaudio: FakePortAudio) -> None:
    devices = PortAudioDevices()
    portaudio.startable = False
    devices.look_again()
    assert devices.known() == ()
    devices.look_again()
    portaudio.startable = True
    devices.look_again()
    assert HEADPHONES in devices.known()


def test_without_the_library_there_is_nothing_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    devices = PortAudioDevices()
    devices.look_again()
    assert devices.known() == ()
