"""Two results of one song as one separation: every signal, file and figure comes from the right side."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.comparison import Comparison, Side, compared, remember_sides, remembered_sides, same_song
from engine.evaluation.reference import ReferenceRequest, add_reference, load_references, remove_reference
from engine.export import ExportRequest, export, plan_export
from engine.overview import OverviewRequest, build_overviews, load_overview
from engine.results import ResultsLibrary
from engine.separation import REFERENCE_STAGE, RESIDUAL, Separation
from engine.signals import open_signal, signal_keys, signal_of
from tests.support.separations import make_separation, noise
from tests.support.songs import write_song

SONG = noise(2, 5000, 0.5, seed=9)


@pytest.fixture
def four(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "four", samples=5000, seed=1, model="default", of=SONG)


@pytest.fixture
def two(tmp_path: Path) -> Separation:
    return make_separation(
        tmp_path / "two", samples=5000, seed=2, model="/models/voice", stems=("vocals", "other"), stages=(1,), of=SONG
    )


@pytest.fixture
def both(four: Separation, two: Separation) -> Comparison:
    return compared(Side(four, 2), Side(two, 1))


def heard(separation: Separation, stem: str, stage: int) -> np.ndarray:
    return np.asarray(signal_of(separation, (stem, stage))[:, :])


def test_each_side_sounds_as_its_own_result(both: Comparison, four: Separation, two: Separation) -> None:
    assert (both.stems, both.stages) == (four.stems, (1, 2))
    for stem in ("vocals", "other", RESIDUAL):
        np.testing.assert_array_equal(heard(both, stem, 1), heard(four, stem, 2))
        np.testing.assert_array_equal(heard(both, stem, 2), heard(two, stem, 1))
    np.testing.assert_array_equal(heard(both, "bass", 1), heard(four, "bass", 2))
    assert not heard(both, "bass", 2).any()
    assert both.lacks(("bass", 2))
    assert not both.lacks(("bass", 1))


def test_stems_and_residual_of_each_side_are_the_song(both: Comparison) -> None:
    for stage in both.stages:
        total = sum(heard(both, stem, stage) for stem in (*both.stems, RESIDUAL))
        # float32 sums of six signals below 1
        np.testing.assert_allclose(total, SONG, atol=5e-7)


def test_files_read_as_the_mapped_signals_do(both: Comparison) -> None:
    with ExitStack() as stack:
        for key in signal_keys(both):
            np.testing.assert_array_equal(open_signal(both, key, stack)[:, :], signal_of(both, key)[:, :])
        with pytest.raises(ValueError, match="no stage 3"):
            open_signal(both, (RESIDUAL, 3), stack)


def test_stems_keep_their_usual_order_whichever_side_has_more(four: Separation, two: Separation) -> None:
    assert compared(Side(two, 1), Side(four, 1)).stems == four.stems
    odd = replace(two, stems=("vocals", "piano"))
    assert compared(Side(odd, 1), Side(four, 1)).stems == (*four.stems, "piano")


def test_results_of_two_songs_are_not_compared(four: Separation, two: Separation) -> None:
    with pytest.raises(ValueError, match="one song"):
        compared(Side(four, 1), Side(replace(two, samples=4999), 1))


def test_a_side_is_drawn_from_its_own_drawings(both: Comparison, four: Separation, two: Separation) -> None:
    for separation in (four, two):
        build_overviews(OverviewRequest(separation))
    for key, separation, own in ((("other", 1), four, ("other", 2)), ((RESIDUAL, 2), two, (RESIDUAL, 1))):
        drawn, expected = load_overview(both, key), load_overview(separation, own)
        np.testing.assert_array_equal(drawn.peaks.levels[0], expected.peaks.levels[0])
    with pytest.raises(FileNotFoundError):
        load_overview(both, ("drums", 2))


def test_a_song_is_one_by_its_samples(four: Separation, two: Separation, tmp_path: Path) -> None:
    assert same_song(four, replace(two, source=Path("renamed.flac")))
    changed = SONG.copy()
    changed[1, -1] += 0.1
    assert not same_song(four, make_separation(tmp_path / "other", samples=5000, of=changed))
    assert not same_song(four, make_separation(tmp_path / "short", samples=4999, of=SONG[:, :4999]))
    assert not same_song(four, replace(two, sample_rate=48_000))


def test_the_library_knows_all_results_of_a_song(four: Separation, two: Separation, tmp_path: Path) -> None:
    library = ResultsLibrary(tmp_path / "library")
    other = make_separation(tmp_path / "other", samples=5000)
    library.work_folder()  # makes the folder
    kept = [library.keep(letter * 64, each) for letter, each in zip("abc", (two, four, other), strict=True)]
    own = replace(kept[1], source=Path("/now/here.wav"))
    found = library.results_of(own)
    assert [each.folder for each in found] == [kept[1].folder, kept[0].folder]
    assert {each.source for each in found} == {own.source}
    library.close()


def test_what_was_compared_is_remembered(four: Separation, two: Separation) -> None:
    assert remembered_sides(four) == ()
    remember_sides(four, [Side(two, 1), Side(four, 2)])
    assert remembered_sides(four) == (("two", 1), ("four", 2))
    (four.folder / "compared.json").write_text('[["two", 3], ["four", 2]]')
    assert remembered_sides(four) == ()
    remember_sides(four, [])
    remember_sides(four, [])
    assert not (four.folder / "compared.json").exists()


def test_an_export_names_the_sides_and_leaves_out_what_a_side_has_not(both: Comparison, tmp_path: Path) -> None:
    request = ExportRequest(both, tmp_path / "out", stages=(1, 2), minus=("bass", "vocals"), format="wav32f")
    report = export(replace(request, project=True))
    names = sorted(file.path.name for file in report.written)
    assert names == [
        "bass_default_stage-2.wav", "drums_default_stage-2.wav", "minus_vocals.wav",
        "other_default_stage-2.wav", "other_voice.wav", "out.rpp", "vocals_default_stage-2.wav", "vocals_voice.wav",
    ]  # fmt: skip
    assert "(voice)" in (tmp_path / "out" / "out.rpp").read_text()
    with pytest.raises(ValueError, match="Nothing is chosen"):
        plan_export(replace(request, stems=("bass",), stages=(2,), minus=()))


def test_two_qualities_of_a_model_are_told_apart(four: Separation, two: Separation) -> None:
    best = replace(two, model="default", quality="best")
    made = compared(Side(four, 1), Side(best, 1))
    assert [made.label(stage) for stage in made.stages] == ["default, stage 1, fast", "default, best"]
    own = compared(Side(four, 2), Side(four, 1))
    assert [own.label(stage) for stage in own.stages] == ["default, stage 2", "default, stage 1"]


def test_a_reference_scores_both_sides(both: Comparison, four: Separation, two: Separation, tmp_path: Path) -> None:
    truth = four.stem_signal("vocals", 2)
    with_noise = (truth + noise(2, 5000, 0.001, seed=5)).astype(np.float32)
    file = write_song(tmp_path / "truth.wav", with_noise, 44_100)
    made = add_reference(ReferenceRequest(both, "vocals", file))
    close, far = made.sdr_db[1], made.sdr_db[2]
    assert close is not None
    assert far is not None
    assert close > 30 > far  # noise of a hundredth against another signal altogether
    assert load_references(both) == {"vocals": made}
    np.testing.assert_array_equal(heard(both, "vocals", REFERENCE_STAGE), with_noise)
    remove_reference(two, "vocals")
    assert load_references(both)["vocals"].sdr_db == {1: close, 2: None}
    remove_reference(both, "vocals")
    assert load_references(both) == load_references(four) == {}
