"""Learns the weights of `engine/dsp/beats.py` from rendered songs, whose beats are known.

A song is cut into windows of 20 s. For each, right and wrong ways to lay bars over it (the true tempo and multiples of
it, each from sixteen places of the bar) get the sum of their scores as in the program; the weights are those that make
the right one likeliest among them (a conditional random field over few sequences), with a penalty on their squares. Run
it as `python benchmarks/beats_weights.py --assets DIR [--songs 100]`; it prints the table.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # the engine beside us, installed or not

from benchmarks.beats import listened, rendered_songs
from engine.dsp.beats import CLASSES, FASTEST_BPM, FRAMES_PER_STEP, SLOWEST_BPM, features, preference
from engine.training.render.assets import load_assets
from engine.training.render.recipe import STEMS

Scores = NDArray[np.float32]

FIRST_SEED = 1000  # those of `benchmarks/beats.py` stay unheard
WINDOW_SECONDS = 19.5
RATIOS = (1, 1 / 3, 1 / 2, 3 / 5, 2 / 3, 3 / 4, 4 / 5, 0.89, 0.96, 1.04, 1.12, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 2, 3)
PENALTY = 0.25


def main() -> None:
    """Render, learn and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True, metavar="DIR")
    parser.add_argument("--songs", type=int, default=100)
    options = parser.parse_args()
    windows: list[tuple[Scores, Scores]] = []
    for song in rendered_songs(load_assets(options.assets), FIRST_SEED, options.songs):
        drums, rest = listened(song.mixture, song.stems[STEMS.index("drums")])
        windows += song_windows(features(drums, rest), song.bpm, drums.frames_per_second / FRAMES_PER_STEP)
    for row in learned(windows).tolist():
        print(f"    ({', '.join(f'{value:.2f}' for value in row)}),")


def song_windows(heard: Scores, bpm: float, rate: float) -> list[tuple[Scores, Scores]]:
    """Sums of features and constants of all ways to lay bars over each window; the first is the right one.

    Args:
        heard: Features (S, F) of a song that begins with a bar.
        bpm: Its tempo.
        rate: Steps per second.
    """
    count = int(WINDOW_SECONDS * rate)
    tempos = [bpm * ratio for ratio in RATIOS if SLOWEST_BPM <= bpm * ratio <= FASTEST_BPM]
    windows: list[tuple[Scores, Scores]] = []
    for start in range(0, len(heard) - count + 1, count // 2):
        downbeat = -start % (4 * 60 * rate / bpm)
        sums = [
            _summed(heard[start : start + count], downbeat, sixteenth, 15 * rate / tempo)
            for tempo in tempos
            for sixteenth in range(len(CLASSES))
        ]
        likely = WINDOW_SECONDS * np.repeat(preference(np.array(tempos)), len(CLASSES))
        windows.append((np.stack(sums), likely.astype(np.float32)))
    return windows


def _summed(heard: Scores, downbeat: float, sixteenth: int, distance: float) -> Scores:
    """The sum of features of each class (5 * F,) where the given step is that sixteenth of a bar."""
    first = -int(downbeat / distance)
    places = np.arange(first, first + int(len(heard) / distance) + 2)
    steps = np.rint(downbeat + places * distance).astype(int)
    inside = (steps >= 0) & (steps < len(heard))
    total = np.zeros((max(CLASSES) + 1, heard.shape[1]), np.float32)
    np.add.at(total, np.array(CLASSES)[(places[inside] + sixteenth) % len(CLASSES)], heard[steps[inside]])
    return total.ravel()


def learned(windows: list[tuple[Scores, Scores]]) -> Scores:
    """The weights (5, F) that make the first of each window's ways likeliest."""
    most = max(len(sums) for sums, _likely in windows)
    sums = torch.zeros(len(windows), most, windows[0][0].shape[1])
    likely = torch.full((len(windows), most), -1e9)
    for index, (window_sums, window_likely) in enumerate(windows):
        sums[index, : len(window_sums)] = torch.from_numpy(window_sums)
        likely[index, : len(window_sums)] = torch.from_numpy(window_likely)
    weights = torch.zeros(sums.shape[2], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        right = torch.log_softmax(sums @ weights + likely, dim=1)[:, 0]
        value = PENALTY * (weights**2).sum() - right.mean()
        value.backward()
        return value

    optimizer.step(loss)
    return weights.detach().numpy().reshape(max(CLASSES) + 1, -1)


if __name__ == "__main__":
    main()
