"""Songs of more than two channels, heard on two."""

import numpy as np
import pytest

from engine.mix import Mixer
from engine.separation import Samples, SignalKey

KEY: SignalKey = ("vocals", 2)


def heard(signal: Samples) -> Samples:
    mixer = Mixer({KEY: signal}, 44_100)
    mixer.set_gains({KEY: (1.0, 1.0)})
    return mixer.render(signal.shape[1])


# Front left, right, middle, low frequencies, surround left, right: by how much of its power each is on either side.
@pytest.mark.parametrize(
    ("channel", "powers"), [(0, (1, 0)), (1, (0, 1)), (2, (0.5, 0.5)), (3, (0.5, 0.5)), (4, (0.5, 0)), (5, (0, 0.5))]
)
def test_surround_sound_keeps_its_sides(channel: int, powers: tuple[float, float]) -> None:
    signal = np.zeros((6, 100), np.float32)
    signal[channel] = 1 + 3 * np.sqrt(0.5)  # what all that is on one side adds up to
    np.testing.assert_allclose(heard(signal) ** 2, np.tile(np.array(powers)[:, None], 100), atol=1e-6)


@pytest.mark.parametrize("channels", range(3, 9))
def test_more_channels_than_two_are_at_full_scale_at_most(channels: int) -> None:
    np.testing.assert_allclose(heard(np.ones((channels, 100), np.float32)), 1.0, atol=1e-6)  # float32 rounding
