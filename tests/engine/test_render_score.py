from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.render import recipe
from engine.training.render.assets import Assets, load_assets
from engine.training.render.grooves import GROOVES, LEVELS
from engine.training.render.instruments import Cues, SampledInstrument, midi_hz, play
from engine.training.render.parts import write_part
from engine.training.render.patterns import pattern_score
from engine.training.render.score import QUALITIES, draw_sections, parse_chord, procedural_score
from engine.training.render.synth import Patch, Synth, saw_cycle, sine_cycle
from engine.training.render.vocals import pitch_shift
from tests.support.assets import make_pack

RATE = recipe.SAMPLE_RATE


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    return load_assets(make_pack(tmp_path_factory.mktemp("pack")))


def loudest_hz(signal: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal)), 1 << 18))
    return float(np.argmax(spectrum) * RATE / (1 << 18))


@given(seed=st.integers(0, 10_000), seconds=st.floats(1, 120))
def test_chords_and_sections_cover_the_song_without_gaps(seed: int, seconds: float) -> None:
    score = procedural_score(np.random.default_rng(seed), seconds)
    for spans in (score.chords, score.sections):
        assert spans[0].start == 0
        assert spans[-1].stop >= score.beats
        assert all(one.stop == two.start for one, two in pairwise(spans))
    assert all(section.muted < set(recipe.STEMS) for section in score.sections)


def test_stems_are_muted_for_a_tenth_to_a_third_of_the_time() -> None:
    sections = [section for seed in range(200) for section in draw_sections(np.random.default_rng(seed), 64)]
    beats = sum(section.stop - section.start for section in sections)
    for stem in recipe.STEMS:
        muted = sum(section.stop - section.start for section in sections if stem in section.muted)
        assert 0.08 < muted / beats < 0.33


@given(swing=st.floats(0, 1), bpm=st.floats(50, 200))
def test_swing_delays_the_second_eighth_and_nothing_else(swing: float, bpm: float) -> None:
    score = procedural_score(np.random.default_rng(0), 10)
    score = replace(score, swing=swing, bpm=bpm)
    beat = score.beat_samples
    np.testing.assert_allclose(score.samples_at(np.array([0.0, 1.0, 2.0])), [0, beat, 2 * beat])
    assert score.samples_at(1.5) == pytest.approx((1.5 + swing / 6) * beat)
    assert (np.diff(score.samples_at(np.arange(0, 4, 0.05))) > 0).all()


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("N", None),
        ("C:maj", (0, 0, (0, 4, 7))),
        ("Bb:min7/b7", (10, 8, (0, 3, 7, 10))),
        ("F#:maj/3", (6, 10, (0, 4, 7))),
    ],
)
def test_chord_symbols(symbol: str, expected: tuple[int, int, tuple[int, ...]] | None) -> None:
    assert parse_chord(symbol) == expected


@pytest.mark.parametrize("symbol", ["", "H:maj", "C:strange", "C:maj/9"])
def test_a_strange_chord_is_refused(symbol: str) -> None:
    with pytest.raises(ValueError, match="is no chord"):
        parse_chord(symbol)


def test_a_pattern_keeps_its_chords_in_another_key_and_at_another_tempo(assets: Assets) -> None:
    for seed in range(20):
        score = pattern_score(assets, "001", np.random.default_rng(seed), 20.0)
        low, high = recipe.PATTERN_TEMPO_SCALE
        assert 90 * low <= score.bpm <= 90 * high
        assert score.beats == pytest.approx(20.0 * score.bpm / 60)
        steps = {(chord.root - score.chords[0].root) % 12 for chord in score.chords}
        assert steps <= {0, 9, 5, 7, 3, 8, 10, 4, 2}  # intervals among C, A, F and G
        for track in score.tracks.values():
            assert ((track[:, 0] >= 0) & (track[:, 0] < score.beats)).all()
        melody, piano = score.tracks["melody"], score.tracks["piano"]
        assert len(melody) > 10
        assert len(piano) > 4


@pytest.mark.parametrize("role", ["chords", "pad", "strum", "arpeggio", "riff", "lead", "stabs", "piano"])
def test_a_part_is_in_order_in_range_and_on_its_chords(role: str) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        score = procedural_score(rng, 20.0)
        notes = write_part(score, role, rng)
        assert len(notes) > 0
        assert (np.diff(notes[:, 0]) >= 0).all()
        assert (notes[:, 1] > 0).all()
        assert ((notes[:, 2] >= 36) & (notes[:, 2] <= 100)).all()
        assert ((notes[:, 3] > 0) & (notes[:, 3] <= 1)).all()
        if role in ("chords", "pad", "arpeggio", "stabs"):
            for onset, _, pitch, _ in notes.tolist():
                chord = next(chord for chord in score.chords if chord.start <= onset + 1e-4 < chord.stop + 1e-4)
                assert (pitch - chord.root) % 12 in {tone % 12 for tone in chord.tones}


def test_every_groove_is_one_bar_of_known_marks() -> None:
    assert len(GROOVES) >= 40
    assert len({groove.name for groove in GROOVES}) == len(GROOVES)
    for groove in GROOVES:
        for row in (groove.kick, groove.snare, groove.hat):
            assert len(row) == 16
            assert set(row) <= {*LEVELS, "."}


def test_qualities_start_at_the_root() -> None:
    assert all(tones[0] == 0 and list(tones) == sorted(tones) for tones in QUALITIES.values())


@pytest.mark.parametrize("pitch", [30.0, 45.0, 60.0, 84.0])
def test_synthesised_notes_are_in_tune_and_do_not_alias(pitch: float) -> None:
    tone = Synth(Patch(sine_cycle()), RATE, np.random.default_rng(0)).tone(pitch, 1.0)
    assert loudest_hz(tone) == pytest.approx(midi_hz(pitch), rel=1e-3)
    saw = Synth(Patch(saw_cycle(), cutoff_hz=1e6), RATE, np.random.default_rng(0)).tone(pitch, 1.0)
    power = np.square(np.abs(np.fft.rfft(saw[2_000:] * np.hanning(len(saw) - 2_000))))
    hz = np.fft.rfftfreq(len(saw) - 2_000, 1 / RATE)
    off = np.abs(hz / midi_hz(pitch) - np.rint(hz / midi_hz(pitch))) * midi_hz(pitch) > 8
    assert (
        power[off].sum() < 1e-3 * power.sum()
    )  # -30 dB between the harmonics: the table is read without interpolation


@pytest.mark.parametrize("pitch", [45.0, 52.0, 70.0])
def test_sampled_notes_are_in_tune(assets: Assets, pitch: float) -> None:
    items = [item for item in assets.items["other/gm_melodic"] if item.group == "gm000"]
    tone = SampledInstrument(assets, items, RATE, 2_000).tone(pitch, 0.9)
    assert loudest_hz(tone) == pytest.approx(midi_hz(pitch), rel=5e-3)  # notes of 0.15 s


def test_a_note_ends_with_its_release_and_edges_are_cut() -> None:
    class Flat:
        release_samples = 50

        def tone(self, pitch: float, velocity: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:  # noqa: ARG002
            return np.ones(1_000, np.float32)

    track = np.zeros(500, np.float32)
    cues = Cues(
        np.array([-10, 100, 450]), np.array([30, 100, 200]), np.ones(3, np.float32), np.full(3, 0.5, np.float32)
    )
    play(track, Flat(), cues)
    np.testing.assert_array_equal(track[:20], 0.5)
    np.testing.assert_array_equal(track[100:200], 0.5)
    assert (np.diff(track[199:250]) < 0).all()
    np.testing.assert_array_equal(track[250:450], 0)
    np.testing.assert_array_equal(track[450:], 0.5)


@pytest.mark.parametrize("interval", [-12, 3, 7])
def test_a_shifted_voice_keeps_its_length_and_level(interval: int) -> None:
    time = np.arange(2 * RATE) / RATE
    voice = np.sum([np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 8)], axis=0).astype(np.float32)
    shifted = pitch_shift(voice, interval)
    assert shifted.shape == voice.shape
    assert loudest_hz(shifted[4_000:60_000]) == pytest.approx(220 * 2 ** (interval / 12), rel=5e-3)
    assert np.std(shifted[4_000:60_000]) == pytest.approx(np.std(voice), rel=0.1)
