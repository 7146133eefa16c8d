"""The demo song is what its generator makes, its stems are true ones, and the bundled model finds them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from engine.evaluation.evaluate import EvaluationRequest, evaluate

DEMO = Path(__file__).parents[1] / "resources" / "demo"
STEMS = ("vocals", "bass", "drums", "other")
SECONDS = 24

pytestmark = pytest.mark.slow  # the song takes 10 s to make


@dataclass(frozen=True)
class Made:
    """What the generator wrote: 16-bit samples (n, 2) as int64."""

    mix: NDArray[np.int64]
    stems: dict[str, NDArray[np.int64]]


def samples(path: Path) -> NDArray[np.int64]:
    return soundfile.read(path, dtype="int16")[0].astype(np.int64)


@pytest.fixture(scope="module")
def demo_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo song as its generator makes it: `mix.flac`, and stems in `songs/demo`."""
    folder = tmp_path_factory.mktemp("demo")
    arguments = ["--out", folder / "mix.flac", "--stems", folder / "songs" / "demo"]
    subprocess.run([sys.executable, "-B", DEMO / "make_demo.py", *arguments], check=True)
    return folder


@pytest.fixture(scope="module")
def made(demo_song: Path) -> Made:
    stems = demo_song / "songs" / "demo"
    assert {path.stem for path in stems.iterdir()} == set(STEMS)
    return Made(samples(demo_song / "mix.flac"), {name: samples(stems / f"{name}.flac") for name in STEMS})


def test_the_shipped_song_is_what_the_generator_makes(made: Made) -> None:
    shipped = samples(DEMO / "bandsaw-demo.flac")
    assert shipped.shape == (SECONDS * 44_100, 2)
    # Another processor's sine may differ in the last place of a double; where that crosses a rounding, it is one step.
    assert np.max(np.abs(shipped - made.mix)) <= 1


def test_stems_add_up_to_the_mix_exactly(made: Made) -> None:
    assert np.array_equal(sum(made.stems.values()), made.mix)


def test_every_stem_sounds_in_verse_and_chorus(made: Made) -> None:
    bar = SECONDS * 44_100 // 11
    for name, stem in made.stems.items():
        for part in (stem[bar : 5 * bar], stem[5 * bar : 9 * bar]):
            level_db = 10.0 * np.log10(np.mean((part / 32_768.0) ** 2))
            assert level_db > -40.0, name  # far under any of them (-20 to -27), far above a forgotten track


def test_the_mix_peaks_one_decibel_under_full_scale(made: Made) -> None:
    peak_db = 20.0 * np.log10(np.max(np.abs(made.mix)) / 32_767.0)
    assert peak_db == pytest.approx(-1.0, abs=0.01)  # four roundings move the peak by 2 steps: 0.0006 dB


def test_the_song_carries_its_title_and_artist() -> None:
    with soundfile.SoundFile(DEMO / "bandsaw-demo.flac") as file:
        assert (file.title, file.artist) == ("Sawdust in the Sun", "Bandsaw")


def test_the_default_model_beats_the_shares_of_the_mixture_on_the_demo_song(demo_song: Path, tmp_path: Path) -> None:
    request = EvaluationRequest(demo_song / "songs", quality="fast", device="cpu", work=tmp_path)
    summary = evaluate(request, lambda _line: None).summary
    for system in ("mixture", "equal_share"):
        assert summary["stage2"]["average"].usdr_db > summary[system]["average"].usdr_db
