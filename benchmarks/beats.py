"""How often the beats of rendered songs are found, whose tempo, beats and bars are known.

Measures are the field's: tempo within 4 % (accuracy 1) or that of its half, double, third or triple (2); F-measure of
beats and of first beats of bars within 70 ms; the share of beats that follow another right one within 17.5 % of a beat
(CMLt), at any of twice, half, and off the beat (AMLt). The first 5 s do not count.
Source: Davies, Degara & Plumbley, "Evaluation Methods for Musical Audio Beat Tracking Algorithms", 2009; Gouyon et al.,
"An Experimental Comparison of Audio Tempo Induction Algorithms", IEEE Trans. ASLP 14(5), 2006. Written anew.

Songs whose drums are a stretch of a real recording are left out, as its beats are not those of the song. `--drift` and
`--rubato` play each song as a tape whose speed changes. `--split` separates it first, with the bundled model, which
takes longer than the song. Run it as `python benchmarks/beats.py --assets DIR [--songs 45]`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # the engine beside us, installed or not

from engine.dsp.beats import BEATS_PER_BAR, find_beats
from engine.dsp.onsets import OnsetBuilder, Onsets
from engine.progress import JobControl
from engine.separation import Samples
from engine.training.render.assets import Assets, load_assets
from engine.training.render.mixbus import Stems, mixture_of
from engine.training.render.recipe import SAMPLE_RATE, STEMS
from engine.training.render.song import RenderedSong, render_song

Seconds = NDArray[np.float64]

# Songs before it are there to be learned from.
FIRST_SEED = 2000
SONG_SECONDS, SKIPPED_SECONDS = 40.0, 5.0
# By how much the speed changes, and in how many seconds there and back.
WARPS = {"drift": (0.10, 25.0), "rubato": (0.05, 5.0)}
MEASURES = ("tempo", "tempo or octave", "beats F", "CMLt", "AMLt", "bars F", "cpu s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True, metavar="DIR")
    parser.add_argument("--songs", type=int, default=45)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--split", action="store_true")
    for warp in WARPS:
        parser.add_argument(f"--{warp}", action="store_const", dest="warp", const=warp)
    options = parser.parse_args()
    rows: list[tuple[float, ...]] = []
    for song in rendered_songs(load_assets(options.assets), options.first_seed, options.songs):
        stems, beats = song.stems, np.arange(0, SONG_SECONDS, 60 / song.bpm)
        if options.warp:
            stems, beats = warped(stems, beats, *WARPS[options.warp])
        mixture = mixture_of(stems)
        drums = split_drums(mixture) if options.split else stems[STEMS.index("drums")]
        rows.append(measured(mixture, drums, beats))
        print(f"{song.bpm:6.1f} bpm  {' '.join(f'{value:5.2f}' for value in rows[-1])}", flush=True)
    for name, mean in zip(MEASURES, np.mean(rows, axis=0), strict=True):
        print(f"{name:16} {mean:.3f}")


def rendered_songs(assets: Assets, first_seed: int, count: int) -> Iterator[RenderedSong]:
    """So many songs whose drums, if any, are on the beat."""
    seed = first_seed
    while count:
        song = render_song(assets, seed, SONG_SECONDS)
        if song.description.get("drums") != "real stem":
            yield song
            count -= 1
        seed += 1


def listened(mixture: Samples, drums: Samples) -> tuple[Onsets, Onsets]:
    """What begins in the drums and in everything else."""
    builders = OnsetBuilder(SAMPLE_RATE), OnsetBuilder(SAMPLE_RATE)
    for builder, signal in zip(builders, (drums, mixture - drums), strict=True):
        builder.add(signal)
    return builders[0].finish(), builders[1].finish()


def warped(stems: Stems, beats: Seconds, depth: float, seconds: float) -> tuple[Stems, Seconds]:
    """A song at a speed that changes, and when its beats are heard then."""
    heard = np.arange(stems.shape[2]) / SAMPLE_RATE
    played = np.cumsum(1 + depth * np.sin(2 * np.pi * heard / seconds)) / SAMPLE_RATE
    inside = played < heard[-1]
    stems = np.array([[np.interp(played[inside], heard, side) for side in stem] for stem in stems], np.float32)
    return stems, np.interp(beats[beats < played[inside][-1]], played, heard)


def split_drums(mixture: Samples) -> Samples:
    """The drums as the bundled model hears them."""
    from engine.inference.pipeline import run_separation
    from engine.inference.request import SeparationRequest

    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.wav"
        soundfile.write(song, mixture.T, SAMPLE_RATE, "FLOAT")
        request = SeparationRequest(song, Path(folder) / "song", stems=("drums",), stages=(2,), quality="fast")
        separation = run_separation(request, lambda _progress: None, JobControl())
        return np.array(separation.stem_signal("drums", 2)[:, : separation.samples])


def measured(mixture: Samples, drums: Samples, true: Seconds) -> tuple[float, ...]:
    """All measures of one song."""
    started = time.process_time()
    found, first = find_beats(*listened(mixture, drums))
    cpu_seconds = time.process_time() - started
    bars, true_bars = found[first::BEATS_PER_BAR], true[::BEATS_PER_BAR]
    found, bars, true, true_bars = (each[each >= SKIPPED_SECONDS] for each in (found, bars, true, true_bars))
    if len(found) < 2:
        return (*[0.0] * (len(MEASURES) - 1), cpu_seconds)
    ratio = float(np.median(np.diff(true)) / np.median(np.diff(found)))
    between = (true[1:] + true[:-1]) / 2
    levels = (true, between, np.sort(np.concatenate([true, between])), true[::2], true[1::2])
    return (
        abs(ratio - 1) <= 0.04,
        any(abs(ratio / level - 1) <= 0.04 for level in (1, 2, 1 / 2, 3, 1 / 3)),
        f_measure(found, true),
        share_continued(found, true),
        max(share_continued(found, level) for level in levels),
        f_measure(bars, true_bars),
        cpu_seconds,
    )


def f_measure(found: Seconds, true: Seconds, within_seconds: float = 0.07) -> float:
    """Twice the number that met, one each, over the number of both."""
    met = at = 0
    for place in true:
        while at < len(found) and found[at] < place - within_seconds:
            at += 1
        if at < len(found) and found[at] <= place + within_seconds:
            met += 1
            at += 1
    return 2 * met / max(1, len(found) + len(true))


def share_continued(found: Seconds, true: Seconds, within: float = 0.175) -> float:
    """The share of beats that are near a true one, as is the beat before, at nearly the same distance."""
    nearest = np.abs(found[:, None] - true).argmin(axis=1)
    distances, true_distances = (np.diff(places, prepend=2 * places[0] - places[1]) for places in (found, true))
    expected = true_distances[nearest]
    right = np.abs(found - true[nearest]) < within * expected
    steady = np.abs(distances / expected - 1) < within
    follows = np.concatenate([[True], right[:-1] & (np.diff(nearest) == 1)])
    return float(np.sum(right & steady & follows)) / max(len(found), len(true))


if __name__ == "__main__":
    main()
