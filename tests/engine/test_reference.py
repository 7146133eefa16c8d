"""A true stem beside a separated one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, DecodeError, MismatchError, WriteError
from engine.evaluation.reference import (
    ReferenceRequest,
    add_reference,
    load_references,
    remove_reference,
)
from engine.overview import OverviewRequest, build_overviews, load_overview
from engine.progress import JobControl
from engine.separation import Samples, Separation
from tests.support.separations import make_separation, noise
from tests.support.songs import write_song

RATE = 44_100
SAMPLES = 3 * RATE + 17  # not a whole number of seconds
KEY = ("vocals", 0)


@pytest.fixture
def separation(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "separation", samples=SAMPLES)


def usdr_db(reference: Samples, estimate: Samples) -> float:
    """By the challenge's formula: both energies plus 1e-7."""
    true, error = (
        np.square(signal).sum() + 1e-7
        for signal in (reference.astype(np.float64), reference.astype(np.float64) - estimate)
    )
    return float(10 * np.log10(true / error))


def files_of(separation: Separation) -> set[str]:
    return {path.name for path in separation.folder.iterdir() if ".reference" in path.name}


def test_both_stages_are_scored_against_the_reference_as_the_formula_says(
    separation: Separation, tmp_path: Path
) -> None:
    true = separation.stem_signal("vocals", 2) + noise(2, SAMPLES, 0.03, 9)
    file = write_song(tmp_path / "Vöx.wav", true, RATE)
    reference = add_reference(ReferenceRequest(separation, "vocals", file))
    for stage in (1, 2):
        expected = usdr_db(true, separation.stem_signal("vocals", stage))
        found = reference.sdr_db[stage]
        assert found is not None
        # Sums in another order; both are float64.
        assert found == pytest.approx(expected, abs=1e-9)
    assert reference.sdr_db[2] == pytest.approx(20 * np.log10(0.1044 / 0.03), abs=0.1)
    assert (reference.name, reference.notes) == ("Vöx.wav", ())


def test_the_reference_is_kept_sample_by_sample_and_can_be_drawn(separation: Separation, tmp_path: Path) -> None:
    true = noise(2, SAMPLES, 0.5, 4)
    file = write_song(tmp_path / "true.wav", true, RATE)
    made = add_reference(ReferenceRequest(separation, "vocals", file))
    np.testing.assert_array_equal(separation.reference_signal("vocals"), true)
    overview = load_overview(separation, KEY)
    assert overview.peaks.samples == SAMPLES
    # The overview stores peaks coarsely.
    assert np.abs(overview.peaks.levels[-1]).max() == pytest.approx(np.abs(true).max(), rel=0.01)
    assert load_references(separation) == {"vocals": made}


@pytest.mark.parametrize(
    ("extra", "note"),
    [
        (-4000, "4000 samples (0.091 s) too short"),
        (4000, "4000 samples (0.091 s) too long"),
        (0, ""),
        (-2, "2 samples"),
    ],
)
def test_a_reference_that_is_a_little_longer_or_shorter_is_made_to_fit_and_says_so(
    separation: Separation, tmp_path: Path, extra: int, note: str
) -> None:
    true = noise(2, SAMPLES + extra, 0.5, 4)
    file = write_song(tmp_path / "true.wav", true, RATE)
    reference = add_reference(ReferenceRequest(separation, "vocals", file))
    signal = separation.reference_signal("vocals")
    both = min(SAMPLES, SAMPLES + extra)
    np.testing.assert_array_equal(signal[:, :both], true[:, :both])
    assert not signal[:, both:].any()
    assert note in " ".join(reference.notes)
    assert bool(reference.notes) == bool(extra)


@pytest.mark.parametrize(("extra", "reason"), [(-5000, "it lasts 2.89 s"), (5000, "it is longer than the song")])
def test_another_length_is_refused_and_the_reference_from_before_stays(
    separation: Separation, tmp_path: Path, extra: int, reason: str
) -> None:
    good = write_song(tmp_path / "true.wav", noise(2, SAMPLES, 0.5, 4), RATE)
    made = add_reference(ReferenceRequest(separation, "vocals", good))
    bad = write_song(tmp_path / "other.wav", noise(2, SAMPLES + extra, 0.5, 5), RATE)
    with pytest.raises(MismatchError, match=reason):
        add_reference(ReferenceRequest(separation, "vocals", bad))
    assert load_references(separation) == {"vocals": made}
    assert not list(separation.folder.glob("*.part"))


def test_other_channels_are_refused_but_mono_goes_to_all(separation: Separation, tmp_path: Path) -> None:
    mono = noise(1, SAMPLES, 0.5, 4)
    add_reference(ReferenceRequest(separation, "bass", write_song(tmp_path / "mono.wav", mono, RATE)))
    np.testing.assert_array_equal(separation.reference_signal("bass"), np.repeat(mono, 2, axis=0))
    six = write_song(tmp_path / "six.wav", noise(6, SAMPLES, 0.5, 4), RATE)
    with pytest.raises(MismatchError, match="6 channels, and the song 2"):
        add_reference(ReferenceRequest(separation, "bass", six))


def test_another_sample_rate_is_converted(separation: Separation, tmp_path: Path) -> None:
    def tone(rate: int) -> Samples:
        time = np.arange(round(SAMPLES / RATE * rate)) / rate
        return np.tile(np.sin(2 * np.pi * 440 * time), (2, 1)).astype(np.float32) * np.float32(0.5)

    file = write_song(tmp_path / "48k.flac", tone(48_000), 48_000, "FLAC", "PCM_24")
    add_reference(ReferenceRequest(separation, "vocals", file))
    inside = slice(RATE // 10, -RATE // 10)  # the filter rings where the tone starts and ends
    # 24 bits and a resampler of 120 dB.
    np.testing.assert_allclose(separation.reference_signal("vocals")[:, inside], tone(RATE)[:, inside], atol=1e-5)


def test_a_silent_reference_has_no_figures(separation: Separation, tmp_path: Path) -> None:
    file = write_song(tmp_path / "silence.wav", np.zeros((2, SAMPLES), np.float32), RATE)
    assert add_reference(ReferenceRequest(separation, "vocals", file)).sdr_db == {1: None, 2: None}


def test_a_removed_reference_leaves_nothing(separation: Separation, tmp_path: Path) -> None:
    file = write_song(tmp_path / "true.wav", noise(2, SAMPLES, 0.5, 4), RATE)
    add_reference(ReferenceRequest(separation, "vocals", file))
    assert len(files_of(separation)) == 3
    remove_reference(separation, "vocals")
    assert files_of(separation) == set()
    assert load_references(separation) == {}
    remove_reference(separation, "vocals")


def test_what_is_no_audio_is_refused(separation: Separation, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("la la la")
    with pytest.raises(DecodeError):
        add_reference(ReferenceRequest(separation, "vocals", file))
    with pytest.raises(ValueError, match="no stem"):
        add_reference(ReferenceRequest(separation, "flute", file))
    assert files_of(separation) == set()


def test_a_cancelled_reference_leaves_nothing(separation: Separation, tmp_path: Path) -> None:
    file = write_song(tmp_path / "true.wav", noise(2, SAMPLES, 0.5, 4), RATE)
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        add_reference(ReferenceRequest(separation, "vocals", file), control)
    assert files_of(separation) == set()


def test_a_disk_that_refuses_is_an_error_with_the_files_name(
    separation: Separation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_song(tmp_path / "true.wav", noise(2, SAMPLES, 0.5, 4), RATE)

    def refuse(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.evaluation.reference.append_samples", refuse)
    with pytest.raises(WriteError, match="the disk is full"):
        add_reference(ReferenceRequest(separation, "vocals", file))
    assert files_of(separation) == set()


@pytest.mark.parametrize("damage", ["{", "[]", '{"name": "x"}', ""])
def test_damaged_facts_count_as_no_reference(separation: Separation, tmp_path: Path, damage: str) -> None:
    file = write_song(tmp_path / "true.wav", noise(2, SAMPLES, 0.5, 4), RATE)
    add_reference(ReferenceRequest(separation, "vocals", file))
    (separation.folder / "vocals.reference.json").write_text(damage)
    assert load_references(separation) == {}


def test_drawing_the_song_leaves_references_alone(separation: Separation) -> None:
    build_overviews(OverviewRequest(separation))
    assert files_of(separation) == set()
