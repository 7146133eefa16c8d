"""Comparing two results of a song: what can be chosen, what then sounds, and what is said of it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.jobs.runner import JobRunner
from app.settings import Places
from app.view.actions import Actions
from app.view.canvas import LaneCanvas
from app.view.lanes import LanesPage
from app.view.sides import SideSwitch, SplitMenu
from app.view.strip import StripView
from app.viewmodel.abx import AbxSong, subjects
from app.viewmodel.compare import CompareModel
from app.viewmodel.heard import heard
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.sides import side_name, sides_of
from app.viewmodel.signals import DELTA
from engine.api import RESIDUAL, Comparison, ResultsLibrary, Side, compared, remembered_sides
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.separations import make_separation, noise
from tests.support.songs import write_song
from tests.support.two_models import VOICE, choose, install, on_show, split_also
from tests.support.window import open_song, visible


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(stems={"voice": VOICE})


@pytest.fixture
def two(qtbot: QtBot, studio: Studio, song: Path) -> Studio:
    """A window with the song on show, split with Bandsaw's own model and with `voice`, which is B."""
    open_song(qtbot, studio, song)
    split_also(qtbot, studio, song)
    choose(studio, "A", "default", 2)
    choose(studio, "B", "voice")
    return studio


def player_samples(player: FakePlayer, stem: str, number: int) -> np.ndarray:
    return np.asarray(player.signals[stem, number][:, :])


def test_at_first_the_stages_of_the_songs_own_result_are_compared(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    state = studio.models.compare.state
    assert (state.a, state.b) == state.offers
    assert [state.name(side) for side in state.offers] == ["Bandsaw, stage 1", "Bandsaw, stage 2"]
    assert studio.models.mixer.state.sounding() == "Stage 2 (mask + residual)"


def test_both_models_are_heard_at_the_same_sample(two: Studio, player: FakePlayer) -> None:
    default, voice = on_show(two).results
    mixer = two.models.mixer
    np.testing.assert_array_equal(player_samples(player, "vocals", 1), default.stem_signal("vocals", 2))
    np.testing.assert_array_equal(player_samples(player, "vocals", 2), voice.stem_signal("vocals", 1))
    difference = voice.stem_signal("vocals", 1) - default.stem_signal("vocals", 2)
    np.testing.assert_allclose(player_samples(player, "vocals", DELTA), difference, atol=1e-7)
    mixer.set_stage(1)
    assert ("vocals", 1) in player.gains
    assert mixer.state.sounding() == "A (Bandsaw, stage 2)"
    mixer.toggle_stage()
    assert ("vocals", 2) in player.gains
    assert mixer.state.sounding() == "B (voice)"
    mixer.toggle_delta()
    assert mixer.state.sounding() == "Delta (B − A)"


def test_what_sounds_of_either_side_is_the_song(two: Studio, player: FakePlayer) -> None:
    for stage in (1, 2):
        two.models.mixer.set_stage(stage)
        assert two.models.mixer.state.is_flat  # so the badge compares the mix with the song
        total = sum(player_samples(player, *key) for key in player.gains)
        # float32 sums of six signals below 1
        np.testing.assert_allclose(total, on_show(two).source_signal(), atol=5e-7)


def test_a_stem_that_one_side_lacks_is_silent_there_and_said_to_be(qtbot: QtBot, two: Studio) -> None:
    mixer = two.models.mixer
    mixer.toggle_solo("bass")
    mixer.set_stage(2)
    assert mixer.state.sounding() == "Nothing: B (voice) has no Bass"
    bass = next(strip for strip in visible(two, StripView) if "Bass" in strip.accessibleName())
    chip = next(each for each in bass.findChildren(QToolButton) if each.objectName() == "stage")
    assert chip.text() == "Not in B"
    canvas = next(each for each in visible(two, LaneCanvas) if each.shown.title == "Bass, B")
    assert canvas.shown.note == "B does not split off Bass: it is part of Other"
    assert canvas.shown.note in canvas.accessibleName()
    assert canvas.shown.drawable is None
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert mixer.state.sounding() == "A (Bandsaw, stage 2)"
    assert chip.text() == "A"


def test_pictures_are_of_both_models_and_of_their_difference(two: Studio) -> None:
    two.models.display.set_look(compare="stacked")
    lane = two.window.findChildren(LanesPage)[0].lane_of("vocals")
    assert lane is not None
    shown = [canvas.shown for canvas in lane.findChildren(LaneCanvas) if not canvas.isHidden()]
    assert [each.caption for each in shown] == [
        "A: Bandsaw, stage 2", "B: voice · sounding", "B − A, in dB",
    ]  # fmt: skip
    assert all(each.drawable is not None for each in shown)


def test_another_choice_leaves_playback_and_faders_as_they_are(two: Studio, player: FakePlayer) -> None:
    models = two.models
    models.mixer.set_gain("vocals", -6.0)
    models.mixer.toggle_mute("other")
    models.mixer.focus(4)
    models.transport.set_loop(2000, 20_000)
    models.transport.set_speed(80)
    models.display.show(1000, 9000)
    models.metronome.set_count_in(2)
    player.position = 5000
    models.transport.toggle()
    click = player.click
    choose(two, "A", "default", 1)
    state = models.transport.state
    assert player.click is click
    assert click.count_in_bars == 2
    assert (player.playing, player.position, player.loop) == (True, 5000, (2000, 20_000))
    assert (state.playing, state.loop, state.pace.speed_percent) == (True, (2000, 20_000), 80)
    assert (models.display.state.start, models.display.state.stop) == (1000, 9000)
    vocals, other = models.mixer.state.find("vocals"), models.mixer.state.find("other")
    assert vocals is not None
    assert other is not None
    assert (vocals.gain_db, other.muted, models.mixer.state.focused) == (-6.0, True, 4)
    assert on_show(two).sides[0].stage == 1


def test_choosing_for_one_side_what_the_other_is_swaps_them(two: Studio) -> None:
    choose(two, "A", "voice")
    assert [side.separation.model for side in on_show(two).sides] == ["voice", "default"]
    choose(two, "B", "default", 2)
    assert [side.separation.model for side in on_show(two).sides] == ["voice", "default"]


def test_the_choice_outlives_the_window_and_ends_with_the_own_stages(qtbot: QtBot, two: Studio, song: Path) -> None:
    models = two.models
    models.mixer.set_gain("bass", -3.0)
    models.session.select(2)
    shown = two.window.song_on_show()
    assert shown is not None
    assert (shown.separation.model, shown.separation.stems) == ("voice", VOICE)
    assert (models.compare.state.a, models.compare.state.b) == (Side(shown.separation, 1), None)
    models.session.select(1)
    assert [side.separation.model for side in on_show(two).sides] == ["default", "voice"]
    bass = models.mixer.state.find("bass")
    assert bass is not None
    assert bass.gain_db == -3.0
    models.session.remove(1)
    models.session.add([song])
    qtbot.waitUntil(lambda: len(models.session.state.songs.items) == 2)
    models.session.select(models.session.state.songs.items[-1].key)
    qtbot.waitUntil(lambda: isinstance(shown_now(two), Comparison))
    own = on_show(two).sides[0].separation
    choose(two, "A", "default", 1)
    choose(two, "B", "default", 2)
    assert shown_now(two) == own
    assert remembered_sides(own) == ()
    assert models.mixer.state.sounding() == "Stage 2 (mask + residual)"


def shown_now(studio: Studio) -> object:
    made = studio.window.song_on_show()
    return made.separation if made is not None else None


def test_a_result_that_is_deleted_is_no_longer_compared(qtbot: QtBot, two: Studio) -> None:
    own, other = (side.separation for side in on_show(two).sides)
    two.models.library.delete(other.folder.name)
    assert shown_now(two) == own
    qtbot.waitUntil(lambda: len(two.models.compare.state.offers) == 2)
    assert not other.folder.exists()
    assert two.models.session.state.page == "ready"


def test_what_is_compared_stays_when_the_library_makes_room(qtbot: QtBot, tmp_path: Path) -> None:
    library, runner = ResultsLibrary(tmp_path / "library"), JobRunner()
    song = noise(2, 2000, 0.5, seed=9)
    library.work_folder()  # makes the folder
    made = [make_separation(tmp_path / name, samples=2000, model=name, of=song) for name in ("own", "other")]
    own, other = (library.keep(letter * 64, each) for letter, each in zip("ab", made, strict=True))
    library.release(other)
    compare = CompareModel(library, runner, MixerModel(FakePlayer(), History()), History())
    compare.load(own)
    qtbot.waitUntil(lambda: len(compare.state.offers) == 4)
    mine, _second, theirs, _last = compare.state.offers
    compare.choose("B", theirs)
    compare.choose("A", theirs)  # the other way round
    library.trim(0)
    assert other.folder.exists()
    compare.choose("B", compare.state.offers[1])
    compare.choose("A", mine)
    library.trim(0)
    assert not other.folder.exists()
    assert own.folder.exists()
    runner.close()
    library.close()


def test_a_comp_takes_ranges_of_either_model_and_belongs_to_this_pair(two: Studio, player: FakePlayer) -> None:
    mixer = two.models.mixer
    mixer.set_stage(1)
    mixer.comp("vocals", (5000, 10_000), 2)
    strip = mixer.state.find("vocals")
    assert strip is not None
    default, voice = on_show(two).results
    mixed = player_samples(player, *strip.key)
    np.testing.assert_array_equal(mixed[:, 6000:9000], voice.stem_signal("vocals", 1)[:, 6000:9000])
    np.testing.assert_array_equal(mixed[:, 12_000:], default.stem_signal("vocals", 2)[:, 12_000:])
    choose(two, "A", "default", 1)
    other = mixer.state.find("vocals")
    assert other is not None
    assert (other.take, other.comp.starts) == ("stage", ())
    choose(two, "A", "default", 2)
    back = mixer.state.find("vocals")
    assert back is not None
    assert back.comp == strip.comp


def test_files_hold_what_is_heard_of_either_model(two: Studio, tmp_path: Path) -> None:
    mixer, form = two.models.mixer, two.models.form
    mixer.set_stage(2)
    song = two.window.song_on_show()
    assert song is not None
    assert set(heard(mixer.state).gains) == {(stem, 2) for stem in (*on_show(two).stems, RESIDUAL)}
    form.open(song)
    assert form.state.choices.stages == (2,)
    form.choose(stages=(1, 2), folder=tmp_path, own_folder=False, names="", format="wav32f")
    names = sorted(file.path.name for file in form.state.files)
    assert names == [
        "bass_default_stage-2.wav", "drums_default_stage-2.wav", "other_default_stage-2.wav", "other_voice.wav",
        "vocals_default_stage-2.wav", "vocals_voice.wav",
    ]  # fmt: skip
    mixer.set_stage(1)
    again = two.window.song_on_show()
    assert again is not None
    form.open(again)
    assert form.state.choices.stages == (1,)  # whoever likes A better exports A


def test_dragging_a_lane_that_the_side_lacks_says_why_there_is_no_file(two: Studio) -> None:
    mixer, drag = two.models.mixer, two.models.drag
    mixer.set_stage(2)
    problems: list[str] = []
    drag.failed.connect(lambda problem: problems.append(problem.text))
    song, bass = two.window.song_on_show(), mixer.state.find("bass")
    assert song is not None
    assert bass is not None
    drag.prepare_lane(song, bass)
    assert problems == ["B (voice) has no Bass, and so no file of it."]
    assert not drag.busy


def test_the_blind_test_is_of_what_both_sides_have_and_its_table_names_them(
    qtbot: QtBot, two: Studio, tmp_path: Path
) -> None:
    song = AbxSong(on_show(two), "Song", two.models.mixer.state, (0, 4000))
    assert [subject.name for subject in subjects(song)] == ["All stems", "Vocals"]
    abx = two.models.abx
    abx.open(song)
    assert [abx.sides[stage].told for stage in (1, 2)] == ["Bandsaw, stage 2", "voice"]
    abx.start(1, 1)
    qtbot.waitUntil(lambda: abx.state.phase == "listening")
    abx.play("X")
    abx.answer("A")
    abx.save(tmp_path / "result.csv")
    (row,) = csv.DictReader((tmp_path / "result.csv").read_text().splitlines())
    assert (row["stem"], row["a"], row["b"]) == ("Vocals", "Bandsaw, stage 2", "voice")
    abx.close()


def test_a_true_stem_shows_how_close_either_model_comes(qtbot: QtBot, two: Studio, tmp_path: Path) -> None:
    truth = np.asarray(on_show(two).stem_signal("vocals", 2))
    error = noise(2, truth.shape[1], 0.01, seed=5)  # a tenth of the stem's level: 20 dB
    reference = two.models.reference
    reference.add("vocals", write_song(tmp_path / "true.wav", truth + error, 44_100))
    qtbot.waitUntil(lambda: "vocals" in reference.state.references)
    line = reference.state.line("vocals")
    assert line.startswith("A −")
    assert "· B 20." in line
    choose(two, "A", "voice")
    assert reference.state.line("vocals").startswith("A 20.")
    strip = two.models.mixer.state.find("vocals")
    assert strip is not None
    assert "reference" in strip.takes


def test_the_switch_says_what_a_and_b_are_and_its_arrows_choose(qtbot: QtBot, two: Studio) -> None:
    (switch,) = visible(two, SideSwitch)
    buttons = switch.findChildren(QPushButton)
    assert [button.text() for button in buttons] == ["A  Bandsaw, stage 2", "B  voice"]
    assert [button.isChecked() for button in buttons] == [False, True]
    arrows = [each for each in switch.findChildren(QToolButton) if each.objectName() == "side"]
    menu = arrows[0].menu()
    assert isinstance(menu, QMenu)
    entries = [action for action in menu.actions() if action.isCheckable()]
    assert [action.text() for action in entries] == ["Bandsaw, stage 1", "Bandsaw, stage 2", "voice"]
    assert [action.isChecked() for action in entries] == [False, True, False]
    entries[0].trigger()
    assert [side.stage for side in on_show(two).sides] == [1, 1]
    qtbot.keyClick(two.window, Qt.Key.Key_A)
    assert two.models.mixer.state.sounding() == "A (Bandsaw, stage 1)"


def test_pressing_the_side_that_sounds_leaves_its_button_down(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    buttons = visible(studio, SideSwitch)[0].findChildren(QPushButton)
    assert studio.models.mixer.state.stage == 2
    for _press in range(2):
        qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
        assert [button.isChecked() for button in buttons] == [False, True]
    studio.models.mixer.toggle_delta()  # neither A nor B
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert [button.isChecked() for button in buttons] == [True, False]


def test_a_song_with_one_stage_offers_nothing_that_needs_two(qtbot: QtBot, studio: Studio, song: Path) -> None:
    install("voice")
    studio.settings.update(model="voice")
    open_song(qtbot, studio, song)
    actions = studio.window.findChildren(Actions)[0]
    delta = actions.mix.delta
    assert actions.stage_1.isEnabled()
    useless = (actions.stage_2, actions.stage_toggle, *actions.mix.of_two_sides)
    assert not any(action.isEnabled() for action in useless)
    qtbot.keyClick(studio.window, Qt.Key.Key_D)
    assert not studio.models.mixer.state.delta
    assert not delta.isChecked()
    split_also(qtbot, studio, song, "default")
    choose(studio, "B", "default", 2)
    assert all(action.isEnabled() for action in useless)


def test_a_long_name_is_cut_on_its_button_and_whole_in_its_tip(qtbot: QtBot, studio: Studio, song: Path) -> None:
    name = "a-model-with-a-name-that-is-longer-than-any-button-could-be"
    open_song(qtbot, studio, song)
    split_also(qtbot, studio, song, name)
    choose(studio, "B", name, 2)
    button = visible(studio, SideSwitch)[0].findChildren(QPushButton)[1]
    assert "…" in button.text()
    assert name in button.toolTip()


def split_menu(studio: Studio) -> QMenu:
    bar = studio.window.menuBar()
    compare = next(action.menu() for action in bar.actions() if action.text() == "&Compare")
    assert isinstance(compare, QMenu)
    menu = next(action.menu() for action in compare.actions() if action.text() == "&Split with another model")
    assert isinstance(menu, QMenu)
    return menu


def test_the_song_is_split_with_another_model_from_the_menu(
    qtbot: QtBot, studio: Studio, song: Path, engine: FakeEngine
) -> None:
    models = studio.models
    install("voice")
    assert not split_menu(studio).menuAction().isEnabled()
    open_song(qtbot, studio, song)
    split_menu(studio).aboutToShow.emit()  # which looks at the disk
    qtbot.waitUntil(lambda: len(split_menu(studio).actions()) == 5)
    own, other, _line, quality, *_rest = split_menu(studio).actions()
    assert (quality.text(), quality.isEnabled()) == ("Quality: balanced, as in the preferences", False)
    assert (own.text(), own.isEnabled()) == ("Bandsaw's own model: Vocals, Bass, Drums, Other  –  done", False)
    assert (other.text(), other.isEnabled()) == ("voice: Vocals, Other", True)
    said: list[str] = []
    menu = split_menu(studio)
    assert isinstance(menu, SplitMenu)
    menu.said.connect(said.append)
    models.compare.noticed.connect(said.append)
    engine.hold.clear()
    other.trigger()
    assert said == ["“Song” is in the list to be split with voice"]
    queued = split_menu(studio).actions()[1]
    assert (queued.text(), queued.isEnabled()) == ("voice: Vocals, Other  –  in the list of songs", False)
    assert models.session.state.selected == 1  # what one looks at does not change by itself
    engine.hold.set()
    qtbot.waitUntil(lambda: len(models.compare.state.offers) == 3)
    assert [request.model for request in engine.requests] == ["default", "voice"]
    assert said[-1].startswith("voice can be compared now")
    assert split_menu(studio).actions()[1].text().endswith("done")


def test_the_model_of_a_queued_song_is_remembered(
    qtbot: QtBot, studio: Studio, song: Path, engine: FakeEngine, places: Places
) -> None:
    open_song(qtbot, studio, song)
    install("voice")
    engine.hold.clear()
    studio.models.session.split_also(song, "voice")
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    assert '"model": "voice"' in (places.config / "queue.json").read_text()
    key = studio.models.session.state.songs.items[-1].key
    studio.models.session.cancel(key)
    qtbot.waitUntil(lambda: studio.models.session.state.songs.items[-1].phase == "stopped")
    engine.hold.set()
    studio.models.session.retry(key)
    qtbot.waitUntil(lambda: studio.models.session.state.songs.items[-1].phase == "ready")
    assert engine.requests[-1].model == "voice"
    (listed,) = visible(studio, QListWidget)
    assert listed.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "Song: voice · Ready "


def test_a_result_in_another_quality_is_told_apart(tmp_path: Path) -> None:
    fast, best = (
        make_separation(tmp_path / quality, stages=(1,), model="default", quality=quality)
        for quality in ("fast", "best")
    )
    sides = Side(fast, 1), Side(best, 1)
    assert [side_name(side, sides) for side in sides] == ["Bandsaw, quality fast", "Bandsaw, quality best"]
    words = sides_of(compared(*sides))
    assert [words[stage].caption for stage in (1, 2)] == ["A: Bandsaw, quality fast", "B: Bandsaw, quality best"]
    assert not words[1].lacking


def test_without_another_result_nothing_changes(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    compare: CompareModel = studio.models.compare
    before = shown_now(studio)
    state = compare.state
    assert state.a is not None
    compare.choose("A", state.a)
    compare.choose("B", replace(state.a, separation=replace(state.a.separation, folder=Path("gone"))))
    assert shown_now(studio) == before
