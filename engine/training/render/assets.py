"""The asset pack: banks of short recordings with their indices, note patterns and single cycles.

    <pack>/<folder>/<bank>.csv          one line for each item: start, len, cls and what else is known of it
    <pack>/<folder>/<bank>.ogg | .wav   all items of the bank, one after the other, at 44.1 kHz

Banks are held as 16-bit integers. A 16-bit WAV is mapped instead of read, so that all processes share it;
`decode_banks` makes such copies of a pack's banks.
"""

from __future__ import annotations

import io
import json
import lzma
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engine.progress import JobControl
from engine.separation import Samples
from engine.training.render.bank import (
    AssetsError,
    Item,
    Pcm,
    audio_path,
    decode_bank,
    guarded,
    read_bank,
    read_index,
)
from engine.training.render.loops import from_pcm
from engine.training.render.palette import Palette, palette_of
from engine.training.render.recipe import Split
from engine.whole_file import make_folder

BANKS = (
    "drums/acoustic_muldjord", "drums/gm_kits", "drums/electronic_cc0", "drums/loops_cc0",
    "bass/bass_real_cc0", "bass/gm_bass", "other/guitar_keys_real", "other/gm_melodic",
    "vocals/syn_speech", "vocals/syn_iona",
    "real/evf_vocals", "real/evf_drums", "real/evf_bass", "real/evf_other", "real/misc_real",
)  # fmt: skip
NOTES = "midi/pop909_notes.npz.xz"
CHORDS = "midi/pop909_chords.json.xz"
CYCLES = "wavetables/akwf.npz.xz"


@dataclass(frozen=True)
class Assets:
    """A loaded pack.

    Attributes:
        banks: 16-bit samples (N, C) of each bank.
        items: The index of each bank.
        chords: For each note pattern its tempo in beats per minute and [start, end, symbol], in quarters of a beat.
        cycles: Single cycles (cycles, 512), -1 to 1.
        patterns: Note arrays by `<pattern>_<track>`; a row is onset after the one before, length, pitch, velocity.
        palettes: What each split may draw from.
    """

    banks: dict[str, Pcm]
    items: dict[str, tuple[Item, ...]]
    chords: dict[str, tuple[float, list[tuple[int, int, str]]]]
    cycles: NDArray[np.float32]
    patterns: dict[str, NDArray[np.int16]]
    palettes: dict[Split, Palette]

    def signal(self, item: Item, limit: int | None = None) -> Samples:
        """Samples (C, n) of an item, at most `limit` of them, C as in the bank."""
        stop = item.start + (item.length if limit is None else min(item.length, limit))
        return from_pcm(np.asarray(self.banks[item.bank])[item.start : stop])

    def mono(self, item: Item, limit: int | None = None) -> Samples:
        """Samples (n,) of an item, the mean of its channels."""
        signal = self.signal(item, limit)
        return signal[0] if len(signal) == 1 else signal.mean(axis=0, dtype=np.float32)

    @property
    def nbytes(self) -> int:
        """Bytes of all banks, mapped or in memory."""
        return sum(bank.nbytes for bank in self.banks.values())


def load_assets(folder: Path, decoded: Path | None = None) -> Assets:
    """Read a pack.

    Args:
        folder: The pack.
        decoded: Where `decode_banks` put its banks, if it did.

    Raises:
        AssetsError: It is missing or damaged.
    """
    _require_folder(folder)
    items = {name: guarded(folder / f"{name}.csv", lambda path, bank=name: read_index(path, bank)) for name in BANKS}
    banks = {name: guarded(audio_path(decoded or folder, name), read_bank) for name in BANKS}
    for name, bank in banks.items():
        if any(item.start < 0 or item.length < 1 or item.start + item.length > len(bank) for item in items[name]):
            raise AssetsError(folder / f"{name}.csv", "lists items that are not in its bank")
    chords = guarded(folder / CHORDS, _read_chords)
    splits: tuple[Split, ...] = ("train", "valid")
    return Assets(
        banks=banks,
        items=items,
        chords=chords,
        cycles=guarded(folder / CYCLES, _read_cycles),
        patterns=guarded(folder / NOTES, _read_arrays),
        palettes={
            split: guarded(folder, lambda _path, name=split: palette_of(items, chords, name)) for split in splits
        },
    )


def decode_banks(pack: Path, folder: Path, control: JobControl) -> None:
    """Copy a pack's banks as WAV files, which load at once and are shared by processes; on all cores.

    Raises:
        AssetsError: The pack is missing or damaged.
        WriteError: The disk stands in the way.
        Cancelled: `control` was cancelled.
    """
    _require_folder(pack)

    def decode(name: str) -> None:
        target = folder / f"{name}.wav"
        make_folder(target.parent)
        guarded(audio_path(pack, name), lambda path: decode_bank(path, target, control))

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for decoding in [threads.submit(decode, name) for name in BANKS]:
            decoding.result()


def _require_folder(path: Path) -> None:
    if not path.is_dir():
        raise AssetsError(path, "is not a folder")


def _read_arrays(path: Path) -> dict[str, NDArray[np.int16]]:
    with lzma.open(path) as file:
        data = io.BytesIO(file.read())
    with np.load(data, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in cast("Iterator[str]", iter(arrays))}


def _read_cycles(path: Path) -> NDArray[np.float32]:
    return np.multiply(_read_arrays(path)["wt"], np.float32(1 / 127), dtype=np.float32)


def _read_chords(path: Path) -> dict[str, tuple[float, list[tuple[int, int, str]]]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        songs = cast("dict[str, tuple[float, list[tuple[int, int, str]]]]", json.load(file))
    return {
        name: (float(bpm), [(int(a), int(b), str(c)) for a, b, c in chords]) for name, (bpm, chords) in songs.items()
    }
