"""Make the demo song: `python resources/demo/make_demo.py [--out FILE] [--stems DIR]`.

Eleven bars at 110 beats per minute, which is 24 s: one bar in, a verse of four, a chorus of four, two bars out. Every
sound is synthesised here and the seed is fixed, so the song is the same every time. The stems are rounded to 16 bit
first and the mix is their sum in integers, so they add up to it exactly.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from instruments import bass_note, bell_note, cymbal, electric_piano_note, kick, pad_note, snare, tom
from numpy.typing import NDArray
from signals import RATE_HZ, Signal, Track, band, chorus, filtered, room
from singer import Syllable, sing

TITLE = "Sawdust in the Sun"
ARTIST = "Bandsaw"
SEED = 110
BEAT_SECONDS = 60.0 / 110.0
BAR_BEATS = 4
BARS = 11
SONG_SECONDS = BARS * BAR_BEATS * BEAT_SECONDS
CHORUS_BARS = range(5, 9)
PEAK_DB = -1.0

# What each bar is played on: the bass note and the four notes of the right hand.
CHORDS: dict[str, tuple[int, tuple[int, ...]]] = {
    "Am7": (33, (57, 60, 64, 67)),
    "Fmaj7": (29, (53, 57, 60, 64)),
    "C": (36, (55, 60, 64, 67)),
    "G6": (31, (55, 59, 62, 64)),
    "F": (29, (53, 57, 60, 67)),
    "G": (31, (55, 59, 62, 67)),
    "Em7": (28, (52, 55, 59, 62)),
    "Cmaj9": (36, (55, 59, 62, 64)),
}
# Two halves per bar: in, verse, chorus, out.
HARMONY = [
    ("C", "C"),
    *(("Am7", "Am7"), ("Fmaj7", "Fmaj7"), ("C", "C"), ("G6", "G6")),
    *(("F", "F"), ("G", "G"), ("Em7", "Em7"), ("Am7", "Am7")),
    *(("F", "G"), ("Cmaj9", "Cmaj9")),
]

# Sixteen steps per bar, x soft and X hard: kick, snare, closed hat, open hat.
DRUMS_INTRO = ("X...............", "................", "x...x...x...x...", "................")
DRUMS_VERSE = ("X......xX.......", "....X.......X...", "X.x.X.x.X.x.X.x.", "................")
DRUMS_CHORUS = ("X..x..X.X.x.....", "....X.......X..x", "XxxxXxxxXxxxXx..", "..............X.")
DRUMS_LAST = ("X......xX.......", "....X...........", "X.x.X.x.X.......", "................")
DRUMS = [DRUMS_INTRO, *[DRUMS_VERSE] * 4, *[DRUMS_CHORUS] * 4, DRUMS_LAST]
FILL_BARS = (0, 4, 9)

# By bar; each note is its beat, its length in beats, its MIDI number and its syllable.
MELODY = {
    1: "0.5 0.5 60 so, 1 0.5 62 la, 1.5 1.4 64 ma, 3 0.5 62 ne, 3.5 0.5 60 di",
    2: "0 1 64 la, 1 0.5 62 no, 1.5 1.9 60 na",
    3: "0.5 0.5 64 ho, 1 0.5 65 me, 1.5 1.4 67 la, 3 0.5 64 ti, 3.5 0.5 62 lu",
    4: "0 1 62 na, 1 0.5 64 de, 1.5 1.4 62 lo, 3 0.5 64 ta, 3.5 0.5 67 na",
    5: "0 1 69 la, 1 0.5 67 ni, 1.5 0.5 69 ma, 2 1.4 72 ha, 3.5 0.5 69 so",
    6: "0 1 71 la, 1 0.5 69 de, 1.5 0.5 71 no, 2 1.7 74 na",
    7: "0 0.5 74 ti, 0.5 1 71 la, 1.5 0.5 69 me, 2 1.4 67 lo, 3.5 0.5 67 sa",
    8: "0 1 69 na, 1 0.5 72 li, 1.5 0.5 71 no, 2 1.8 69 la",
    9: "0 1 69 ho, 1 0.5 67 me, 1.5 0.5 65 lu, 2 1 67 na, 3 0.5 69 ta, 3.5 0.5 71 ni",
    10: "0 2.6 72 la",
}
C_MAJOR = (0, 2, 4, 5, 7, 9, 11)


def at(bar: int, beat: float) -> float:
    """When a beat of a bar falls, in seconds."""
    return (bar * BAR_BEATS + beat) * BEAT_SECONDS


def play_drums(rng: np.random.Generator) -> Signal:
    """Kick, snare and hats by their patterns, fills before each new part, a crash on its first beat."""
    track = Track(SONG_SECONDS)
    sounds = (kick(), snare(rng), cymbal(rng, 0.09, 6_500.0), cymbal(rng, 0.42, 6_000.0))
    gains, pans = (1.0, 0.85, 0.30, 0.26), (0.0, 0.05, 0.3, 0.3)
    for bar, patterns in enumerate(DRUMS):
        for sound, gain, pan, pattern in zip(sounds, gains, pans, patterns, strict=True):
            for step, mark in enumerate(pattern):
                # Nobody hits twice the same or exactly on the grid.
                human, late_seconds = 0.92 + 0.16 * rng.random(), 0.004 * rng.random()
                force = {"X": 1.0, "x": 0.5, ".": 0.0}[mark] * human
                if force > 0.0 and not (bar in FILL_BARS and step >= 12):
                    track.add(sound, at(bar, step / 4) + late_seconds, gain * force, pan)
    for bar in FILL_BARS:
        for step, (hz, pan) in enumerate(((210.0, -0.4), (210.0, -0.3), (150.0, 0.1), (105.0, 0.4))):
            track.add(tom(hz), at(bar, 3.0 + step / 4), 0.7 + 0.05 * step, pan)
    crash = cymbal(rng, 1.9, 3_200.0)
    for bar, gain in ((1, 0.28), (5, 0.5), (10, 0.42)):
        track.add(crash, at(bar, 0.0), gain, -0.35)
    track.add(sounds[0], at(10, 0.0))
    return room(filtered(1.35 * np.tanh(track.signal / 1.1), band(28.0, 18_000.0)), rng, 0.5, 0.10)


def play_bass(rng: np.random.Generator) -> Signal:
    """Long notes in the verse, eighths with octaves in the chorus."""
    track = Track(SONG_SECONDS)
    verse = ((0.0, 1.3, 0), (1.75, 0.25, 0), (2.0, 1.0, 0), (3.0, 0.5, 7), (3.5, 0.5, 12))
    driving = tuple((beat / 2, 0.42, 12 if beat in (3, 7) else 0) for beat in range(8))
    for bar, halves in enumerate(HARMONY[1:-1], start=1):
        for beat, beats, interval in driving if bar in CHORUS_BARS else verse:
            root = CHORDS[halves[int(beat // 2)]][0]
            force = 0.9 + 0.1 * rng.random()
            track.add(bass_note(root + interval, beats * BEAT_SECONDS), at(bar, beat), 0.45 * force)
    track.add(bass_note(CHORDS["Cmaj9"][0], 3.6 * BEAT_SECONDS), at(10, 0.0), 0.55)
    return filtered(track.signal, band(32.0, 5_000.0))


def play_chords(rng: np.random.Generator) -> Signal:
    """Electric piano all through; in the chorus also soft strings and a bell that climbs the chord."""
    keys, strings, bells = Track(SONG_SECONDS), Track(SONG_SECONDS), Track(SONG_SECONDS)
    rhythm = ((0.0, 1.4), (1.5, 0.5), (2.0, 0.9), (3.0, 0.9))
    for bar, halves in enumerate(HARMONY[:-1]):
        for beat, beats in rhythm:
            for voice, midi in enumerate(CHORDS[halves[int(beat // 2)]][1]):
                force = (0.75 if beat == 0.0 else 0.55) * (0.9 + 0.2 * rng.random())
                note = electric_piano_note(midi, beats * BEAT_SECONDS, force)
                keys.add(note, at(bar, beat) + 0.008 * voice)
        if bar in CHORUS_BARS:
            notes = CHORDS[halves[0]][1]
            for midi in notes:
                strings.add(pad_note(midi, BAR_BEATS * BEAT_SECONDS), at(bar, 0.0))
            for eighth, voice in enumerate((0, 1, 2, 3, 2, 1, 2, 3)):
                bells.add(bell_note(24 + notes[voice]), at(bar, eighth / 2), pan=0.6 if eighth % 2 else -0.6)
    for voice, midi in enumerate((48, *CHORDS["Cmaj9"][1])):
        keys.add(electric_piano_note(midi, 3.2 * BEAT_SECONDS, 0.7), at(10, 0.0) + 0.02 * voice)
    wide = chorus(0.30 * keys.signal.mean(axis=0)) + chorus(0.17 * strings.signal.mean(axis=0), 0.003, 0.4)
    return room(filtered(wide + 0.07 * bells.signal, band(110.0, 14_000.0)), rng, 1.4, 0.22)


def read_melody() -> list[Syllable]:
    """The notes of `MELODY` in time; the chorus is sung louder."""
    line: list[Syllable] = []
    for bar, notes in MELODY.items():
        for note in notes.split(", "):
            beat, beats, midi, text = note.split()
            gain = 1.0 if bar in CHORUS_BARS else 0.8
            line.append(Syllable(at(bar, float(beat)), float(beats) * BEAT_SECONDS, int(midi), text, gain))
    return line


def sing_song(rng: np.random.Generator) -> Signal:
    """The lead in the middle; in the chorus two more voices a third below, one on each side."""
    track = Track(SONG_SECONDS)
    lead = read_melody()
    track.add(sing(lead, SONG_SECONDS, rng), 0.0, 0.68)
    chorus_seconds = at(CHORUS_BARS.start, 0.0), at(CHORUS_BARS.stop, 0.0)
    below = [
        replace(note, midi=third_below(note.midi))
        for note in lead
        if chorus_seconds[0] <= note.start_seconds < chorus_seconds[1]
    ]
    for pan in (-0.6, 0.6):
        track.add(sing(below, SONG_SECONDS, rng), 0.012, 0.17, pan)
    late = round(1.5 * BEAT_SECONDS * RATE_HZ)
    echo = np.pad(track.signal, ((0, 0), (late, 0)))[::-1, : track.signal.shape[1]]
    return room(filtered(track.signal + 0.09 * echo, band(120.0, 16_000.0)), rng, 1.7, 0.20)


def third_below(midi: int) -> int:
    """The note two steps down the scale of C major."""
    octave, step = divmod(C_MAJOR.index(midi % 12) - 2, len(C_MAJOR))
    return 12 * (midi // 12 + octave) + C_MAJOR[step]


def make_stems() -> dict[str, NDArray[np.int16]]:
    """Play the four parts, as 16-bit signals (n, 2) whose sum peaks at `PEAK_DB`."""
    rng = np.random.default_rng(SEED)
    parts = {"vocals": sing_song(rng), "bass": play_bass(rng), "drums": play_drums(rng), "other": play_chords(rng)}
    fade = np.clip((SONG_SECONDS - np.arange(round(SONG_SECONDS * RATE_HZ)) / RATE_HZ) / 0.5, 0.0, 1.0)
    peak = np.max(np.abs(sum(parts.values())))
    scale = 32_767.0 * 10.0 ** (PEAK_DB / 20.0) / peak
    return {name: np.rint(scale * fade * part).astype(np.int16).T for name, part in parts.items()}


def write_flac(path: Path, signal: NDArray[np.int16], title: str) -> None:
    """Write a 16-bit FLAC file with tags."""
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_16", compression_level=1.0) as file:
        file.title, file.artist = title, ARTIST
        file.write(signal)


def main() -> None:
    """Write the mix, and the stems when asked for."""
    parser = argparse.ArgumentParser(description="Make the demo song.")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("bandsaw-demo.flac"))
    parser.add_argument("--stems", type=Path, help="a folder for the four stems")
    arguments = parser.parse_args()
    stems = make_stems()
    write_flac(arguments.out, np.stack(list(stems.values())).sum(axis=0, dtype=np.int16), TITLE)
    if arguments.stems:
        arguments.stems.mkdir(parents=True, exist_ok=True)
        for name, signal in stems.items():
            write_flac(arguments.stems / f"{name}.flac", signal, f"{TITLE} ({name})")


if __name__ == "__main__":
    main()
