"""What sounds where the mixer jumps: no step, and every repeat at its own time."""

import numpy as np
import pytest

from engine.mix import FADE_SECONDS, Mixer
from engine.separation import SignalKey

RATE = 44_100
KEY: SignalKey = ("vocals", 2)
FADE = round(FADE_SECONDS * RATE)
START, STOP = 20_000, 30_123
SONG = np.sin(2 * np.pi * 40.0 * np.arange(RATE) / RATE).astype(np.float32)[None]
# The steepest a fade between +1 and -1 and the sines in it can be.
STEEPEST = 2 / FADE + 2 * 2 * np.pi * 40.0 / RATE


@pytest.mark.parametrize("playing", [True, False])
@pytest.mark.parametrize("before", [1, 2, FADE // 2, FADE - 1, FADE, FADE + 1, 3 * FADE // 2, 2 * FADE - 1, 2 * FADE])
def test_the_last_moments_of_a_loop_can_be_sought_and_played_from(before: int, playing: bool) -> None:
    mixer = Mixer({KEY: SONG}, RATE)
    mixer.set_gains({KEY: (1.0, 1.0)})
    mixer.set_loop((START, STOP))
    if playing:
        mixer.seek(12_345)
        mixer.render(1_000)
    mixer.seek(STOP - before)
    heard = mixer.render(3 * (STOP - START))[0]
    assert np.abs(np.diff(heard)).max() < STEEPEST
    for repeat in (0, 1):
        first = before + FADE + repeat * (STOP - START)
        np.testing.assert_array_equal(heard[first : first + 5_000], SONG[0, START + FADE : START + FADE + 5_000])
