"""A folder of songs with stems, `<song>/{vocals,bass,drums,other}.<ext>` as in MUSDB18-HQ, as a pool to train on.

Each stem is decoded once to 44.1 kHz stereo and kept as raw 16-bit samples in a cache folder, from which items are read
as they are drawn; no stem is ever whole in memory. A cached stem is used again as long as its file has the same size
and modification time. Other files, mixtures among them, are left alone.

    cache/<hash of path>-<size>-<time>.s16    samples interleaved by channel, little-endian, full scale at 2^14
    cache/<the same>.power                    float64 power of each chunk, for the activity detector

The first 85 % of each song are for training, the rest for validation. Stems of a song that are shorter than others end
with silence, and so does an item that is longer than what there is of a song.

Shapes: S stems, C = 2 channels, n samples of an item, I items.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from engine.audio.decode import open_audio
from engine.audio.resample import StreamResampler
from engine.errors import DecodeError, EngineError, write_error
from engine.evaluation.songs import song_folders
from engine.naming import AUDIO_SUFFIXES
from engine.separation import Samples
from engine.stems import NETWORK_RATE
from engine.training.activity import CHUNK_SAMPLES, Powers, Span, active_spans, chunk_powers
from engine.training.pool import Rng
from engine.whole_file import make_folder

Split = Literal["train", "valid"]

_RAW, _POWERS, _PART = ".s16", ".power", ".part"
TRAIN_SHARE = 0.85
CHANNELS = 2
# Half of what 16 bits hold: lossy files, and what is resampled, pass full scale now and then.
_FULL_SCALE = 2**14
_FRAME_BYTES = 2 * CHANNELS


class SongsError(EngineError):
    """The songs are not what can be trained on."""

    kind = "songs"


class _Track(NamedTuple):
    """A decoded stem."""

    raw: Path
    samples: int
    spans: list[Span]


@dataclass(frozen=True)
class _Song:
    """The stems of a song, and the samples [start, stop) of it that may be drawn."""

    tracks: Sequence[_Track]
    region: Span

    def read(self, source: int, start: int, samples: int) -> Samples:
        """Read a stem (C, n) from `start` on, followed by silence where the region or the stem ends."""
        track = self.tracks[source]
        count = max(0, min(samples, self.region.stop - start, track.samples - start))
        data = np.fromfile(track.raw, "<i2", count * CHANNELS, offset=start * _FRAME_BYTES)
        item = np.zeros((CHANNELS, samples), np.float32)
        item[:, :count] = data.reshape(count, CHANNELS).T / np.float32(_FULL_SCALE)
        return item


class _Places:
    """Spans of songs from which items can be taken."""

    def __init__(self, songs: Sequence[_Song], spans: Sequence[tuple[int, Span]]) -> None:
        """Take what `spans`, with the index of their song, have in common with the regions; all of them if nothing."""
        cut = [(index, _common(span, songs[index].region)) for index, span in spans]
        cut = [(index, span) for index, span in cut if span.start < span.stop]
        cut = cut or [(index, song.region) for index, song in enumerate(songs)]
        self._songs = np.array([index for index, _span in cut])
        self._starts = np.array([span.start for _index, span in cut])
        self._lengths = np.array([span.stop - span.start for _index, span in cut])
        regions = [songs[index].region for index, _span in cut]
        self._first = np.array([region.start for region in regions])
        self._ends = np.array([region.stop for region in regions])

    def find(self, share: float, samples: int) -> tuple[int, int]:
        """The song and the first sample of the item that lies at `share` (0..1) of all places it could lie at."""
        choices = np.maximum(1, self._lengths - samples + 1)
        before = np.cumsum(choices) - choices
        choice = int(share * int(choices.sum()))
        at = int(np.searchsorted(before, choice, side="right")) - 1
        # An item that is longer than its span may begin before it, so that no more than must be lies past the region.
        start = min(int(self._starts[at]) + choice - int(before[at]), int(self._ends[at]) - samples)
        return int(self._songs[at]), max(start, int(self._first[at]))


class SongFolder:
    """A `StemPool` of the songs in a folder, or of the one song that the folder itself is.

    Attributes:
        warnings: What is wrong with the stems that were decoded now, one sentence each.
    """

    def __init__(
        self,
        root: Path,
        cache: Path,
        stems: Sequence[str],
        split: Split,
        on_song: Callable[[int, int], None] = lambda _count, _total: None,
    ) -> None:
        """Find the songs and decode what is not in the cache yet.

        Args:
            root: The folder.
            cache: Where decoded stems are kept.
            stems: Names of the files of a song.
            split: Which part of every song.
            on_song: Told after each song how many are there and how many there will be.

        Raises:
            EngineError: There are no songs, a stem is missing or cannot be used, or the cache cannot be written.
        """
        self._songs: list[_Song] = []
        self.warnings: list[str] = []
        # What is missing is told before the first song is decoded.
        files = {folder.name: [_stem_file(folder, stem) for stem in stems] for folder in _song_folders(root, stems)}
        make_folder(cache)
        for name, paths in files.items():
            try:
                tracks = [_decoded(path, cache, self.warnings) for path in paths]
            except DecodeError as error:
                raise SongsError(f"the song {name!r} cannot be used: {error}") from error
            self._songs.append(_Song(tracks, _region(max(track.samples for track in tracks), split)))
            on_song(len(self._songs), len(files))
        self._sources = len(stems)
        self._alone = [_Places(self._songs, self._spans([source])) for source in range(self._sources)]
        self._together = _Places(self._songs, self._spans(range(self._sources)))

    def together(self, rng: Rng, samples: int) -> Tensor:
        """All stems of one song at one place where at least one of them sounds, (S, C, n) float32."""
        return torch.from_numpy(self._coherent(rng.random(), samples))

    def alone(self, rng: Rng, source: int, samples: int) -> Tensor:
        """One stem of a song at a place where it sounds, (C, n) float32; silence if it never does."""
        song, start = self._alone[source].find(rng.random(), samples)
        return torch.from_numpy(self._songs[song].read(source, start, samples))

    def validation_items(self, samples: int, count: int) -> Tensor:
        """Coherent items, spread evenly over all places where a stem sounds; the same ones every time.

        Returns:
            (I, S, C, n) float32.
        """
        items = [self._coherent((index + 0.5) / count, samples) for index in range(count)]
        return torch.from_numpy(np.stack(items))

    def _coherent(self, share: float, samples: int) -> Samples:
        song, start = self._together.find(share, samples)
        return np.stack([self._songs[song].read(source, start, samples) for source in range(self._sources)])

    def _spans(self, sources: Sequence[int]) -> list[tuple[int, Span]]:
        """Where at least one of the sources sounds, with the index of the song."""
        found: list[tuple[int, Span]] = []
        for index, song in enumerate(self._songs):
            spans = [span for source in sources for span in song.tracks[source].spans]
            found += [(index, span) for span in _union(spans)]
        return found


def _song_folders(root: Path, stems: Sequence[str]) -> list[Path]:
    with suppress(OSError):
        if any(path.stem in stems and path.suffix.lower() in AUDIO_SUFFIXES for path in root.iterdir()):
            return [root]
    return song_folders(root)


def _stem_file(folder: Path, stem: str) -> Path:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise SongsError(f"cannot read the folder {folder}: {error.strerror or error}") from error
    files = [path for path in entries if path.stem == stem and path.suffix.lower() in AUDIO_SUFFIXES]
    if not files:
        raise SongsError(f"the song {folder.name!r} has no file for {stem}")
    if len(files) > 1:
        raise SongsError(f"the song {folder.name!r} has two files for {stem}, {files[0].name} and {files[1].name}")
    return files[0]


def _decoded(path: Path, cache: Path, warnings: list[str]) -> _Track:
    """Decode a file unless the cache holds it; adds what is wrong with it to `warnings`."""
    try:
        facts = path.stat()
    except OSError as error:
        raise SongsError(f"cannot read {path}: {error.strerror or error}") from error
    owner = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:20]
    raw = cache / f"{owner}-{facts.st_size}-{facts.st_mtime_ns}{_RAW}"
    powers = _cached_powers(raw)
    try:
        if powers is None:
            powers = _decode(path, raw, warnings)
            for stale in set(cache.glob(f"{owner}-*")) - {raw, raw.with_suffix(_POWERS)}:
                if stale.suffix != _PART:
                    stale.unlink(missing_ok=True)
        samples = raw.stat().st_size // _FRAME_BYTES
    except OSError as error:
        raise write_error(raw, error) from error
    return _Track(raw, samples, active_spans(powers, samples))


def _cached_powers(raw: Path) -> Powers | None:
    """The powers of a stem if the cache holds all of it."""
    try:
        samples = raw.stat().st_size // _FRAME_BYTES
        powers: Powers = np.fromfile(raw.with_suffix(_POWERS), "<f8")
    except OSError:
        return None
    # A power cut may leave files of no length, which agree.
    return powers if samples and len(powers) == -(-samples // CHUNK_SAMPLES) else None


def _decode(path: Path, raw: Path, warnings: list[str]) -> Powers:
    """Write the samples and powers of a stem; both get their names when they are whole."""
    # Several processes may train from one cache.
    part, powers_part = (raw.with_name(f"{raw.stem}{kind}.{os.getpid()}{_PART}") for kind in (_RAW, _POWERS))
    try:
        with part.open("wb") as file:
            powers = chunk_powers(_written(_stereo_blocks(path, warnings), file))
        powers.astype("<f8").tofile(powers_part)
        powers_part.replace(raw.with_suffix(_POWERS))
        part.replace(raw)
    finally:
        part.unlink(missing_ok=True)
        powers_part.unlink(missing_ok=True)
    return powers


def _written(blocks: Iterator[Samples], file: BinaryIO) -> Iterator[Samples]:
    """Write blocks (C, n) as integers and pass on what was written, so that no other signal is judged."""
    for block in blocks:
        whole = np.clip(np.rint(block * _FULL_SCALE), -(2**15), 2**15 - 1).astype(np.float32)
        file.write(whole.T.astype("<i2").tobytes())
        yield whole / np.float32(_FULL_SCALE)


def _stereo_blocks(path: Path, warnings: list[str]) -> Iterator[Samples]:
    with open_audio(path) as reader:
        channels = reader.info.channels
        if channels > CHANNELS:
            raise SongsError(f"{path} has {channels} channels, and stems to train on have one or two")
        resampler = StreamResampler(reader.info.sample_rate, NETWORK_RATE, channels)
        for block in reader.blocks():
            yield _stereo(resampler.push(block))
        yield _stereo(resampler.push(np.zeros((channels, 0), np.float32), last=True))
        warnings.extend(f"{path.parent.name}/{path.name}: {warning}" for warning in reader.warnings)


def _stereo(block: Samples) -> Samples:
    return np.repeat(block, CHANNELS, axis=0) if block.shape[0] == 1 else block


def _region(samples: int, split: Split) -> Span:
    boundary = int(samples * TRAIN_SHARE)
    return Span(0, boundary) if split == "train" else Span(boundary, samples)


def _common(first: Span, second: Span) -> Span:
    return Span(max(first.start, second.start), min(first.stop, second.stop))


def _union(spans: Sequence[Span]) -> list[Span]:
    """Spans put together where they overlap."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].stop:
            last = joined.pop()
            joined.append(Span(last.start, max(last.stop, span.stop)))
        else:
            joined.append(span)
    return joined
