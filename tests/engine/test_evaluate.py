"""Floors, ceiling, the scores of items, and `bandsaw evaluate` from folders to tables."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cli import run_command_line
from engine.errors import DeviceError
from engine.evaluation import evaluate, score
from engine.evaluation.baselines import Baselines, Spectrum, learn_spectrum, power_spectrum
from engine.evaluation.metrics import Scores, summarise
from engine.evaluation.score import SongSignals, score_items, score_song
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.model.bs_mamba2 import BSMamba2Config
from engine.progress import Progress, ProgressCallback
from engine.separation import Samples, Separation
from engine.stems import DEFAULT_STEMS, Stage
from tests.golden import recipe
from tests.support.models import save_tiny_model
from tests.support.songs import write_song

Capture = pytest.CaptureFixture[str]

RATE = 44_100
FOUR = tuple((stem,) for stem in DEFAULT_STEMS)


def _noise(*shape: int, seed: int = 0) -> Samples:
    return (0.1 * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def _bands(count: int, samples: int, seed: int = 0) -> Samples:
    """Targets (T, 2, N) of noise, each in a band of its own with a gap to the next."""
    spectrum = np.fft.rfft(_noise(count, 2, samples, seed=seed))
    share = np.linspace(0, count, spectrum.shape[-1])
    for index in range(count):
        spectrum[index][:, (share < index + 0.1) | (share > index + 0.9)] = 0
    return np.fft.irfft(spectrum, samples).astype(np.float32)


def _spectrum(references: Samples, rate: int = RATE) -> Spectrum:
    targets = FOUR[: len(references)]
    return Spectrum.of(targets, rate, np.stack([power_spectrum(reference) for reference in references]))


def _column(scores: Scores, metric: str = "usdr_db") -> dict[str, list[float]]:
    return {system: [getattr(one, metric) for one in targets.values()] for system, targets in scores.items()}


def test_masks_share_out_the_whole_mixture() -> None:
    references = _noise(4, 2, 30_000)
    mixture = references.sum(axis=0)
    learnt = learn_spectrum(FOUR, RATE, [_spectrum(_noise(4, 2, 30_000, seed=1))])
    estimates = Baselines(FOUR, learnt).estimates(mixture, references)
    assert set(estimates) == {"mixture", "equal_share", "wiener_mask", "ideal_ratio_mask"}
    for system in ("equal_share", "wiener_mask", "ideal_ratio_mask"):
        # The STFT there and back in float32.
        np.testing.assert_allclose(estimates[system].sum(axis=0), mixture, atol=1e-5)


def test_masks_separate_what_lies_in_bands_of_its_own() -> None:
    references = _bands(4, 2 * RATE)
    learnt = learn_spectrum(FOUR, RATE, [_spectrum(_bands(4, 2 * RATE, seed=1))])
    estimates = Baselines(FOUR, learnt).estimates(references.sum(axis=0), references)
    for system in ("wiener_mask", "ideal_ratio_mask"):
        error = np.square(estimates[system] - references).sum() / np.square(references).sum()
        # What is left is the window's leakage across the gaps.
        assert 10 * np.log10(error) < -40


def test_the_ideal_mask_is_above_the_learnt_one_and_that_above_the_mixture() -> None:
    items = [_noise(2, 2, 2 * RATE, seed=seed) for seed in range(2)]
    for item in items:
        item[0] = np.cumsum(item[0], axis=-1) / 100  # red noise against white
    scores = summarise(score_items(items, [{}, {}], DEFAULT_STEMS[:2]))
    averages = [scores[system]["average"].usdr_db for system in ("ideal_ratio_mask", "wiener_mask", "mixture")]
    assert averages == sorted(averages, reverse=True)


def test_silence_gives_silent_baselines() -> None:
    silence = np.zeros((4, 2, 5000), np.float32)
    learnt = learn_spectrum(FOUR, RATE, [_spectrum(silence)])
    estimates = Baselines(FOUR, learnt).estimates(silence[0], silence)
    assert estimates.keys() == {"mixture", "equal_share", "wiener_mask", "ideal_ratio_mask"}
    assert not any(estimate.any() for estimate in estimates.values())


def test_a_spectrum_is_the_mean_over_songs_of_any_level() -> None:
    first, second = _bands(2, RATE), _noise(2, 2, RATE, seed=1)
    learnt = learn_spectrum(FOUR[:2], RATE, [_spectrum(first), _spectrum(np.float32(100) * second)])
    assert learnt is not None
    assert learnt.sum() == pytest.approx(1)
    np.testing.assert_allclose(learnt, (_spectrum(first).power + _spectrum(second).power) / 2, rtol=1e-5)


def test_a_spectrum_is_learnt_for_merged_targets_but_never_taken_apart() -> None:
    apart = _spectrum(_noise(4, 2, RATE))
    merged = (("vocals",), ("bass", "other"), ("drums",))
    learnt = learn_spectrum(merged, RATE, [apart])
    assert learnt is not None
    np.testing.assert_allclose(learnt[1], apart.power[1] + apart.power[3])
    assert learn_spectrum(FOUR, RATE, [Spectrum(merged, RATE, learnt)]) is None
    assert learn_spectrum(FOUR, RATE, []) is None


def test_a_spectrum_is_moved_to_another_rate_by_frequency() -> None:
    tone = np.sin(2 * np.pi * 3000 * np.arange(RATE) / RATE).astype(np.float32)[None]
    other = Spectrum.of(FOUR[:1], RATE, power_spectrum(tone)[None])
    learnt = learn_spectrum(FOUR[:1], 2 * RATE, [other])
    assert learnt is not None
    assert np.argmax(learnt[0]) == pytest.approx(3000 / (2 * RATE) * 2048, abs=1)


def test_blocks_do_not_change_the_scores_of_a_song(monkeypatch: pytest.MonkeyPatch) -> None:
    rate, samples = 8000, 8000 * 23 + 345  # three blocks of 10 s, the last one short, none on the STFT's grid
    references = _noise(2, 2, samples)
    estimate = references + _noise(2, 2, samples, seed=1)
    signals = SongSignals(
        FOUR[:2],
        rate,
        samples,
        mixture=lambda part: references.sum(axis=0)[:, part],
        references=lambda part: references[..., part],
        estimates={1: lambda part: estimate[..., part]},
    )
    baselines = Baselines(FOUR[:2], _spectrum(_bands(2, RATE)).power)
    in_blocks = score_song(signals, baselines)
    monkeypatch.setattr(score, "_BLOCK_SECONDS", 1000)
    at_once = score_song(signals, baselines)
    for metric in ("csdr_db", "usdr_db"):
        for system, values in _column(at_once, metric).items():
            # float32 of the STFT; half the context would be off by 3e-5 dB, none by 1e-4
            assert _column(in_blocks, metric)[system] == pytest.approx(values, abs=1e-5)


def test_items_have_the_scores_of_their_stages() -> None:
    references = _noise(3, 4, 2, RATE)

    def estimates() -> Iterator[Mapping[Stage, Samples]]:
        for reference in references:
            yield {1: 0.9 * reference, 2: 0.99 * reference}

    items = score_items(references, estimates(), DEFAULT_STEMS, floors=False)
    scores = summarise(items)
    assert list(scores) == ["stage1", "stage2"]
    assert list(scores["stage1"]) == [*DEFAULT_STEMS, "average"]
    # float32 estimates: 1e-7 of a hundredth
    assert _column(scores)["stage1"] == pytest.approx([20] * 5, abs=1e-3)
    assert _column(scores, "csdr_db")["stage2"] == pytest.approx([40] * 5, abs=1e-3)
    assert len(items) == 3


def test_the_floors_of_items_do_not_depend_on_the_model() -> None:
    references = _noise(3, 4, 2, RATE)
    floors = _column(summarise(score_items(references, [{}] * 3, DEFAULT_STEMS)))
    both = _column(summarise(score_items(references, [{1: item} for item in references], DEFAULT_STEMS)))
    assert {system: both[system] for system in floors} == floors
    assert set(both) - set(floors) == {"stage1"}


def test_an_item_learns_its_wiener_mask_from_the_others_alone() -> None:
    references = _bands(2, RATE)
    opposite = references[::-1].copy()
    # The others have the bands the other way round, so each mask takes just the other target: an error of 3 dB.
    scores = score_items([references, opposite, opposite], [{}] * 3, DEFAULT_STEMS[:2])
    assert _column(scores[0])["wiener_mask"] == pytest.approx([-3, -3], abs=0.5)
    alone = score_items([references], [{}], DEFAULT_STEMS[:2])
    assert "wiener_mask" not in alone[0]


def test_an_item_does_not_learn_its_wiener_mask_from_its_own_song() -> None:
    references = _bands(2, RATE)
    items = [references, references, references[::-1].copy()]
    found = score_items(items, [{}] * 3, DEFAULT_STEMS[:2], songs=["a", "a", "b"])
    # The other song has the bands the other way round, as above; the second item of this song would have them right.
    assert _column(found[0])["wiener_mask"] == pytest.approx([-3, -3], abs=0.5)


def test_a_silent_stem_of_an_item_is_left_out_and_its_leakage_told() -> None:
    references = _noise(2, 4, 2, RATE)
    references[0, 2] = 0
    estimates = references + 0.01 * references.sum(axis=1, keepdims=True)
    first, second = score_items(references, [{1: item} for item in estimates], DEFAULT_STEMS)
    summary, leaking = summarise([first, second]), first["stage1"]["drums"]
    assert np.isnan(leaking.usdr_db)
    assert leaking.leakage_db == pytest.approx(-40, abs=0.01)
    drums = summary["stage1"]["drums"]
    assert drums.usdr_db == pytest.approx(second["stage1"]["drums"].usdr_db)
    assert drums.leakage_db == leaking.leakage_db
    assert summary["mixture"]["drums"].leakage_db == pytest.approx(0, abs=1e-6)


def test_items_without_estimates_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score_items(_noise(2, 4, 2, RATE), [{}], DEFAULT_STEMS)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("model") / "tiny.safetensors"))


@pytest.fixture(autouse=True)
def work(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home of temporary files, which must be empty again after every test."""
    folder = tmp_path_factory.mktemp("work")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def _stems(seconds: float = 3.0, seed: int = 0) -> dict[str, Samples]:
    """Four stems that sound throughout, with different spectra."""
    samples = int(seconds * RATE)
    signals = [np.roll(recipe.signal(samples), 1000 * (index + seed), axis=-1) for index in range(4)]
    return dict(zip(DEFAULT_STEMS, np.stack(signals) * _bands(4, samples, seed=seed) * 10, strict=True))


def _song(root: Path, name: str, files: Mapping[str, Samples], rate: int = RATE) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for file, signal in files.items():
        write_song(folder / f"{file}.wav", signal, rate)
    return folder


def _two_songs(root: Path) -> tuple[dict[str, Samples], dict[str, Samples]]:
    """One song with a mixture, one with a merged reference and none."""
    first, second = _stems(), _stems(seed=5)
    _song(root, "A whole", {**first, "mixture": sum(first.values(), np.zeros_like(first["bass"]))})
    merged = {"other_bass": second["bass"] + second["other"], "vocals": second["vocals"], "drums": second["drums"]}
    _song(root, "B merged", merged)
    return first, second


def _evaluate(capsys: Capture, *arguments: object, code: int = 0) -> dict[str, Any]:
    assert run_command_line(["evaluate", "--json", "--quality", "fast", *map(str, arguments)]) == code
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    told = [line.partition(":")[0] for line in captured.err.splitlines()]
    names = sorted(each["song"] for each in (*result["failed"], *result["songs"]))
    failed = {each["song"] for each in result["failed"]}
    assert [line for line in told if line != "warning"] == ["error" if name in failed else name for name in names]
    return result


def _separated(tmp_path: Path, mixture: Path, model: str) -> Separation:
    return separate(SeparationRequest(mixture, tmp_path / "separated", model=model, quality="fast"))


def _usdr_db(reference: Samples, estimate: Samples) -> float:
    error = (reference.astype(np.float64) - estimate) ** 2
    return float(10 * np.log10((np.sum(reference.astype(np.float64) ** 2) + 1e-7) / (np.sum(error) + 1e-7)))


@pytest.mark.slow
def test_songs_are_scored_as_the_program_separates_them(model: str, tmp_path: Path, capsys: Capture) -> None:
    root = tmp_path / "songs"
    first, second = _two_songs(root)
    (root / "A whole" / "notes.txt").write_text("not audio")
    write_song(root / "A whole" / "guitar.wav", first["bass"], RATE)  # no stem of the model, nor of MUSDB
    result = _evaluate(capsys, "--references", root, "--model", model)

    assert (result["model"], result["quality"], result["failed"]) == ("tiny", "fast", [])
    assert [song["song"] for song in result["songs"]] == ["A whole", "B merged"]
    whole, merged = (song["scores"] for song in result["songs"])
    systems = {"stage1", "stage2", "mixture", "equal_share", "ideal_ratio_mask"}
    assert set(merged) == systems | {"wiener_mask"}  # learnt from the other song
    assert set(whole) == systems  # which does not tell bass from other
    assert result["songs"][0]["seconds"] == 3.0

    separation = _separated(tmp_path, root / "A whole" / "mixture.wav", model)
    for stage in (1, 2):
        expected = {stem: _usdr_db(first[stem], separation.stem_signal(stem, stage)) for stem in DEFAULT_STEMS}
        assert whole[f"stage{stage}"]["usdr_db"] == pytest.approx(expected, abs=1e-6)
    mixture = sum(first.values(), np.zeros_like(first["bass"]))
    for system, share in (("mixture", 1.0), ("equal_share", 0.25)):
        expected = {stem: _usdr_db(first[stem], share * mixture) for stem in DEFAULT_STEMS}
        assert whole[system]["usdr_db"] == pytest.approx(expected, abs=1e-4)  # float32 mixtures

    assert list(merged["stage1"]["usdr_db"]) == ["vocals", "bass_other", "drums"]
    mixture = sum(second.values(), np.zeros_like(second["bass"]))
    expected = _usdr_db(second["bass"] + second["other"], 0.5 * mixture)
    assert merged["equal_share"]["usdr_db"]["bass_other"] == pytest.approx(expected, abs=1e-4)

    summary = result["summary"]
    vocals = [song["scores"]["stage2"]["usdr_db"]["vocals"] for song in result["songs"]]
    assert summary["stage2"]["usdr_db"]["vocals"] == pytest.approx(np.mean(vocals))
    assert summary["stage2"]["usdr_db"]["bass"] == whole["stage2"]["usdr_db"]["bass"]


def test_a_merged_reference_is_compared_with_the_sum_of_estimates(model: str, tmp_path: Path, capsys: Capture) -> None:
    stems = _stems()
    mixture = sum(stems.values(), np.zeros_like(stems["bass"]))
    rest = mixture - stems["vocals"]
    song = _song(tmp_path / "songs", "A", {"vocals": stems["vocals"], "bass_drums_other": rest, "mixture": mixture})
    result = _evaluate(capsys, "--references", song.parent, "--model", model, "--stages", "2")
    separation = _separated(tmp_path, song / "mixture.wav", model)
    estimate = np.sum([separation.stem_signal(stem, 2) for stem in DEFAULT_STEMS[1:]], axis=0)
    scores = result["songs"][0]["scores"]
    assert "stage1" not in scores
    # float32 sums in another order
    assert scores["stage2"]["usdr_db"]["bass_drums_other"] == pytest.approx(_usdr_db(rest, estimate), abs=1e-4)


def test_songs_keep_their_own_rate_and_channels(model: str, tmp_path: Path, capsys: Capture) -> None:
    stems = {stem: signal[:1, :44_000] for stem, signal in _stems(1.5).items()}
    song = _song(tmp_path / "songs", "mono", stems, rate=22_000)
    result = _evaluate(capsys, "--references", song.parent, "--model", model)
    assert result["songs"][0]["sample_rate"] == 22_000
    assert result["songs"][0]["seconds"] == 2.0
    assert None not in result["songs"][0]["scores"]["stage2"]["csdr_db"].values()


def test_a_silent_stem_has_leakage_and_no_sdr(model: str, tmp_path: Path, capsys: Capture) -> None:
    stems = _stems(1.5)
    stems["drums"] = np.zeros_like(stems["drums"])
    song = _song(tmp_path / "songs", "A", stems)
    scores = _evaluate(capsys, "--references", song.parent, "--model", model)["summary"]
    for system in ("stage1", "stage2", "mixture"):
        assert scores[system]["usdr_db"]["drums"] is None
        assert scores[system]["leakage_db"]["drums"] is not None
        assert set(scores[system]["csdr_db"].values()) == {None}
    assert scores["mixture"]["leakage_db"]["drums"] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_what_a_model_does_not_separate_counts_to_its_remainder(tmp_path: Path, capsys: Capture) -> None:
    tiny = BSMamba2Config(16, depth=1, state_dim=16, expand=2, head_dim=16)
    vocals_model, root = save_tiny_model(tmp_path / "vocals.safetensors", tiny), tmp_path / "songs"
    stems = _stems()
    _song(root, "A", stems)
    rest = sum((stems[name] for name in ("bass", "drums")), stems["other"])
    _song(root, "B", {"vocals": stems["vocals"], "other": rest})
    _song(root, "C", {"vocals_bass": stems["vocals"] + stems["bass"], "drums": stems["drums"]})
    result = _evaluate(capsys, "--references", root, "--model", vocals_model, code=1)
    first, second = (song["scores"] for song in result["songs"])
    assert list(first["stage1"]["usdr_db"]) == ["vocals", "other"]
    for system in ("stage1", "mixture", "ideal_ratio_mask"):
        for stem, figure in first[system]["usdr_db"].items():
            # Sums of float32 files in another order.
            assert figure == pytest.approx(second[system]["usdr_db"][stem], abs=1e-3)
    assert "not apart" in result["failed"][0]["message"]


def _broken_songs(root: Path) -> dict[str, str]:
    """Songs that cannot be scored, and words of the sentence that says why."""
    stems = _stems(1.2)
    without = {stem: signal for stem, signal in stems.items() if stem != "drums"}
    _song(root, "missing", {**without, "mixture": stems["bass"]})
    _song(root, "length", {**without, "drums": stems["drums"][:, :-1]})
    _song(root, "channels", {**stems, "mixture": stems["bass"][:1]})
    write_song(_song(root, "rate", without) / "drums.wav", stems["drums"], 48_000)
    _song(root, "twice", {**stems, "bass_other": stems["bass"]})
    write_song(_song(root, "mixtures", {**stems, "mixture": stems["bass"]}) / "mixture.w64", stems["bass"], RATE, "W64")
    _song(root, "short", {stem: signal[:, : RATE - 1] for stem, signal in stems.items()})
    (_song(root, "damaged", without) / "drums.wav").write_bytes(b"no music")
    (root / "empty").mkdir()
    return {
        "missing": "there is no reference for drums",
        "length": "52920 samples, 2 channels and 44100 Hz, but drums.wav has 52919 samples",
        "channels": "mixture.wav has 52920 samples, 1 channels",
        "rate": "48000 Hz",
        "twice": "bass is in two references, bass.wav and bass_other.wav",
        "mixtures": "two mixtures, mixture.w64 and mixture.wav",
        "short": "shorter than a second",
        "damaged": "cannot use 'drums.wav'",
        "empty": "no reference for vocals, bass, drums, other",
    }


def test_a_song_that_cannot_be_scored_is_one_sentence_and_the_others_go_on(
    model: str, tmp_path: Path, capsys: Capture
) -> None:
    root = tmp_path / "songs"
    reasons = _broken_songs(root)
    _song(root, "good", _stems(1.2))
    result = _evaluate(capsys, "--references", root, "--model", model, code=1)
    assert [song["song"] for song in result["songs"]] == ["good"]
    failed = {failure["song"]: failure for failure in result["failed"]}
    assert set(failed) == set(reasons)
    for name, words in reasons.items():
        assert words in failed[name]["message"]
        assert "\n" not in failed[name]["message"]
        assert failed[name]["kind"] == ("decode" if name == "damaged" else "references")


def test_a_stem_that_the_model_does_not_have_is_refused(tmp_path: Path, capsys: Capture) -> None:
    two = save_tiny_model(tmp_path / "two.safetensors", sources=2)
    stems = _stems(1.2)
    _song(tmp_path / "songs", "A", {"stem1": stems["bass"], "stem2": stems["drums"], "vocals": stems["vocals"]})
    _song(tmp_path / "songs", "B", {"stem1": stems["bass"], "stem2": stems["drums"]})
    result = _evaluate(capsys, "--references", tmp_path / "songs", "--model", two, code=1)
    assert result["failed"][0]["message"] == "it has a reference for vocals, which the model does not separate"
    assert list(result["summary"]["stage2"]["usdr_db"]) == ["stem1", "stem2", "average"]


def test_the_tables_hold_every_system_and_errors_go_to_standard_error(tmp_path: Path, capsys: Capture) -> None:
    first_stage = save_tiny_model(tmp_path / "first.safetensors", map_blocks=0)
    root = tmp_path / "songs"
    for index in range(2):
        _song(root, f"song {index}", _stems(1.2, seed=index))
    (root / "wrong").mkdir()
    arguments = ["evaluate", "--references", str(root), "--model", str(first_stage), "--quality", "fast"]
    assert run_command_line(arguments) == 1
    captured = capsys.readouterr()
    *songs, last = captured.err.splitlines()
    assert last == "error: wrong: there is no reference for vocals, bass, drums, other"
    assert [line.partition(" in dB: ")[0] for line in songs] == [f"song {index}: uSDR of stage 1" for index in range(2)]
    lines = captured.out.splitlines()
    assert re.fullmatch(r"2 songs, model tiny, quality fast, cpu \(\d threads?\) in float32", lines[0])
    starts = [line[:24].strip() for line in lines]
    systems = ["ideal ratio mask", "stage 1: mask", "Wiener mask", "mixture in equal shares", "mixture"]
    csdr, usdr = starts.index("cSDR, median over songs"), starts.index("uSDR, mean over songs")
    assert starts[csdr + 2 : csdr + 7] == systems
    assert starts[usdr + 2 : usdr + 8] == [*systems, "TS-BSMAMBA2, paper"]
    assert lines[usdr + 1].split() == [*DEFAULT_STEMS, "average"]
    assert lines[usdr + 7].split()[-5:] == ["-", "-", "-", "-", "8.71"]
    assert "level where" not in captured.out  # no silent reference

    limited = _evaluate(capsys, "--references", root, "--model", first_stage, "--limit", 1)
    assert [song["song"] for song in limited["songs"]] == ["song 0"]


def test_a_terminal_shows_progress_and_ctrl_c_leaves_nothing(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_request: SeparationRequest, on_progress: ProgressCallback) -> Separation:
        on_progress(Progress("separate", 1, 4))
        raise KeyboardInterrupt

    song = _song(tmp_path / "songs", "Lied\x1bß", _stems(1.2))
    monkeypatch.setattr(evaluate, "separate", interrupted)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run_command_line(["evaluate", "--references", str(song.parent), "--model", model]) == 130
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.split("\r\x1b[K") == ["", "Lied?ß: 0%", "Lied?ß: 25%", "bandsaw: cancelled\n"]


def test_what_was_scored_before_an_interrupt_is_told(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        _song(tmp_path / "songs", name, _stems(1.2))

    def scored_once(*arguments: object) -> Scores:
        monkeypatch.setattr(evaluate, "score_song", interrupted)
        return score_song(*arguments)  # type: ignore[arg-type]

    def interrupted(*_arguments: object) -> Scores:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluate, "score_song", scored_once)
    arguments = ["evaluate", "--references", str(tmp_path / "songs"), "--model", model, "--quality", "fast"]
    assert run_command_line([*arguments, "--json"]) == 130
    captured = capsys.readouterr()
    assert captured.out == ""
    scores, end = captured.err.splitlines()
    found = re.fullmatch(r"first: uSDR of stage 2 in dB: vocals (\S+), bass (\S+), drums (\S+), other (\S+)", scores)
    assert found is not None
    assert np.isfinite(np.array(found.groups(), float)).all()
    assert end == "bandsaw: cancelled"


def test_a_song_is_separated_before_the_next_is_read_and_the_floors_come_last(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, name in enumerate("ABC"):
        _song(tmp_path / "songs", name, _stems(1.2, seed=seed))
    steps: list[str] = []

    def noted(step: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            steps.append(step)
            return function(*arguments)

        return call

    def separate_but_one(request: SeparationRequest, on_progress: ProgressCallback) -> Separation:
        if steps.count("separate") == 2:
            raise DeviceError("no more")
        return separate(request, on_progress)

    monkeypatch.setattr(evaluate, "survey_song", noted("read", evaluate.survey_song))
    monkeypatch.setattr(evaluate, "separate", noted("separate", separate_but_one))
    monkeypatch.setattr(evaluate, "Baselines", noted("floors", Baselines))
    arguments = ["--references", tmp_path / "songs", "--model", model, "--stages", "1"]
    result = _evaluate(capsys, *arguments, code=1)
    assert steps == [*["read", "separate"] * 3, *["floors"] * 2]
    assert [failure["song"] for failure in result["failed"]] == ["B"]

    # A song that could be read is learnt from, also where its separation failed.
    references = {name: np.stack(list(_stems(1.2, seed=seed).values())) for seed, name in enumerate("ABC")}
    learnt = learn_spectrum(FOUR, RATE, [_spectrum(references[name]) for name in "BC"])
    mixture = references["A"].sum(axis=0)
    wiener = Baselines(FOUR, learnt).estimates(mixture, references["A"])["wiener_mask"]
    expected = {stem: _usdr_db(references["A"][i], wiener[i]) for i, stem in enumerate(DEFAULT_STEMS)}
    # float32 sums in another order
    assert result["songs"][0]["scores"]["wiener_mask"]["usdr_db"] == pytest.approx(expected, abs=1e-3)


def test_what_is_wrong_with_a_reference_is_said(model: str, tmp_path: Path, capsys: Capture) -> None:
    stems = _stems(1.2)
    mixture = sum(stems.values(), np.zeros_like(stems["bass"]))
    damaged = stems["bass"].copy()
    damaged[:, 100:200] = np.nan
    song = _song(tmp_path / "songs", "A", {**stems, "bass": damaged, "mixture": mixture})
    (result,) = _evaluate(capsys, "--references", song.parent, "--model", model)["songs"]
    words = (
        "bass.wav: 200 samples are not numbers, or far too large, and were replaced by silence, the first at 0:00.00."
    )
    assert result["warnings"] == [words]


def test_what_computed_is_told_song_by_song(
    model: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A", "B", "C"):
        _song(tmp_path / "songs", name, _stems(1.2))
    arguments = ["--references", tmp_path / "songs", "--model", model, "--precision", "int16"]
    known = {(song["device"], song["precision"]) for song in _evaluate(capsys, *arguments)["songs"]}
    ((cpu, precision),) = known  # float32 where the processor lacks what int16 needs
    assert cpu.startswith("cpu")
    assert precision in ("int16", "float32")

    def without_memory(request: SeparationRequest, on_progress: ProgressCallback) -> Separation:
        made = separate(request, on_progress)
        return made if request.source.parent.name == "B" else replace(made, device="cuda (X)", precision="bfloat16")

    mixtures = sum(_stems(1.2).values(), np.zeros((2, int(1.2 * RATE)), np.float32))
    for name in ("A", "B", "C"):
        write_song(tmp_path / "songs" / name / "mixture.wav", mixtures, RATE)
    monkeypatch.setattr(evaluate, "separate", without_memory)
    songs = _evaluate(capsys, *arguments)["songs"]
    assert [song["device"] for song in songs] == ["cuda (X)", cpu, "cuda (X)"]
    assert [song["precision"] for song in songs] == ["bfloat16", precision, "bfloat16"]
    assert run_command_line(["evaluate", "--quality", "fast", *map(str, arguments)]) == 0
    caption = capsys.readouterr().out.splitlines()[0]
    assert caption == f"3 songs, model tiny, quality fast, cuda (X) in bfloat16 or {cpu} in {precision}"


@pytest.mark.parametrize("wrong", [["--limit", "0"], ["--limit", "-1"], ["--quality", "great"], ["--stages", "3"]])
def test_wrong_usage_ends_with_code_2(wrong: list[str], capsys: Capture) -> None:
    assert run_command_line(["evaluate", "--references", "songs", *wrong]) == 2
    assert wrong[0] in capsys.readouterr().err.splitlines()[-1]


def test_nothing_to_score_is_one_sentence(model: str, tmp_path: Path, capsys: Capture) -> None:
    for folder, words in ((tmp_path, "holds no folders"), (tmp_path / "gone", "cannot read the folder")):
        assert run_command_line(["evaluate", "--references", str(folder), "--model", model]) == 1
        assert words in capsys.readouterr().err
    assert run_command_line(["evaluate", "--references", str(tmp_path), "--model", str(tmp_path / "gone")]) == 1
    assert "gone" in capsys.readouterr().err


def test_a_stage_or_weights_that_are_not_there_are_told_before_a_song_is_read(tmp_path: Path, capsys: Capture) -> None:
    one_stage = save_tiny_model(tmp_path / "one.safetensors", map_blocks=0)
    song = _song(tmp_path / "songs", "A", _stems(1.2))
    for wrong, words in (
        (["--model", str(one_stage), "--stages", "2"], "has no second stage"),
        (["--model", "preset:small"], "preset:small is a network without weights"),
    ):
        assert run_command_line(["evaluate", "--references", str(song.parent), *wrong]) == 1
        captured = capsys.readouterr()
        assert (captured.out, captured.err.count("\n")) == ("", 1)
        assert words in captured.err
    both = _evaluate(capsys, "--references", song.parent, "--model", one_stage, "--stages", "both")
    assert [system for system in both["summary"] if system.startswith("stage")] == ["stage1"]


def test_the_papers_average_stands_beside_that_of_four_stems_only(tmp_path: Path, capsys: Capture) -> None:
    two = save_tiny_model(tmp_path / "two.safetensors", sources=2)
    stems = _stems(1.2)
    _song(tmp_path / "songs", "A", {"stem1": stems["bass"], "stem2": stems["drums"]})
    assert run_command_line(["evaluate", "--references", str(tmp_path / "songs"), "--model", str(two)]) == 0
    out = capsys.readouterr().out
    assert "TS-BSMAMBA2, paper" not in out
    assert out.endswith("All figures in dB.\n")
