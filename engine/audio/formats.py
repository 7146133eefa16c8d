"""The formats an export can have, and what each of them can hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AudioFormat:
    """What a kind of file can hold.

    Attributes:
        name: As people call it.
        suffix: Of the file name, with its dot.
        container: libsndfile's name of it.
        subtype: libsndfile's name of how a sample is stored.
        sample_bytes: Upper limit of what one sample takes; for lossy formats even at the lowest rates.
        bits: Of an integer sample; None for floats and lossy formats.
        peak_limit: The loudest level that passes unharmed; None when there is none.
        max_channels: The largest C.
        free_rates_hz: Every rate up to this one fits.
        rates_hz: And so do these, ascending.
        bitrate_mode: For libsndfile's lossy encoders.
        compression_level: For the same: 0 is the best quality, 1 the smallest file.
    """

    name: str
    suffix: str
    container: str
    subtype: str
    sample_bytes: int
    bits: int | None = None
    peak_limit: float | None = None
    max_channels: int = 8
    free_rates_hz: int = 384_000
    rates_hz: tuple[int, ...] = ()
    bitrate_mode: str | None = None
    compression_level: float | None = None

    def nearest_rate(self, rate: int) -> int:
        """The rate a signal of `rate` Hz is stored at: its own, else the next higher, else the highest."""
        if rate <= self.free_rates_hz:
            return rate
        return next((held for held in self.rates_hz if held >= rate), self.rates_hz[-1])


# 16-bit output is dithered by up to one step, and rounded by up to half of one.
_LIMIT_16 = 1.0 - 3.0 / 2**15
_LIMIT_24 = 1.0 - 1.0 / 2**23
# A FLAC frame counts its rate in Hz up to 16 bits, beyond that in tens of Hz. Source: RFC 9639, 9.1.2.
_FLAC_RATES_HZ = (88_200, 96_000, 176_400, 192_000, 352_800, 384_000)

_WAV16 = AudioFormat("WAV", ".wav", "WAV", "PCM_16", 2, bits=16, peak_limit=_LIMIT_16)
_WAV24 = AudioFormat("WAV", ".wav", "WAV", "PCM_24", 3, bits=24, peak_limit=_LIMIT_24)
_WAV32F = AudioFormat("WAV", ".wav", "WAV", "FLOAT", 4)
_FLAC16 = AudioFormat(
    "FLAC", ".flac", "FLAC", "PCM_16", 2, 16, _LIMIT_16, free_rates_hz=65_535, rates_hz=_FLAC_RATES_HZ
)
_FLAC24 = AudioFormat(
    "FLAC", ".flac", "FLAC", "PCM_24", 3, 24, _LIMIT_24, free_rates_hz=65_535, rates_hz=_FLAC_RATES_HZ
)
_MP3 = AudioFormat(
    "MP3",
    ".mp3",
    "MP3",
    "MPEG_LAYER_III",
    1,
    peak_limit=1.0,
    max_channels=2,
    free_rates_hz=0,
    rates_hz=(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    bitrate_mode="CONSTANT",
    compression_level=0.0,  # 320 kb/s, or the most a low rate allows
)
_OGG = AudioFormat(
    "Ogg Vorbis",
    ".ogg",
    "OGG",
    "VORBIS",
    1,
    peak_limit=1.0,
    free_rates_hz=192_000,  # libvorbis has no settings above 200 kHz, and libsndfile crashes there
    rates_hz=(192_000,),
    compression_level=0.2,  # quality 8, about 270 kb/s for stereo
)
_OPUS = AudioFormat(
    "Opus",
    ".opus",
    "OGG",
    "OPUS",
    1,
    peak_limit=1.0,
    free_rates_hz=0,
    rates_hz=(8_000, 12_000, 16_000, 24_000, 48_000),
    compression_level=0.5,  # about 260 kb/s for stereo
)

# The names a user may ask for. `wav` and `flac` keep the depth of the source.
_FORMATS = {
    "wav": _WAV32F,
    "wav16": _WAV16,
    "wav24": _WAV24,
    "wav32f": _WAV32F,
    "flac": _FLAC24,
    "flac16": _FLAC16,
    "flac24": _FLAC24,
    "mp3": _MP3,
    "ogg": _OGG,
    "opus": _OPUS,
}
_BY_SOURCE = {
    ("wav", "PCM_16"): _WAV16,
    ("wav", "PCM_24"): _WAV24,
    ("flac", "PCM_16"): _FLAC16,
}
FORMATS: tuple[str, ...] = tuple(_FORMATS)


def audio_format(name: str, source_subtype: str = "") -> AudioFormat:
    """Look up one of `FORMATS` for a source that is stored as `source_subtype`.

    Raises:
        ValueError: There is no such format.
    """
    if name not in _FORMATS:
        raise ValueError(f"unknown format {name!r}; there are {', '.join(FORMATS)}")
    return _BY_SOURCE.get((name, source_subtype), _FORMATS[name])
