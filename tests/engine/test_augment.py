"""Augmentation: laws of the three pipelines, each effect against what it is defined as, and the preview command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import fftconvolve
from torch import Tensor

from engine.cli import run_command_line
from engine.separation import Samples
from engine.stems import DEFAULT_STEMS
from engine.training.augment import (
    RANGES,
    Augmented,
    Compression,
    Effects,
    Reverb,
    apply_effects,
    augment,
    draw_effects,
    draw_song_effects,
    suitable,
)
from engine.training.choices import MODES, Mode
from engine.training.pool import Batches, Mixing, Rng
from tests.support.songs import read_song, write_song

RATE = 44_100
ALL = Effects(1.5, 0.9, Compression(0.4, 4.0), Reverb(0.3, 0.5, 7))
EACH = (
    Effects(semitones=-1.7),
    Effects(stretch=1.15),
    Effects(stretch=0.85),
    Effects(compression=Compression(0.3, 6.0)),
    Effects(reverb=Reverb(0.4, 0.2, 5)),
)


def _float(signal: object) -> Samples:
    return np.asarray(signal, np.float32)


def _stem(seconds: float = 1.0, seed: int = 0) -> Samples:
    """Two different sides of tones and noise (2, m)."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    tones = np.sin(2 * np.pi * rng.uniform(100, 2000, (3, 1)) * time + rng.random((3, 1))).sum(axis=0)
    return _float((0.1 * tones + 0.02 * rng.standard_normal((2, time.size))) * [[0.7], [0.4]])


def _level(signal: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))


class _Pool:
    """Stems of a seed each, as long as asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def together(self, rng: Rng, samples: int) -> Tensor:
        return torch.stack([self.alone(rng, source, samples) for source in range(4)])

    def alone(self, rng: Rng, source: int, samples: int) -> Tensor:
        del source
        self.asked.append(samples)
        return torch.from_numpy(_stem(samples / RATE, int(rng.integers(1000))))


@pytest.mark.parametrize("effects", [*EACH, ALL])
@pytest.mark.parametrize("samples", [1, 30_000, RATE, 60_000])
def test_the_length_is_the_one_asked_for_and_all_values_are_finite(effects: Effects, samples: int) -> None:
    for signal in (_stem(), np.zeros((2, RATE), np.float32), _stem()[:, :1], _stem()[:, :500]):
        treated = apply_effects(signal, effects, samples)
        assert (treated.shape, treated.dtype) == ((2, samples), np.float32)
        assert np.isfinite(treated).all()
        assert signal.any() or not treated.any()


@pytest.mark.parametrize("effects", [*EACH, ALL])
def test_the_level_is_kept(effects: Effects) -> None:
    signal = _stem()
    samples = int(RATE * (effects.stretch or 1.0))
    # float32, and the half sample a stretch may round away
    assert _level(apply_effects(signal, effects, samples)) == pytest.approx(_level(signal), rel=1e-3)


@pytest.mark.parametrize("effects", [*EACH, ALL])
def test_both_sides_are_treated_alike_and_the_argument_is_left_as_it_was(effects: Effects) -> None:
    mono = np.repeat(_stem()[:1], 2, axis=0)
    before = mono.copy()
    treated = apply_effects(mono, effects, RATE)
    # The stretcher adds up phases in float32, side by side.
    assert np.allclose(treated[0], treated[1], atol=1e-5)
    assert np.array_equal(mono, before)


@pytest.mark.parametrize("effects", [*EACH, ALL])
def test_memory_layout_does_not_matter(effects: Effects) -> None:
    signal = _stem()
    assert np.array_equal(apply_effects(np.asfortranarray(signal), effects, RATE), apply_effects(signal, effects, RATE))


@settings(max_examples=15)
@given(gain=st.floats(0.01, 1.0), seed=st.integers(0, 100))
def test_a_gain_before_is_a_gain_after(gain: float, seed: int) -> None:
    signal, effects = _stem(0.2, seed), replace(ALL, semitones=None, stretch=None)
    quiet = apply_effects(signal * np.float32(gain), effects, 8000)
    assert np.allclose(quiet, np.float32(gain) * apply_effects(signal, effects, 8000), atol=1e-6)  # float32


def test_pitch_moves_a_tone_and_keeps_its_time() -> None:
    time = np.arange(2 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32) * (time > 1)
    treated = apply_effects(_float(np.stack([tone, tone])), Effects(semitones=2), 2 * RATE)[0]
    spectrum = np.abs(np.fft.rfft(treated[RATE:] * np.hanning(RATE)))
    assert abs(int(spectrum.argmax()) - 440 * 2 ** (2 / 12)) <= 1.5  # bins of 1 Hz
    envelope = np.abs(treated) > 0.1
    assert abs(int(envelope.argmax()) / RATE - 1) < 0.03  # half a window of the stretcher


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_a_stretch_moves_times_and_not_tones(factor: float) -> None:
    time = np.arange(3 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32) * ((time > 1) & (time < 2))
    effects = Effects(stretch=factor)
    treated = apply_effects(_float(np.stack([tone, tone])), effects, round(3 * factor * RATE))[0]
    sounding = np.flatnonzero(np.abs(treated) > 0.1) / RATE
    assert sounding[[0, -1]] == pytest.approx([factor, 2 * factor], abs=0.03)  # half a window of the stretcher
    spectrum = np.abs(np.fft.rfft(treated, 20 * RATE))
    assert abs(int(spectrum.argmax()) / 20 - 440) < 1
    assert effects.samples_in(round(3 * factor * RATE)) == 3 * RATE


def test_the_compressor_follows_its_curve() -> None:
    ramp = np.linspace(-0.5, 0.5, 1001, dtype=np.float32)[None].repeat(2, axis=0)
    curve = 0.5 * np.interp(np.abs(ramp) / 0.5, [0, 0.4, 1], [0, 0.4, 0.4 + 0.6 / 3]) * np.sign(ramp)
    treated = apply_effects(ramp, Effects(compression=Compression(0.4, 3)), 1001)
    assert np.allclose(treated, curve * _level(ramp) / _level(_float(curve)), atol=1e-6)  # float32


def test_the_reverb_is_a_convolution_with_decaying_noise() -> None:
    signal = _stem()
    length = int(0.25 * RATE)
    noise = np.random.default_rng(9).normal(0, 0.1, length) * np.exp(-10 * 0.6 * np.arange(length) / length)
    expected = 0.7 * signal + 0.3 * fftconvolve(signal, noise[None], axes=1)[:, :RATE]
    treated = apply_effects(signal, Effects(reverb=Reverb(0.25, 0.6, 9)), RATE)
    # float32 transforms
    assert np.allclose(treated, expected * _level(signal) / _level(_float(expected)), atol=1e-5)


def test_every_effect_happens_in_its_share_of_draws_and_within_its_ranges() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_effects(rng, RANGES) for _draw in range(2000)]
    for name in ("semitones", "stretch", "compression", "reverb"):
        share = np.mean([getattr(effects, name) is not None for effects in drawn])
        assert share == pytest.approx(0.6, abs=0.05)  # four and a half standard deviations
    semitones = [effects.semitones for effects in drawn if effects.semitones is not None]
    assert (min(semitones), max(semitones)) == pytest.approx((-2, 2), abs=0.05)
    stretches = [effects.stretch for effects in drawn if effects.stretch is not None]
    assert (min(stretches), max(stretches)) == pytest.approx((0.8, 1.2), abs=0.01)
    assert len({effects.reverb.seed for effects in drawn if effects.reverb}) > 1000
    always = draw_effects(rng, replace(RANGES, probability=1.0))
    assert None not in (always.semitones, always.stretch, always.compression, always.reverb)
    assert draw_effects(rng, replace(RANGES, probability=0.0)) == Effects()


@given(seed=st.integers(0, 2**32))
def test_the_modes_share_what_they_say(seed: int) -> None:
    drawn = {mode: draw_song_effects(np.random.default_rng(seed), mode, 4, RANGES) for mode in MODES}
    assert len(set(drawn["coherent_shared"])) == 1
    assert len({effects.stretch for effects in drawn["coherent_varied"]}) == 1
    independent = [replace(effects, stretch=None) for effects in drawn["incoherent"]]
    assert [replace(effects, stretch=None) for effects in drawn["coherent_varied"]] == independent


def test_without_a_shared_draw_stems_differ() -> None:
    always = replace(RANGES, probability=1.0)
    expected: dict[Mode, int] = {"incoherent": 4, "coherent_varied": 1}
    for mode, stretches in expected.items():
        effects = draw_song_effects(np.random.default_rng(0), mode, 4, always)
        assert len({chosen.semitones for chosen in effects}) == 4
        assert len({chosen.stretch for chosen in effects}) == stretches


def test_a_loud_mixture_is_scaled_by_one_factor_and_a_quiet_one_not_at_all() -> None:
    stems = [_stem(0.2, seed) for seed in range(4)]
    nothing = [Effects()] * 4
    assert np.array_equal(augment(stems, nothing, 8820), np.stack(stems))
    loud = [20 * stem for stem in stems]
    scaled = augment(loud, nothing, 8820)
    factor = 1 / np.abs(np.sum(loud, axis=0)).max()
    assert factor < 1
    assert np.allclose(scaled, np.stack(loud) * factor, atol=1e-6)  # float32
    assert np.abs(scaled.sum(axis=0)).max() == pytest.approx(1)


def test_loud_and_steady_stems_are_suitable() -> None:
    noise = np.random.default_rng(0).standard_normal((2, 10 * RATE), dtype=np.float32)
    assert suitable(0.006 * noise)
    assert not suitable(0.004 * noise)
    noise[:, : 6 * RATE] = 0
    assert suitable(noise)
    noise[:, : 8 * RATE] = 0
    assert not suitable(noise)
    assert not suitable(noise[:, -100:])


def test_a_pool_is_augmented_from_just_as_much_as_the_stretch_needs() -> None:
    pool = _Pool()
    augmented = Augmented(pool, 4, ranges=replace(RANGES, probability=1.0))
    drawn = augmented.together(np.random.default_rng(0), RATE)
    assert (drawn.shape, drawn.dtype) == ((4, 2, RATE), torch.float32)
    assert len(set(pool.asked)) == 1
    assert all(stem[:, -2000:].abs().max() > 0.01 for stem in drawn)
    assert augmented.alone(np.random.default_rng(1), 2, RATE)[:, -2000:].abs().max() > 0.01


def test_the_same_seed_draws_the_same_batches_and_a_share_is_left_as_it_was() -> None:
    def draw(share: float) -> Tensor:
        pools = [(Augmented(_Pool(), 4, share=share), 1.0)]
        return Batches(pools, 4, Mixing(), seed=5).draw(3, 8000, torch.device("cpu"))

    assert torch.equal(draw(1.0), draw(1.0))
    plain = Augmented(_Pool(), 4, share=0.0)
    for seed in range(3):
        rng, same = np.random.default_rng(seed), np.random.default_rng(seed)
        same.random()
        assert torch.equal(plain.together(rng, 8000), _Pool().together(same, 8000))


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("songs")
    (root / "A").mkdir()
    for index, stem in enumerate(DEFAULT_STEMS):
        write_song(root / "A" / f"{stem}.wav", _stem(16, index), RATE)
    return root


@pytest.mark.parametrize("mode", MODES)
def test_the_preview_writes_stems_and_their_exact_sum(
    mode: Mode, songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["augment-preview", "--input", str(songs), "--out", str(tmp_path), "--mode", mode, "--seed", "3"]
    assert run_command_line(arguments) == 0
    told = capsys.readouterr().out.splitlines()
    names = [line.partition(":")[0] for line in told]
    assert len(names) == (1 if mode == "single" else 4)
    assert set(names) <= set(DEFAULT_STEMS)
    for folder in ("before", "after"):
        stems = [read_song(tmp_path / folder / f"{name}.wav")[0] for name in names]
        mixture = read_song(tmp_path / folder / "mixture.wav")[0]
        assert mixture.shape == (2, 10 * RATE)
        assert np.abs(mixture[:, -RATE:]).max() > 0.01
        assert np.array_equal(np.stack(stems).sum(axis=0), mixture)
        assert len(list((tmp_path / folder).iterdir())) == len(names) + 1
    changed = [line for line in told if "as it was" not in line]
    assert changed


def test_a_preview_of_nothing_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["augment-preview", "--input", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "holds no folders of songs" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
