"""The rules of the blind test, without a dialog."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from scipy.stats import binomtest

from app.compose import Studio
from app.jobs.runner import JobRunner
from app.viewmodel.abx import COLUMNS, AbxModel, AbxResult, AbxSong, Guess, Trial, Version, p_value
from app.viewmodel.signals import SOURCE, signals_of
from app.viewmodel.strips import MixerState, Strip
from engine.api import RESIDUAL, SOURCE_KEY, Separation
from engine.stems import DEFAULT_STEMS
from tests.support.fake_engine import FakePlayer
from tests.support.separations import make_separation

RATE = 44_100
RANGE = (1000, 1000 + RATE // 5)


class Bench:
    """A blind test with a listener who knows the gains, and so what X is."""

    def __init__(self, qtbot: QtBot, separation: Separation, player: FakePlayer, seed: int = 1) -> None:
        self.qtbot = qtbot
        self.player = player
        self.separation = separation
        self.runner = JobRunner()
        self.model = AbxModel(player, self.runner, random.Random(seed))
        player.load(signals_of(separation), separation.sample_rate)

    def open(self, *strips: Strip, loop: tuple[int, int] | None = RANGE) -> None:
        mixer = MixerState(strips or tuple(Strip(stem, 2) for stem in self.separation.stems), (1, 2))
        self.model.open(AbxSong(self.separation, "Söng", mixer, loop))

    def start(self, subject: int = 0, trials: int = 10) -> None:
        self.model.start(subject, trials)
        self.qtbot.waitUntil(lambda: self.model.state.phase != "matching")

    def stage(self) -> int:
        """The stage that sounds."""
        (stage,) = {stage for _stem, stage in self.player.gains}
        return stage

    def truth(self) -> Guess:
        self.model.play("X")
        return "A" if self.stage() == 1 else "B"


@pytest.fixture
def bench(qtbot: QtBot, separation: Separation, player: FakePlayer) -> Iterator[Bench]:
    made = Bench(qtbot, separation, player)
    yield made
    made.model.close()
    made.runner.cancel_all()
    made.runner.close()


@given(trials=st.integers(1, 40), data=st.data())
def test_the_p_value_is_the_one_sided_binomial_test(trials: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, trials))
    expected = binomtest(correct, trials, 0.5, alternative="greater").pvalue
    assert p_value(correct, trials) == pytest.approx(expected, rel=1e-9)


def test_the_p_value_is_the_share_of_all_guesses_that_are_at_least_as_good() -> None:
    # By counting all 2^8 ways to guess.
    ways = [sum(way) for way in itertools.product((0, 1), repeat=8)]
    for correct in range(9):
        assert p_value(correct, 8) == sum(way >= correct for way in ways) / len(ways)


@pytest.mark.parametrize(("correct", "heard"), [(8, False), (9, True), (10, True), (5, False), (0, False)])
def test_nine_of_ten_is_the_least_that_shows_a_difference(correct: int, heard: bool) -> None:
    trials = tuple(Trial("A", "A" if index < correct else "B") for index in range(10))
    result = AbxResult(trials)
    assert result.heard_difference is heard
    assert result.verdict == ("You hear a difference" if heard else "A difference was not shown")
    assert f"{correct} of 10 answers were right" in result.explanation


def test_x_is_drawn_evenly_and_independently(bench: Bench) -> None:
    bench.open()
    drawn: list[Guess] = []
    for _test in range(50):
        bench.start(trials=20)
        for _trial in range(20):
            drawn.append(bench.truth())
            bench.model.answer("A")
    values = np.array([each == "A" for each in drawn], float)
    # 1000 fair draws: three standard deviations of the share are 0.047, of the correlation 0.095.
    assert values.mean() == pytest.approx(0.5, abs=0.047)
    assert np.corrcoef(values[:-1], values[1:])[0, 1] == pytest.approx(0, abs=0.095)


def test_a_listener_who_knows_gets_all_right(bench: Bench) -> None:
    bench.open()
    bench.start(trials=10)
    for done in range(10):
        assert (bench.model.state.answered, bench.model.state.result) == (done, None)
        bench.model.answer(bench.truth())
    result = bench.model.state.result
    assert result is not None
    assert (bench.model.state.phase, result.correct, result.p) == ("done", 10, 2**-10)
    assert {trial.x for trial in result.trials} == {"A", "B"}
    assert not bench.player.playing


def test_each_version_is_its_stage_and_a_switch_does_not_move_the_position(bench: Bench) -> None:
    bench.open()
    bench.start()
    assert (bench.player.position, bench.player.loop) == (RANGE[0], RANGE)
    assert not bench.player.playing
    bench.model.play("A")
    assert (bench.stage(), bench.player.playing) == (1, True)
    bench.player.position = 1234
    bench.model.play("B")
    assert (bench.stage(), bench.player.position) == (2, 1234)
    heard_as: set[int] = set()
    for _again in range(3):
        bench.model.play("X")
        heard_as.add(bench.stage())
    assert len(heard_as) == 1


def test_both_stages_sound_equally_loud(bench: Bench) -> None:
    louder = make_separation(bench.separation.folder.parent / "louder", peak=0.1)
    quiet = louder.stem_signal("vocals", 1) * np.float32(0.25)
    with (louder.folder / "vocals.1.f32").open("wb") as file:
        file.write(np.ascontiguousarray(quiet.T, "<f4").tobytes())
    bench.separation = louder
    bench.open()
    bench.start(subject=1)
    assert bench.model.state.subject == "Vocals"
    levels_db: list[float] = []
    for version in ("A", "B"):
        bench.model.play(version)
        ((key, (left, right)),) = bench.player.gains.items()
        assert left == right <= 1.0
        heard = louder.stem_signal(*key)[:, slice(*RANGE)] * left  # type: ignore[arg-type]
        levels_db.append(float(10 * np.log10(np.mean(np.square(heard, dtype=np.float64)))))
    assert abs(levels_db[0] - levels_db[1]) < 0.1


def test_the_state_never_tells_what_x_is(qtbot: QtBot, separation: Separation) -> None:
    states: dict[Guess, list[object]] = {"A": [], "B": []}
    for seed in range(8):
        bench = Bench(qtbot, separation, FakePlayer(), seed)
        shown: list[object] = []
        bench.open()
        bench.start()
        bench.model.changed.connect(shown.append)
        bench.model.play("A")
        truth = bench.truth()
        bench.model.toggle()
        bench.model.answer("A")
        bench.runner.close()
        states[truth].append(tuple(shown))
    assert states["A"]
    assert states["B"]
    assert len({repr(each) for each in (*states["A"], *states["B"])}) == 1


def test_an_answer_counts_only_once_x_was_heard_in_this_trial(bench: Bench) -> None:
    bench.open()
    bench.start()
    bench.model.play("A")
    bench.model.answer("A")
    assert bench.model.state.answered == 0
    bench.model.play("X")
    bench.model.answer("A")
    assert bench.model.state.answered == 1
    assert (bench.player.position, bench.player.playing) == (RANGE[0], False)
    bench.model.answer("A")
    assert bench.model.state.answered == 1


def test_pause_goes_on_with_the_same_version(bench: Bench) -> None:
    bench.open()
    bench.start()
    bench.model.toggle()
    assert not bench.player.playing  # nothing was chosen yet
    bench.model.play("B")
    bench.model.toggle()
    assert (bench.player.playing, bench.model.state.playing) == (False, False)
    bench.model.toggle()
    assert (bench.player.playing, bench.model.state.version, bench.stage()) == (True, "B", 2)


def test_the_mix_as_heard_keeps_faders_pans_mutes_and_the_original(bench: Bench) -> None:
    bench.open(
        Strip(SOURCE, 0, gain_db=-20.0),
        Strip("vocals", 2, gain_db=-6.0, pan=-0.5),
        Strip("bass", 1, "delta"),
        Strip("drums", 1, muted=True),
        Strip(RESIDUAL, 2, gain_db=-12.0),
    )
    bench.start(subject=len(bench.model.state.subjects) - 1)
    assert bench.model.state.subject == "The mix as heard"
    versions: tuple[Version, ...] = ("A", "B")
    for stage, version in enumerate(versions, start=1):
        bench.model.play(version)
        found = bench.player.gains
        assert set(found) == {SOURCE_KEY, ("vocals", stage), ("bass", stage), (RESIDUAL, stage)}
        left, right = found["vocals", stage]
        assert left == pytest.approx(2 * right)
        assert found["bass", stage][0] / left == pytest.approx(10 ** (6 / 20))


@pytest.mark.parametrize(
    "strips",
    [
        [Strip(SOURCE, 0), Strip("vocals", 2, muted=True)],
        [Strip(SOURCE, 0, muted=True), *(Strip(stem, 2) for stem in (*DEFAULT_STEMS, RESIDUAL))],
    ],
)
def test_a_mix_that_sounds_the_same_in_both_stages_is_not_offered(bench: Bench, strips: list[Strip]) -> None:
    bench.open(*strips)
    assert bench.model.state.subjects == ("All stems", "Vocals", "Bass", "Drums", "Other")


@pytest.mark.parametrize(("seconds", "words"), [(0.5, "shorter than 1 s"), (5, ""), (31, "longer than 30 s")])
def test_a_range_that_is_hard_to_judge_is_warned_of(bench: Bench, tmp_path: Path, seconds: float, words: str) -> None:
    bench.separation = make_separation(tmp_path / "long", rate=8000, samples=32 * 8000, stems=["vocals"])
    bench.open(loop=(0, round(seconds * 8000)))
    warning = bench.model.state.warning
    assert words in warning
    assert bool(warning) == bool(words)


def test_without_a_loop_the_whole_song_is_the_range(bench: Bench) -> None:
    bench.open(loop=None)
    assert bench.model.state.whole_song
    bench.start()
    assert bench.player.loop == (0, bench.separation.samples)


def test_a_song_of_one_sample_is_compared_without_a_loop(qtbot: QtBot, player: FakePlayer, tmp_path: Path) -> None:
    tiny = Bench(qtbot, make_separation(tmp_path / "tiny", samples=1), player)
    tiny.open(loop=None)
    tiny.start()
    assert (tiny.model.state.phase, player.loop) == ("listening", None)  # no player repeats a single sample
    tiny.runner.close()


def test_somebody_sees_to_the_device_while_a_version_plays(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(bench.player, "attend", lambda: seen.append(bench.player.playing))
    bench.model = AbxModel(bench.player, bench.runner)
    bench.open()
    bench.start()
    bench.model.play("A")
    bench.qtbot.waitUntil(lambda: len(seen) > 2)
    bench.model.toggle()
    bench.qtbot.wait(250)
    assert all(seen)


def test_closing_gives_the_player_back_where_it_was(bench: Bench) -> None:
    bench.player.position = 77
    bench.open()
    bench.start()
    bench.model.play("X")
    with bench.qtbot.waitSignal(bench.model.ended):
        bench.model.close()
    assert (bench.player.position, bench.player.playing) == (77, False)
    assert bench.model.state.phase == "closed"
    bench.model.close()  # once is enough, and twice does no harm
    bench.model.play("A")
    assert not bench.player.playing


def test_closing_while_levels_are_measured_starts_nothing(bench: Bench) -> None:
    bench.open()
    bench.model.start(0, 10)
    bench.model.close()
    bench.open()
    bench.model.start(1, 16)
    bench.qtbot.waitUntil(lambda: bench.model.state.phase == "listening")
    bench.qtbot.waitUntil(lambda: not bench.runner.busy)
    bench.model.play("A")
    assert set(bench.player.gains) == {("vocals", 1)}
    assert bench.model.state.trials == 16


def test_silence_cannot_be_compared_and_says_so(bench: Bench) -> None:
    silent = bench.separation.folder / "bass.2.f32"
    silent.write_bytes(bytes(silent.stat().st_size))
    bench.open()
    bench.start(subject=2)
    problem = bench.model.state.problem
    assert bench.model.state.phase == "choosing"
    assert problem is not None
    assert "silent" in problem.text


def finish(bench: Bench, right: int) -> None:
    bench.open()
    bench.start(subject=1)
    for trial in range(10):
        truth = bench.truth()
        wrong: Guess = "B" if truth == "A" else "A"
        bench.model.answer(truth if trial < right else wrong)


def test_the_result_is_saved_as_one_row_for_each_trial(bench: Bench, tmp_path: Path) -> None:
    finish(bench, right=9)
    path = tmp_path / "résult.csv"
    bench.model.save(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["trial"] for row in rows] == [str(number) for number in range(1, 11)]
    assert {(row["song"], row["stem"], row["range_seconds"], row["p"]) for row in rows} == {
        ("Söng", "Vocals", "0.200", "0.0107422")
    }
    assert [row["correct"] for row in rows] == ["1"] * 9 + ["0"]
    assert all((row["x"] == row["answer"]) == (row["correct"] == "1") for row in rows)
    assert datetime.fromisoformat(rows[0]["date"]).tzinfo is not None
    assert bench.model.state.saved == path
    assert list(tmp_path.glob("*.part")) == []


def test_a_result_that_cannot_be_written_is_a_problem_with_the_files_name(bench: Bench, tmp_path: Path) -> None:
    finish(bench, right=5)
    bench.model.save(tmp_path / "missing" / "result.csv")
    problem = bench.model.state.problem
    assert problem is not None
    assert "result.csv" in problem.text
    assert bench.model.state.saved is None


def test_another_test_can_follow(bench: Bench) -> None:
    bench.player.position = 77
    finish(bench, right=5)
    bench.model.choose_again()
    assert (bench.model.state.phase, bench.model.state.result) == ("choosing", None)
    bench.start()
    assert bench.model.state.answered == 0
    bench.model.close()
    assert bench.player.position == 77


def test_after_a_test_the_song_loops_only_if_it_did_before(
    qtbot: QtBot, studio: Studio, song: Path, player: FakePlayer
) -> None:
    models = studio.models
    models.session.add([song])
    qtbot.waitUntil(lambda: models.session.state.page == "ready")
    models.transport.set_loop(*RANGE)
    for looping in (True, False):
        shown = studio.window.song_on_show()
        assert shown is not None
        models.abx.open(AbxSong(shown.separation, "Söng", models.mixer.state, shown.loop))
        models.abx.close()
        assert (player.loop is not None, models.transport.state.looping) == (looping, looping)
        models.transport.toggle_loop()
