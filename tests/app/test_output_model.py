from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.playback.devices import NoDevices
from app.playback.output import LATENCIES_SECONDS, SilentOutput
from app.playback.player import Player
from app.settings import Places, SettingsStore
from app.viewmodel.output import OutputModel, OutputState
from app.viewmodel.transport import TransportModel
from engine.api import Separation
from tests.support.fake_engine import FakePlayer


@pytest.fixture
def transport(qapp: QApplication, player: FakePlayer) -> TransportModel:
    del qapp  # a timer needs it
    return TransportModel(player)


def test_the_chosen_device_and_its_buffer_are_remembered(
    transport: TransportModel, player: FakePlayer, settings: SettingsStore, places: Places, separation: Separation
) -> None:
    model = OutputModel(transport, settings)
    assert (player.chosen, player.latency_seconds) == ("", LATENCIES_SECONDS[0])
    transport.load(separation)
    model.choose("ALSA: Headphones")
    player.latency_seconds = 0.06  # it has run dry
    transport.tick()
    again = FakePlayer()
    OutputModel(TransportModel(again), SettingsStore(places.config / "settings.json"))
    assert (again.chosen, again.latency_seconds) == ("ALSA: Headphones", 0.06)


@pytest.mark.usefixtures("german")
def test_that_there_is_no_device_is_said_in_the_user_s_language(
    transport: TransportModel, player: FakePlayer, separation: Separation
) -> None:
    transport.load(separation)
    assert transport.state.output == player.output_name  # a name is a name
    player.output_name = SilentOutput(44100, lambda _count, _delay_seconds: None).name
    transport.load(separation)
    assert transport.state.output == "kein Ausgabegerät"


@pytest.mark.usefixtures("german")
def test_why_there_is_no_sound_is_said_in_the_user_s_language(separation: Separation) -> None:
    transport = TransportModel(Player(outputs=[NoDevices().opener(name) for name in ("USB", "HDMI")]))
    transport.load(separation)
    transport.close()
    assert transport.state.note == "Kein Ton: USB ist nicht angeschlossen; HDMI ist nicht angeschlossen."


def test_another_device_begins_with_the_shortest_buffer(
    transport: TransportModel, player: FakePlayer, settings: SettingsStore
) -> None:
    settings.update(output_latency_ms=200)
    model = OutputModel(transport, settings)
    assert player.latency_seconds == 0.2
    model.choose("")
    assert player.latency_seconds == LATENCIES_SECONDS[0]
    assert settings.value.output_latency_ms == round(1000 * LATENCIES_SECONDS[0])


def test_looking_lists_the_devices_there_are(
    transport: TransportModel, player: FakePlayer, settings: SettingsStore
) -> None:
    model = OutputModel(transport, settings)
    changed: list[OutputState] = []
    model.changed.connect(changed.append)
    model.look()
    model.look()
    assert [state.devices for state in changed] == [player.devices]


def test_a_way_round_is_told_once_and_again_after_a_new_choice(
    transport: TransportModel, player: FakePlayer, settings: SettingsStore, separation: Separation
) -> None:
    transport.load(separation)
    model = OutputModel(transport, settings)
    notices: list[str] = []
    model.noticed.connect(notices.append)
    player.note = "No sound, because: the cable is out."
    for _ in range(3):
        transport.tick()
    assert notices == [player.note]
    transport.load(None)  # a song that failed was looked at
    transport.load(separation)
    assert notices == [player.note]
    model.choose("ALSA: Headphones")
    player.note = ""
    transport.tick()
    player.note = "No sound, because: the cable is out."
    transport.tick()
    assert len(notices) == 2


def test_settings_that_make_no_sense_are_not_taken(places: Places) -> None:
    places.config.mkdir(parents=True)
    file = places.config / "settings.json"
    file.write_text('{"output": 5, "output_latency_ms": 0}')
    assert (SettingsStore(file).value.output, SettingsStore(file).value.output_latency_ms) == ("", 30)
