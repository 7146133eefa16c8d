"""Builds a miniature asset pack: a few synthetic hits, notes, phrases and one note pattern per split."""

from __future__ import annotations

import csv
import io
import json
import lzma
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from engine.separation import Samples

RATE = 44_100
PEAK_DB = -16.0  # what the index says; so low that several items together stay within full scale
Row = dict[str, str | float]


def make_pack(folder: Path, suffix: str = ".wav") -> Path:
    """Write a pack in the format of the real one; `suffix` is that of its banks."""
    for bank, rows, channels in _banks():
        _write_bank(folder / bank, rows, channels, suffix)
    _write_patterns(folder / "midi")
    _write_cycles(folder / "wavetables")
    return folder


def _banks() -> list[tuple[str, Sequence[Row], int]]:
    pieces = ("kick", "snare", "hat_closed", "hat_open", "tom", "crash", "ride")
    jazz = [
        {"cls": piece, "kit": kit, "vel": 0.9} for kit in ("gm_jazz", "gm_power") for piece in ("kick", "snare", "tom")
    ]
    standard: list[Row] = [{"cls": piece, "kit": "gm_standard", "vel": 0.9} for piece in (*pieces, "rim", "conga")]
    layers: list[Row] = [{"cls": piece, "kit": "muldjord", "vel": vel} for piece in pieces for vel in (0.4, 0.9)]
    notes = [{"pitch": pitch, "vel": vel} for pitch in (48, 60, 72) for vel in (0.5, 0.9)]
    kinds = {"gm000": "piano", "gm005": "piano", "gm026": "guitar", "gm048": "ensemble", "gm050": "ensemble"}
    kinds |= {"gm061": "brass", "gm062": "brass", "gm016": "organ", "gm073": "pipe"}
    melodic: list[Row] = [{"cls": kind, "inst": name, **note} for name, kind in kinds.items() for note in notes]
    guitar = [{"pitch": 52, "vel": 0.9, "src": f"notes/e3_f_rr{take}.wav"} for take in (1, 2)]
    return [
        ("drums/acoustic_muldjord", layers, 2),
        ("drums/gm_kits", [*jazz, *standard], 1),
        ("drums/electronic_cc0", [{"cls": piece, "kit": "uzu"} for piece in pieces], 1),
        ("drums/loops_cc0", [{"cls": "loop", "kit": "sonicpi", "seconds": 1.0}], 2),
        ("bass/bass_real_cc0", [{"cls": "bass", "inst": "double_bass", "art": "pizz", "pitch": 33, "vel": 0.9}], 1),
        ("bass/gm_bass", [{"cls": "bass", "inst": "gm033", "art": "note", "pitch": 40, "vel": 0.9}], 1),
        ("other/guitar_keys_real", [{"cls": "guitar", "inst": "emilyguitar_electric", **note} for note in guitar], 1),
        ("other/gm_melodic", melodic, 1),
        ("vocals/syn_speech", [_phrase(singer) for singer in ("vctk_p225_0", "vctk_p228_0", "espeak_it+m7_0")], 1),
        ("vocals/syn_iona", [_phrase(singer) for singer in ("iona_f1", "iona_f2")], 1),
        ("real/evf_vocals", _song_rows("vocals", "VOX LEAD"), 2),
        ("real/evf_drums", _song_rows("drums", "MAIN DRUMS"), 2),
        ("real/evf_bass", [{**row, "song": "4.Potassium"} for row in _song_rows("bass", "PAD + BASS")], 2),
        ("real/evf_other", _song_rows("other", "PLUCK"), 2),
        ("real/misc_real", [{"cls": "vocals", "song": "vocadito_1", "pitch": 58, "seconds": 2.0}], 2),
    ]  # fmt: skip


def _phrase(singer: str) -> Row:
    return {"cls": "vocals", "singer": singer, "pitch": 57, "seconds": 2.0}


def _song_rows(kind: str, stem: str) -> list[Row]:
    """Segments of two songs: before, across and inside what is held out of them."""
    places = [
        ("1.Hydrogen", 2.0),
        ("1.Hydrogen", 253.0),
        ("1.Hydrogen", 260.0),
        ("5.Rubidium", 10.0),
        ("5.Rubidium", 230.0),
    ]
    common: Row = {"cls": kind, "stem": stem, "pitch": 55, "seconds": 2.0}
    return [{**common, "song": song, "src_offset": round(at * RATE)} for song, at in places]


def _write_bank(path: Path, rows: Sequence[Row], channels: int, suffix: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(len(str(path.name)))
    sounds = [_sound(row, rng) for row in rows]
    starts = np.cumsum([0, *(len(sound) + 441 for sound in sounds)])
    fields = sorted({"start", "len", "src_peak_db", "src", *(name for row in rows for name in row)} - {"seconds"})
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, restval="", extrasaction="ignore")
        writer.writeheader()
        for row, start, sound in zip(rows, starts.tolist(), sounds, strict=False):
            writer.writerow({"src": "test", **row, "start": start, "len": len(sound), "src_peak_db": PEAK_DB})
    signal = np.concatenate([np.append(sound, np.zeros(441, np.float32)) for sound in sounds])
    with soundfile.SoundFile(path.with_suffix(suffix), "w", RATE, channels) as file:
        file.write(np.repeat(signal[:, None], channels, axis=1))


def _sound(row: Row, rng: np.random.Generator) -> Samples:
    """A decaying sum of harmonics where there is a pitch, else noise; peak -1 dB."""
    seconds = float(row.get("seconds", 0.15))
    time = np.arange(round(seconds * RATE)) / RATE
    if row.get("pitch"):
        hz = 440 * 2 ** ((float(row["pitch"]) - 69) / 12)
        wave = sum(np.sin(2 * np.pi * hz * k * time) / k for k in range(1, 6)) * np.exp(-time / seconds)
    else:
        wave = rng.standard_normal(len(time)) * np.exp(-time / 0.03)
    return (wave * 10 ** (-1 / 20) / np.abs(wave).max()).astype(np.float32)


def _write_patterns(folder: Path) -> None:
    """Pattern 001 to train on and 007 held out: four chords, a melody on each beat, a piano chord on each bar."""
    folder.mkdir(parents=True)
    chords = [
        [bar * 16, bar * 16 + 16, symbol] for bar, symbol in enumerate(["N", "C:maj", "A:min7/b3", "F:maj", "G:7"])
    ]
    arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.int16]]] = {}
    for name in ("001", "007"):
        arrays[f"{name}_melody"] = np.array([[48, 40, 60 + step % 12, 100] for step in range(20)], np.int16)
        arrays[f"{name}_bridge"] = np.zeros((0, 4), np.int16)
        arrays[f"{name}_piano"] = np.array([[192, 96, 48, 80], [0, 96, 55, 80]] * 4, np.int16)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    (folder / "pop909_notes.npz.xz").write_bytes(lzma.compress(buffer.getvalue()))
    text = json.dumps({"001": [90.0, chords], "007": [120.0, chords]})
    (folder / "pop909_chords.json.xz").write_bytes(lzma.compress(text.encode()))


def _write_cycles(folder: Path) -> None:
    folder.mkdir(parents=True)
    turn = np.linspace(0, 2 * np.pi, 512, endpoint=False)
    cycles = [np.sin(turn), np.sign(np.sin(turn)), np.sin(turn) + 0.5 * np.sin(3 * turn)]
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, wt=np.array([wave / np.abs(wave).max() * 127 for wave in cycles], np.int8))
    (folder / "akwf.npz.xz").write_bytes(lzma.compress(buffer.getvalue()))
