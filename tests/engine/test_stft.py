"""The Fourier transforms between waveform and network."""

from __future__ import annotations

import pytest
import torch

from engine.dsp.stft import StftSize, istft, stft


@pytest.mark.parametrize("size", [StftSize(2048, 512), StftSize(2048, 441), StftSize(64, 16)])
@pytest.mark.parametrize("extra", [0, 1, 15])
def test_the_inverse_gives_the_signal_back_and_is_pytorchs(size: StftSize, extra: int) -> None:
    generator = torch.Generator().manual_seed(0)
    samples = 20 * size.hop + extra
    signal = torch.randn(2, 3, samples, generator=generator, dtype=torch.float64)
    spectrum = stft(signal, size)
    assert spectrum.shape == (2, 3, size.bins, size.frames(samples))
    back = istft(spectrum, size, samples)
    torch.testing.assert_close(back, signal)
    # Also of spectra that no signal has.
    spectrum = torch.randn(spectrum.shape, generator=generator, dtype=torch.complex128)
    window = torch.hann_window(size.n_fft, dtype=torch.float64)
    theirs = torch.istft(spectrum.flatten(0, 1), size.n_fft, size.hop, window=window, center=True, length=samples)
    torch.testing.assert_close(istft(spectrum, size, samples), theirs.unflatten(0, (2, 3)))


def test_lengths_that_do_not_fit_are_refused() -> None:
    size = StftSize(64, 16)
    with pytest.raises(ValueError, match="at least 33 samples"):
        stft(torch.zeros(1, 32), size)
    with pytest.raises(ValueError, match="5 frames are too few for 80 samples"):
        istft(torch.zeros(1, 33, 5, dtype=torch.complex64), size, 80)
