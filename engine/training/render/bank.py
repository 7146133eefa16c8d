"""One bank of the asset pack: its audio as 16-bit integers and its index."""

from __future__ import annotations

import csv
import io
import lzma
import struct
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.errors import EngineError, write_error
from engine.progress import JobControl
from engine.training.render.recipe import SAMPLE_RATE

Pcm = NDArray[np.int16]
Result = TypeVar("Result")

BLOCK_SAMPLES = 1 << 20
# Items were scaled to this peak; `src_peak_db` of the index says what it was.
STORED_PEAK_DB = -1.0


class AssetsError(EngineError):
    """The asset pack is missing, damaged or not one."""

    kind = "assets"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot use the training assets: {path} {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Item:
    """One hit, note, phrase or segment of a bank.

    Attributes:
        bank: Name of the bank, such as `drums/gm_kits`.
        start: First sample in the bank.
        length: In samples.
        kind: Class of the sound: `kick`, `bass`, `piano`, `vocals` and so on.
        group: The kit, instrument, singer or song it belongs to.
        part: The articulation of a note, the stem file of a song's segment; else empty.
        pitch: MIDI note number as labelled; 0 where there is none.
        velocity: How hard it was struck, 0 to 1.
        peak_db: Its peak before the bank was made.
        offset: Where in its song it began, in samples.
        source: File it comes from.
    """

    bank: str
    start: int
    length: int
    kind: str
    group: str
    part: str
    pitch: float
    velocity: float
    peak_db: float
    offset: int
    source: str

    @property
    def source_gain(self) -> float:
        """The factor that brings the item back to the level it had."""
        return float(10 ** ((self.peak_db - STORED_PEAK_DB) / 20))


def guarded(path: Path, read: Callable[[Path], Result]) -> Result:
    """Read one file of the pack and name it if it fails."""
    try:
        return read(path)
    except FileNotFoundError as error:
        raise AssetsError(path, "does not exist") from error
    except OSError as error:
        raise AssetsError(path, f"cannot be read ({error.strerror or error})") from error
    except (soundfile.SoundFileError, lzma.LZMAError, EOFError, KeyError, TypeError, ValueError) as error:
        # soundfile has no error of its own for a file that is not there.
        raise AssetsError(path, f"is damaged ({error})" if path.exists() else "does not exist") from error


def audio_path(folder: Path, name: str) -> Path:
    """The bank's audio: the WAV copy where there is one."""
    wav = folder / f"{name}.wav"
    return wav if wav.exists() else folder / f"{name}.ogg"


def read_index(path: Path, bank: str) -> tuple[Item, ...]:
    """All items of a bank."""
    with path.open(encoding="utf-8", newline="") as file:
        items = tuple(_item(row, bank) for row in csv.DictReader(file))
    if not items:
        raise ValueError("it lists nothing")
    return items


def _item(row: dict[str, str], bank: str) -> Item:
    groups = (row[name] for name in ("kit", "inst", "singer", "song") if name in row)
    return Item(
        bank=bank,
        start=int(row["start"]),
        length=int(row["len"]),
        kind=row["cls"],
        group=next(groups, ""),
        part=row.get("stem") or row.get("art") or "",
        pitch=float(row.get("pitch") or 0),
        velocity=float(row.get("vel") or 1),
        peak_db=float(row.get("src_peak_db") or STORED_PEAK_DB),
        offset=int(row.get("src_offset") or 0),
        source=row.get("src", ""),
    )


def read_bank(path: Path) -> Pcm:
    """All samples (N, C) of a bank."""
    info = soundfile.info(path)
    _check_format(info.samplerate, info.channels)
    if info.format == "WAV" and info.subtype == "PCM_16":
        offset = _wav_data_offset(path)
        return np.memmap(path, "<i2", "r", offset, (info.frames, info.channels))
    bank = np.empty((info.frames, info.channels), np.int16)
    with soundfile.SoundFile(path) as file:
        for start in range(0, len(bank), BLOCK_SAMPLES):
            file.read(out=bank[start : start + BLOCK_SAMPLES])
    return bank


def decode_bank(source: Path, target: Path, control: JobControl) -> None:
    """Write a bank to a 16-bit WAV file.

    Raises:
        WriteError: The disk stands in the way.
        Cancelled: `control` was cancelled.
    """
    with soundfile.SoundFile(source) as file:
        _check_format(file.samplerate, file.channels)
        try:
            # Not by soundfile, whose errors would not tell a full disk from a damaged bank.
            with target.open("wb") as raw, wave.open(raw, "wb") as copy:
                copy.setnchannels(file.channels)
                copy.setsampwidth(2)
                copy.setframerate(SAMPLE_RATE)
                while len(block := file.read(BLOCK_SAMPLES, "int16")):
                    control.checkpoint()
                    copy.writeframes(block.astype("<i2").tobytes())
        except OSError as error:
            raise write_error(target, error) from error


def _check_format(sample_rate: int, channels: int) -> None:
    if sample_rate != SAMPLE_RATE or not 1 <= channels <= 2:
        raise ValueError(f"{sample_rate} Hz, {channels} channels")


def _wav_data_offset(path: Path) -> int:
    """Where the samples of a WAV file begin."""
    with path.open("rb") as file:
        file.seek(12)  # after "RIFF", the size and "WAVE"
        while len(header := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", header)
            if name == b"data":
                return file.tell()
            file.seek(size + size % 2, io.SEEK_CUR)
    raise ValueError("it has no samples")
