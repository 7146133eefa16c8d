"""Other sides while the song plays, with the real player: what is heard, what undo brings back, what is let go."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.playback import Player
from app.playback.output import Output, Pull
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.transport import TransportModel
from engine.api import RESIDUAL, STAGES, Samples
from tests.support.fake_engine import FakeEngine
from tests.support.playback import ManualOutput
from tests.support.two_models import VOICE, choose, on_show, split_also
from tests.support.window import open_song

RATE = 44_100
SAMPLES = 4 * RATE
BLOCK = 1024
RAMP = 441  # the mixer's 10 ms


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(samples=SAMPLES, stems={"voice": VOICE, "lead": ("vocals",)})


class Rig:
    """A player on an output that a test pulls."""

    def __init__(self) -> None:
        self.opened: list[ManualOutput] = []
        self.player = Player([self._open])

    def hear(self, count: int = BLOCK) -> Samples:
        """The next samples (2, count)."""
        return self.opened[-1].run(1, count)

    def _open(self, sample_rate: int, pull: Pull, latency_seconds: float) -> Output:
        self.opened.append(ManualOutput(sample_rate, pull, latency_seconds))
        return self.opened[-1]


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def player(rig: Rig) -> Player:
    return rig.player


@pytest.fixture
def three(qtbot: QtBot, studio: Studio, song: Path) -> Studio:
    """A window that plays a song, of which there are three results; both stages of its own are compared."""
    open_song(qtbot, studio, song)
    split_also(qtbot, studio, song, "voice")
    split_also(qtbot, studio, song, "lead")
    studio.models.transport.toggle()
    return studio


def offer(studio: Studio, rng: np.random.Generator) -> None:
    """Choose anything for A or B."""
    compare = studio.models.compare
    compare.choose("A" if rng.integers(2) else "B", compare.state.offers[rng.integers(len(compare.state.offers))])


def change_mix(studio: Studio, rng: np.random.Generator) -> None:
    """Make any change of the mixer or the loop."""
    mixer, start = studio.models.mixer, int(rng.integers(SAMPLES - RATE))
    stem = str(rng.choice([strip.stem for strip in mixer.state.strips if strip.is_stem]))
    span, stage = (start, start + RATE), STAGES[rng.integers(2)]
    changes: list[Callable[[], object]] = [
        lambda: mixer.toggle_mute(stem),
        lambda: mixer.toggle_solo(stem),
        lambda: mixer.set_stage(stage),
        lambda: mixer.set_stage(stage, stem),
        lambda: mixer.comp(stem, span, stage),
        lambda: mixer.mute_range(stem, span),
        mixer.toggle_delta,
        lambda: studio.models.transport.set_loop(*span),
    ]
    changes[rng.integers(len(changes))]()


def freshly_opened(studio: Studio, position: int) -> Samples:
    """The next block, if what is on show had just been loaded with this mixer, and were played from this position."""
    rig = Rig()
    transport, mixer = TransportModel(rig.player), MixerModel(rig.player, History())
    song = studio.window.song_on_show()
    assert song is not None
    transport.load(song.separation)
    mixer.load(song.separation)
    mixer.restore(studio.models.mixer.settings)
    loop = studio.models.transport.state.loop
    if loop is not None:
        transport.set_loop(*loop)
    transport.seek(position)
    transport.toggle()
    sound = rig.hear()
    transport.close()
    return sound


def rendered(rig: Rig) -> int:
    """The sample that the mixer renders next."""
    song = vars(rig.player)["_song"]
    assert song is not None
    return song.mixer.position


def assert_sounds_as_freshly_opened(studio: Studio, rig: Rig) -> None:
    position = rendered(rig)
    heard, expected = rig.hear(), freshly_opened(studio, position)
    np.testing.assert_array_equal(heard[:, RAMP:], expected[:, RAMP:])


def state_of(studio: Studio) -> object:
    """What can be undone; the numbers that signals have in the player do not matter."""
    models = studio.models
    strips = [replace(strip, comp_key=0, gap_key=0, reference_key=0) for strip in models.mixer.state.strips]
    return models.compare.state.a, models.compare.state.b, strips, models.transport.state.loop


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_chosen_sounds_from_the_next_sample_as_if_it_had_been_on_show(
    three: Studio, rig: Rig, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(12):
        change_mix(three, rng)
        rig.hear(int(rng.integers(1, 3000)))
        before = rendered(rig)
        offer(three, rng)
        assert rendered(rig) == before
        assert three.models.transport.state.playing
        assert_sounds_as_freshly_opened(three, rig)
        assert len(rig.opened) == 1
        if before > SAMPLES - 8 * BLOCK:
            three.models.transport.seek(0)


def test_no_moment_is_silent_and_the_fade_is_that_from_a_to_b(three: Studio, rig: Rig) -> None:
    share = np.arange(1, RAMP + 1) / RAMP
    chosen = [("A", "voice", 1), ("B", "default", 1), ("B", "lead", 1), ("A", "default", 2)]
    changes: list[Callable[[], None]] = [three.models.mixer.toggle_stage]
    changes += [partial(choose, three, letter, model, stage) for letter, model, stage in chosen]
    three.models.mixer.toggle_solo("vocals")  # the sum of all stems is the same song on every side
    three.models.mixer.set_stage(1)
    rig.hear()
    for change in changes:
        rig.hear()
        start = rendered(rig) - 500  # more than the fade with which a fresh player begins
        old = freshly_opened(three, start)[:, 500 : 500 + RAMP]
        change()
        new = freshly_opened(three, start)[:, 500 : 500 + RAMP]
        sound = rig.hear(RAMP)
        np.testing.assert_allclose(sound, old + (new - old) * share, atol=1e-6)  # float32 rounding
        assert np.abs(sound).reshape(2, -1, 21).max(axis=2).min() > 0  # noise that is nowhere silent for 21 samples


@pytest.mark.parametrize("seed", range(3))
def test_every_choice_and_change_can_be_taken_back_and_made_again(three: Studio, rig: Rig, seed: int) -> None:
    rng = np.random.default_rng(seed)
    history = three.models.history
    history.clear()
    states = [state_of(three)]
    for turn in range(16):
        (offer if turn % 2 else change_mix)(three, rng)
        rig.hear(100)
        if state_of(three) != states[-1]:
            states.append(state_of(three))
    for expected in reversed(states[:-1]):
        history.undo()
        assert state_of(three) == expected
        assert_sounds_as_freshly_opened(three, rig)
    assert not history.state.can_undo
    for expected in states[1:]:
        history.redo()
        assert state_of(three) == expected
        rig.hear(100)
    assert_sounds_as_freshly_opened(three, rig)
    assert not history.state.can_redo
    assert rendered(rig) > 0


def test_keys_take_a_choice_back_and_make_it_again(qtbot: QtBot, three: Studio) -> None:
    choose(three, "B", "voice")
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(three.window, Qt.Key.Key_Z, control)
    state = three.models.compare.state
    assert (state.a, state.b) == state.offers[:2]
    assert three.models.mixer.state.sounding() == "Stage 2 (mask + residual)"
    qtbot.keyClick(three.window, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert [side.separation.model for side in on_show(three).sides] == ["default", "voice"]
    assert three.models.mixer.state.sounding() == "B (voice)"


def test_a_choice_that_cannot_be_taken_back_says_so_and_ends_undo_there(three: Studio, rig: Rig) -> None:
    said: list[str] = []
    three.models.compare.noticed.connect(said.append)
    three.models.history.clear()
    choose(three, "B", "voice")
    three.models.mixer.toggle_mute("vocals")
    choose(three, "B", "lead")
    three.models.mixer.toggle_solo("vocals")
    voice = next(side for side in three.models.compare.state.offers if side.separation.model == "voice")
    shutil.rmtree(voice.separation.folder)  # as another window may
    three.models.history.undo()
    three.models.history.undo()
    assert said == ["What was to be compared is no longer in the library"]
    assert [side.separation.model for side in on_show(three).sides] == ["default", "lead"]
    assert not three.models.history.state.can_undo
    assert not three.models.history.state.can_redo
    assert_sounds_as_freshly_opened(three, rig)


def test_a_result_that_is_about_to_go_while_it_sounds_gives_way_to_the_own_stages(three: Studio, rig: Rig) -> None:
    choose(three, "B", "voice")
    rig.hear()
    leaving = on_show(three).sides[1]
    three.models.compare.leave(leaving.entry)
    assert not three.models.history.state.can_undo
    assert_sounds_as_freshly_opened(three, rig)
    assert three.models.transport.state.playing
    three.models.transport.tick()
    assert not open_files(leaving.separation.folder)


def test_the_side_that_is_heard_stays_or_the_difference(three: Studio) -> None:
    mixer = three.models.mixer
    mixer.set_stage(1)
    choose(three, "B", "voice")
    assert mixer.state.sounding() == "A (Bandsaw, stage 1)"
    choose(three, "A", "lead")
    assert mixer.state.sounding() == "A (lead)"
    assert {strip.stage for strip in mixer.state.strips} == {0, 1}
    mixer.toggle_delta()
    choose(three, "A", "default", 2)
    assert mixer.state.delta
    assert mixer.state.sounding() == "Delta (B − A)"
    mixer.toggle_delta()
    assert mixer.state.stage == 1


def test_stems_that_only_the_new_sides_have_sound_on_the_side_that_is_heard(
    qtbot: QtBot, three: Studio, rig: Rig
) -> None:
    models = three.models
    key = next(song.key for song in models.session.state.songs.items if song.model == "lead")
    models.session.select(key)
    models.transport.toggle()
    qtbot.waitUntil(lambda: len(models.compare.state.offers) == 4)
    rig.hear()
    choose(three, "B", "default", 2)
    assert models.mixer.state.stage == 1
    assert models.mixer.state.is_flat  # so what sounds is the song
    assert set(models.mixer.state.sounding().split()) >= {"A"}
    residual = models.mixer.state.find(RESIDUAL)
    assert residual is not None
    assert residual.stage == 1
    assert_sounds_as_freshly_opened(three, rig)


def open_files(folder: Path) -> list[str]:
    """The files of a folder that this process has open or mapped."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    found = Path("/proc/self/maps").read_text().splitlines()
    found += [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return [line for line in found if str(folder) in line]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what a process has mapped")
@pytest.mark.parametrize("playing", [True, False])
def test_the_files_of_sides_before_are_closed(three: Studio, rig: Rig, playing: bool) -> None:
    def go_round() -> int:
        for letter, model, stage in (("A", "voice", 1), ("B", "lead", 1), ("A", "default", 1), ("B", "default", 2)):
            choose(three, letter, model, stage)
            if playing:
                rig.hear()
                rig.hear(1)
            three.models.transport.tick()
        return len(open_files(three.models.library.folder))

    if not playing:
        rig.hear()
        three.models.transport.stop()
        for _ in range(20):
            if rig.opened[-1].running:
                rig.hear()
    first = go_round()
    assert [go_round() for _ in range(5)] == [first] * 5
    for other in three.models.compare.state.offers[2:]:
        assert not open_files(other.separation.folder)
