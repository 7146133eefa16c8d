"""The badge beside the master meter, while a song plays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.view.master import MasterView
from app.view.theme import Theme
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.transport import TransportModel
from engine.api import Level, Levels, Separation
from tests.support.fake_engine import FakePlayer

SILENT = Level((0.0, 0.0), (0.0, 0.0))


class Scripted(FakePlayer):
    """A player that measured one thing after another."""

    script: Iterator[Levels]

    def levels(self) -> Levels:
        return next(self.script)


def beside(rms: float, samples: int = 1024) -> Levels:
    return Levels({}, SILENT, Level((rms, rms), (rms, rms)), samples)


def test_the_badge_never_takes_a_moment_without_a_block_for_silence_and_can_be_read(
    qtbot: QtBot, theme: Theme, separation: Separation, history: History
) -> None:
    player = Scripted()
    transport = TransportModel(player, history)
    transport.load(separation)
    mixer = MixerModel(player, history)
    mixer.load(separation)
    ticks = count()
    view = MasterView(theme, mixer, transport, clock=lambda: 0.1 * next(ticks))
    qtbot.addWidget(view)
    badge = view.findChildren(QLabel)[0]

    def shown(levels: Levels) -> str:
        player.script = iter([levels])
        transport.tick()
        return badge.text()

    assert badge.text() == "Mix = song"
    player.script = iter([beside(0.1)])
    transport.toggle()
    player.playing = True
    assert shown(beside(0.1)) == "≠ song −20 dB"
    assert shown(beside(0.0, samples=0)) == "≠ song −20 dB"  # nothing was rendered since
    mixer.toggle_mute("bass")  # changes what is expected, not what was measured
    assert badge.text() == "≠ song −20 dB"
    seen = [shown(beside(0.01 * number)) for number in range(1, 10)]
    assert 3 <= len(set(seen)) <= 5  # a tenth of a second each, and a number for a quarter
    assert shown(beside(1e-7)) == "= song −140 dB"  # at once
    player.playing = False
    assert shown(beside(0.0, samples=0)) == "Mix ≠ song"


def test_the_badge_claims_nothing_while_the_sound_waits_or_is_counted_in(
    qtbot: QtBot, theme: Theme, separation: Separation, history: History
) -> None:
    player = Scripted()
    transport = TransportModel(player, history)
    transport.load(separation)
    mixer = MixerModel(player, history)
    mixer.load(separation)
    mixer.set_gain("bass", -6.0)
    view = MasterView(theme, mixer, transport, clock=lambda: 0.0)
    qtbot.addWidget(view)
    badge = view.findChildren(QLabel)[0]
    player.script = iter([beside(0.1), beside(0.1), beside(0.0), beside(0.0), beside(0.0), beside(0.1)])
    transport.toggle()
    transport.tick()
    assert badge.text() == "≠ song −20 dB"
    player.waiting = True  # nothing sounds, which is no song
    transport.tick()
    transport.tick()
    assert (badge.text(), badge.property("kind")) == ("Mix ≠ song", "idle")
    player.waiting, player.counting = False, True
    transport.tick()
    assert badge.text() == "Mix ≠ song"
    player.counting = False
    transport.tick()
    assert badge.text() == "≠ song −20 dB"


def test_the_meter_falls_to_nothing_when_the_song_that_plays_leaves(
    qtbot: QtBot, theme: Theme, separation: Separation, history: History, player: FakePlayer
) -> None:
    transport = TransportModel(player, history)
    transport.load(separation)
    view = MasterView(theme, MixerModel(player, history), transport)
    qtbot.addWidget(view)
    view.resize(200, 20)
    silent = view.grab().toImage()
    transport.toggle()
    transport.tick()
    assert view.grab().toImage() != silent
    transport.load(None)
    view.put_out_clip_light()
    assert view.grab().toImage() == silent
