"""The formats an export can have, and what each of them can hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class AudioFormat:
    """What a kind of file can hold.

    Attributes:
        name: As people call it.
        suffix: Of the file name, with its dot.
        container: Its name in the library that writes it.
        subtype: That library's name of how a sample is stored.
        sample_bytes: Upper limit of what one sample takes; for lossy formats even at the lowest rates.
        typical_bytes: What one sample takes in most songs at the usual rates.
        library: What writes it.
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
    typical_bytes: float
    library: Literal["libsndfile", "ffmpeg"] = "libsndfile"
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

_WAV16 = AudioFormat("WAV", ".wav", "WAV", "PCM_16", 2, 2.0, bits=16, peak_limit=_LIMIT_16)
_WAV24 = AudioFormat("WAV", ".wav", "WAV", "PCM_24", 3, 3.0, bits=24, peak_limit=_LIMIT_24)
_WAV32F = AudioFormat("WAV", ".wav", "WAV", "FLOAT", 4, 4.0)
_FLAC16 = AudioFormat(
    *("FLAC", ".flac", "FLAC", "PCM_16", 2, 1.2),
    bits=16,
    peak_limit=_LIMIT_16,
    free_rates_hz=65_535,
    rates_hz=_FLAC_RATES_HZ,
)
_FLAC24 = AudioFormat(
    *("FLAC", ".flac", "FLAC", "PCM_24", 3, 2.1),
    bits=24,
    peak_limit=_LIMIT_24,
    free_rates_hz=65_535,
    rates_hz=_FLAC_RATES_HZ,
)
_MP3 = AudioFormat(
    *("MP3", ".mp3", "MP3", "MPEG_LAYER_III", 1, 0.45),
    peak_limit=1.0,
    max_channels=2,
    free_rates_hz=0,
    rates_hz=(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    bitrate_mode="CONSTANT",
    compression_level=0.0,  # 320 kb/s, or the most a low rate allows
)
_OGG = AudioFormat(
    *("Ogg Vorbis", ".ogg", "OGG", "VORBIS", 1, 0.35),
    peak_limit=1.0,
    free_rates_hz=192_000,  # libvorbis has no settings above 200 kHz, and libsndfile crashes there
    rates_hz=(192_000,),
    compression_level=0.2,  # quality 8, about 270 kb/s for stereo
)
_OPUS = AudioFormat(
    *("Opus", ".opus", "OGG", "OPUS", 1, 0.34),
    peak_limit=1.0,
    free_rates_hz=0,
    rates_hz=(8_000, 12_000, 16_000, 24_000, 48_000),
    compression_level=0.5,  # about 260 kb/s for stereo
)
# FFmpeg's encoders, AAC at 256 kb/s for stereo. With more channels AAC takes the last of six for a subwoofer's, and the
# ALAC encoder aborts the process on very short files. Source: tried with FFmpeg 8.
_AAC = AudioFormat(
    *("AAC", ".m4a", "ipod", "aac", 1, 0.37, "ffmpeg"),
    peak_limit=1.0,
    max_channels=2,
    free_rates_hz=0,
    rates_hz=(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000),
)
# One byte more than a sample has, for what noise takes that cannot be compressed.
_ALAC16 = AudioFormat("ALAC", ".m4a", "ipod", "alac", 3, 1.2, "ffmpeg", bits=16, peak_limit=_LIMIT_16, max_channels=2)
_ALAC24 = AudioFormat("ALAC", ".m4a", "ipod", "alac", 4, 2.1, "ffmpeg", bits=24, peak_limit=_LIMIT_24, max_channels=2)

# The names a user may ask for. `wav`, `flac` and `alac` keep the depth of the source.
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
    "aac": _AAC,
    "alac": _ALAC24,
}
_BY_SOURCE = {
    ("wav", "PCM_16"): _WAV16,
    ("wav", "PCM_24"): _WAV24,
    ("flac", "PCM_16"): _FLAC16,
    ("alac", "PCM_16"): _ALAC16,
}
FORMATS: tuple[str, ...] = tuple(_FORMATS)

STEM_FILE_FORMATS: tuple[str, ...] = ("stem-aac", "stem-alac")
"""One file that holds the song and four stems as tracks of their own, as Native Instruments' Traktor plays it."""

STEM_FILE_STEMS = 4


# Where each channel of a signal is in Vorbis and Opus, by the number of channels. All other formats have the signal's
# order: front left and right, centre, subwoofer, back, sides. Source: Vorbis I, 4.3.9; RFC 7845, 5.1.1.2.
_OGG_PLACES = {
    3: (0, 2, 1),
    5: (0, 2, 1, 3, 4),
    6: (0, 2, 1, 5, 3, 4),
    7: (0, 2, 1, 6, 5, 3, 4),
    8: (0, 2, 1, 7, 5, 6, 3, 4),
}


def stored_places(subtype: str, channels: int) -> list[int]:
    """Where each channel of a signal is in a file that libsndfile writes or reads, which knows no speakers.

    Args:
        subtype: How samples are stored, in libsndfile's words.
        channels: C.
    """
    places = _OGG_PLACES.get(channels) if subtype in ("VORBIS", "OPUS") else None
    return list(places or range(channels))


def audio_format(name: str, source_subtype: str = "") -> AudioFormat:
    """Look up one of `FORMATS` or `STEM_FILE_FORMATS` for a source that is stored as `source_subtype`.

    Raises:
        ValueError: There is no such format.
    """
    if name in STEM_FILE_FORMATS:
        return replace(audio_format(name.removeprefix("stem-"), source_subtype), suffix=".stem.mp4")
    if name not in _FORMATS:
        raise ValueError(f"unknown format {name!r}; there are {', '.join((*FORMATS, *STEM_FILE_FORMATS))}")
    return _BY_SOURCE.get((name, source_subtype), _FORMATS[name])
