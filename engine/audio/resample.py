"""Sample rate conversion of a stream, with an output length that is exact to the sample.

Shapes: C channels, n samples of one block; channels may be on several axes, such as those of several stems.
"""

from __future__ import annotations

import numpy as np
import soxr

from engine.separation import Samples


def resampled_length(samples: int, rate_in: int, rate_out: int) -> int:
    """How many samples a signal has at another rate: rounded, half up, but never 0 for a signal that has samples."""
    rounded = (2 * samples * rate_out + rate_in) // (2 * rate_in)
    return max(rounded, min(samples, 1))


class StreamResampler:
    """Converts one signal block by block, as soxr at its "very high" quality does for the whole at once."""

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        """Prepare for a signal of `channels`; rates in Hz."""
        self._rates = (rate_in, rate_out)
        self._channels = channels
        self._stream = None
        if rate_in != rate_out:
            self._stream = soxr.ResampleStream(rate_in, rate_out, channels, dtype="float32", quality="VHQ")
        self._samples_in = 0
        self._samples_out = 0

    def push(self, block: Samples, last: bool = False) -> Samples:
        """Convert the next block.

        Args:
            block: Shape (..., n), of C channels; n may be 0.
            last: Whether the signal ends with this block.

        Returns:
            What is ready, (..., m); m differs from block to block and may be 0. After the last block the whole has
            `resampled_length` samples.
        """
        if self._stream is None:
            return block
        frames = np.ascontiguousarray(np.moveaxis(block, -1, 0)).reshape(-1, self._channels)
        out = np.asarray(self._stream.resample_chunk(frames, last=last), dtype=np.float32).T
        self._samples_in += block.shape[-1]
        if last:
            out = _with_length(out, resampled_length(self._samples_in, *self._rates) - self._samples_out)
        self._samples_out += out.shape[1]
        return out.reshape(*block.shape[:-1], -1)


def _with_length(block: Samples, length: int) -> Samples:
    """Cut or zero-pad a block (C, n) to `length` samples."""
    missing = length - block.shape[1]
    return np.pad(block, ((0, 0), (0, missing))) if missing > 0 else block[:, :length]
