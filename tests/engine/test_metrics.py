"""cSDR and uSDR: laws, closed forms, and museval as the judge."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.metrics import EPS, Figures, Values, figures, join, measure, summarise

# Short "seconds" keep museval, whose filters make it slow, in the range of a unit test.
WINDOW = 4000


def _noise(*shape: int, seed: int = 0) -> Values:
    return np.random.default_rng(seed).standard_normal(shape)


def _sines(amplitudes: list[float], seconds: int = 3, rate: int = 1000) -> Values:
    """Orthogonal targets (T, 2, N): whole periods of different sines in every second."""
    time = np.arange(seconds * rate) / rate
    sines = [amplitude * np.sin(2 * np.pi * (index + 3) * time) for index, amplitude in enumerate(amplitudes)]
    return np.stack([np.stack((sine, -0.5 * sine)) for sine in sines])


@pytest.fixture(scope="module")
def museval() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        # museval imports its data set's package, which refuses to load where there is no ffmpeg program.
        patch.setitem(sys.modules, "musdb", ModuleType("musdb"))
        yield importlib.import_module("museval")


def _museval_sdr_db(museval: ModuleType, references: Values, estimates: Values, window: int) -> Values:
    layout = (0, 2, 1)  # museval wants (T, N, C)
    return museval.evaluate(references.transpose(layout), estimates.transpose(layout), win=window, hop=window)[0]


def _compare(museval: ModuleType, references: Values, estimates: Values, window: int = WINDOW) -> Values:
    ours = measure(references, estimates, window).window_sdr_db()
    theirs = _museval_sdr_db(museval, references, estimates, window)
    # The promise of this program; what differs is the rounding of museval's projections, below 1e-11 dB here.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
    return ours


def test_windows_of_a_second_agree_with_museval(museval: ModuleType) -> None:
    references = _noise(2, 2, 2 * 44_100 + 17)
    ours = _compare(museval, references, references + 0.3 * _noise(2, 2, 2 * 44_100 + 17, seed=1), 44_100)
    assert ours.shape == (2, 2)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("samples", [3 * WINDOW - 1, WINDOW, WINDOW - 1000])
def test_any_length_and_channel_count_agrees_with_museval(museval: ModuleType, channels: int, samples: int) -> None:
    references = _noise(2, channels, samples)
    ours = _compare(museval, references, references + _noise(2, channels, samples, seed=1))
    assert ours.shape == (2, max(1, samples // WINDOW))
    assert np.isfinite(ours).all()


@pytest.mark.parametrize("silent", ["reference", "estimate", "one channel", "opposite channels"])
def test_silent_windows_agree_with_museval(museval: ModuleType, silent: str) -> None:
    references = _noise(2, 2, 3 * WINDOW)
    estimates = references + 0.5 * _noise(2, 2, 3 * WINDOW, seed=1)
    second = slice(WINDOW, 2 * WINDOW)
    if silent == "reference":
        references[1, :, second] = 0
    elif silent == "estimate":
        estimates[1, :, second] = 0
    elif silent == "one channel":
        references[1, 0, second] = 0
    else:
        references[0, 1, second] = -references[0, 0, second]
    ours = _compare(museval, references, estimates)
    lost = np.isnan(ours)
    assert lost[:, 1].all() == (silent != "one channel")
    assert not lost[:, [0, 2]].any()


def test_the_csdr_is_musevals_median(museval: ModuleType) -> None:
    references = _noise(2, 2, 6 * WINDOW)
    estimates = references + _noise(2, 2, 6 * WINDOW, seed=1) * np.repeat([0.1, 0.5, 0.2, 0.9, 0.3, 0.7], WINDOW)
    references[0, :, :WINDOW] = 0
    expected = np.nanmedian(_museval_sdr_db(museval, references, estimates, WINDOW), axis=1)
    found = [one.csdr_db for one in figures(measure(references, estimates, WINDOW), 1.0)]
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_song_with_a_silent_stem_has_no_csdr_for_any() -> None:
    references = _noise(2, 2, 2 * WINDOW)
    references[1] = 0
    vocals, bass = figures(measure(references, _noise(2, 2, 2 * WINDOW, seed=1), WINDOW), 1.0)
    assert np.isnan([vocals.csdr_db, bass.csdr_db]).all()
    assert np.isfinite(vocals.usdr_db)


def test_the_usdr_is_the_formula_of_the_challenge() -> None:
    references, estimates = _noise(3, 2, 2500), _noise(3, 2, 2500, seed=1)
    found = [one.usdr_db for one in figures(measure(references, estimates, 1000), 1.0)]
    for reference, estimate, usdr_db in zip(references, estimates, found, strict=True):
        expected = 10 * np.log10((np.sum(reference**2) + 1e-7) / (np.sum((reference - estimate) ** 2) + 1e-7))
        assert usdr_db == pytest.approx(expected, abs=1e-10)  # sums in another order


def test_a_perfect_estimate_has_no_limit_but_eps() -> None:
    references = _noise(2, 2, 2000)
    for index, one in enumerate(figures(measure(references, references, 1000), 1.0)):
        assert one.csdr_db == np.inf
        assert one.usdr_db == pytest.approx(10 * np.log10(np.sum(references[index] ** 2) / EPS))


@given(gain=st.floats(-2, 0.9))
def test_a_scaled_estimate_has_the_sdr_of_its_gain(gain: float) -> None:
    references = _noise(2, 2, 3000)
    estimates = gain * references if gain else np.full_like(references, 1e-12)
    expected = -20 * np.log10(abs(1 - gain))
    for one in figures(measure(references, estimates, 1000), 1.0):
        # EPS is 3e-11 of these energies, and the rest is rounding.
        assert one[:2] == pytest.approx((expected, expected), abs=1e-8)


def test_orthogonal_stems_give_the_mixture_the_sdr_of_their_energies() -> None:
    amplitudes = [1.0, 0.5, 0.25, 0.1]
    references = _sines(amplitudes)
    mixture = references.sum(axis=0)
    energies = np.square(amplitudes)
    for share in (1.0, 0.25):
        estimates = np.broadcast_to(share * mixture, references.shape)
        error = (1 - share) ** 2 * energies + share**2 * (energies.sum() - energies)
        expected = 10 * np.log10(energies / error)
        found = figures(measure(references, estimates, 1000), 1.0)
        # EPS against an energy of 19 in the quietest target: 2e-8 dB.
        assert [one.usdr_db for one in found] == pytest.approx(expected, abs=1e-7)
        assert [one.csdr_db for one in found] == pytest.approx(expected, abs=1e-9)


def test_blocks_of_whole_windows_join_to_the_same_figures() -> None:
    references, estimates = _noise(2, 2, 5500), _noise(2, 2, 5500, seed=1)
    cuts = [slice(0, 2000), slice(2000, 3000), slice(3000, 5500)]
    joined = join([measure(references[..., cut], estimates[..., cut], 1000) for cut in cuts])
    np.testing.assert_array_equal(figures(joined, 1.0), figures(measure(references, estimates, 1000), 1.0))


def test_blocks_that_end_within_a_window_are_refused() -> None:
    block = measure(_noise(1, 1, 1500), _noise(1, 1, 1500), 1000)
    assert join([block]).samples == 1500
    with pytest.raises(ValueError, match="whole windows"):
        join([block, block])


def test_arrays_of_other_shapes_are_refused() -> None:
    for references, estimates in ((_noise(1, 2, 9), _noise(1, 1, 9)), (_noise(2, 9), _noise(2, 9))):
        with pytest.raises(ValueError, match=r"\(T, C, N\)"):
            measure(references, estimates, 3)


def test_a_silent_reference_has_a_leakage_instead_of_a_usdr() -> None:
    references = _noise(2, 2, 3000)
    references[1] = 0
    estimates = np.stack((references[0], 0.1 * references[0]))
    mixture_energy = float(np.sum(references**2))
    vocals, bass = figures(measure(references, estimates, 1000), mixture_energy)
    assert np.isnan(vocals.leakage_db)
    assert np.isnan(bass.usdr_db)
    assert bass.leakage_db == pytest.approx(-20, abs=1e-6)  # EPS is 2e-9 of the estimate's energy
    silence = np.stack((references[0], references[1]))
    # Nothing leaks: the floor that EPS sets, and no infinity.
    floor_db = 10 * np.log10(EPS / mixture_energy)
    assert figures(measure(references, silence, 1000), mixture_energy)[1].leakage_db == pytest.approx(floor_db)


def test_a_silent_song_has_no_figures() -> None:
    # 0 dB would say that the estimate is as loud as the song.
    silence = np.zeros((1, 2, 3000))
    assert np.isnan(figures(measure(silence, silence, 1000), 0.0)[0]).all()


NAN = float("nan")
SONGS = [
    {"stage1": {"vocals": Figures(1.0, 1.0, NAN), "bass": Figures(2.0, 2.0, NAN)}},
    {"stage1": {"vocals": Figures(5.0, 5.0, NAN), "bass": Figures(NAN, NAN, -40.0)}},
    {"stage1": {"vocals": Figures(3.0, 9.0, NAN), "bass": Figures(4.0, 3.0, NAN)}},
]


def test_songs_are_summarised_by_median_and_mean_of_what_there_is() -> None:
    summary = summarise(SONGS)["stage1"]
    assert summary["vocals"][:2] == (3.0, 5.0)
    assert summary["bass"] == (3.0, 2.5, -40.0)
    assert summary["average"][:2] == (3.0, 3.75)
    assert np.isnan(summary["vocals"].leakage_db)


def test_the_order_of_songs_changes_nothing() -> None:
    summary = summarise(SONGS)
    for order in ([2, 0, 1], [1, 2, 0]):
        other = summarise([SONGS[index] for index in order])
        np.testing.assert_array_equal(list(other["stage1"].values()), list(summary["stage1"].values()))


def test_a_target_without_a_figure_leaves_the_average_without_one() -> None:
    song = {"stage1": {"vocals": Figures(1.0, 1.0, NAN), "bass": Figures(NAN, NAN, -40.0)}}
    average = summarise([song])["stage1"]["average"]
    assert np.isnan(average[:2]).all()


def test_songs_may_have_other_targets_and_systems() -> None:
    merged = {"stage1": {"vocals": Figures(3.0, 3.0, NAN)}, "mixture": {"vocals": Figures(-3.0, -3.0, NAN)}}
    summary = summarise([SONGS[0], merged])
    assert summary["stage1"]["vocals"][:2] == (2.0, 2.0)
    assert summary["stage1"]["bass"][:2] == (2.0, 2.0)
    assert summary["mixture"]["vocals"].csdr_db == -3.0
    assert summarise([]) == {}
