"""What songs are made of: every weight, range and probability of the renderer, and what is held out for validation.

A change of the training data is a change of a line here. Weights need not sum to 1; ranges are uniform unless told
otherwise; probabilities are per song.
"""

from __future__ import annotations

from typing import Literal

Split = Literal["train", "valid"]
Range = tuple[float, float]
Weights = dict[str, float]

SAMPLE_RATE = 44_100

# The order of a rendered song's stems and of their sum.
STEMS = ("vocals", "bass", "drums", "other")

# --- What only validation may hear ------------------------------------------------------------------------------
HELD_OUT_SONG_ENDING = "7"  # ids of note patterns
HELD_OUT_KITS = ("gm_jazz", "gm_power")
HELD_OUT_INSTRUMENTS = ("gm005", "gm017", "gm029", "gm048", "gm061", "gm081")
HELD_OUT_ROUND_ROBIN = ("emilyguitar", "_rr2.wav")  # instrument and file ending
HELD_OUT_SINGERS = ("iona_f2", "vctk_p228_", "espeak_it")  # beginnings of names
HELD_OUT_SPANS_SECONDS: dict[str, Range] = {"1.Hydrogen": (254.0, 284.0), "5.Rubidium": (223.0, 253.0)}

# --- Song ---------------------------------------------------------------------------------------------------------
HARMONY: Weights = {"patterns": 0.6, "procedural": 0.4}
PATTERN_TEMPO_SCALE: Range = (0.85, 1.2)
TRANSPOSE_SEMITONES = (-5, 6)
PROCEDURAL_BPM: Range = (60.0, 180.0)
SWING_P = 0.3
SWING: Range = (0.1, 0.6)
SECTION_BARS: Weights = {"4": 0.45, "8": 0.45, "2": 0.1}
SECTION_KINDS: Weights = {"verse": 0.4, "chorus": 0.35, "break": 0.15, "bridge": 0.1}
# How likely a section is without a stem; together 10-30 % of the time, as in real songs.
SECTION_MUTE_P: dict[str, Weights] = {
    "intro": {"vocals": 0.7, "bass": 0.35, "drums": 0.4, "other": 0.1},
    "verse": {"vocals": 0.05, "bass": 0.08, "drums": 0.08, "other": 0.08},
    "chorus": {"vocals": 0.04, "bass": 0.03, "drums": 0.03, "other": 0.05},
    "break": {"vocals": 0.3, "bass": 0.4, "drums": 0.5, "other": 0.25},
    "bridge": {"vocals": 0.15, "bass": 0.15, "drums": 0.15, "other": 0.1},
}
# With its own rests and mutes, a stem without vocals makes 25-35 % of clips of 3 s go without.
STEM_DROP_P: Weights = {"vocals": 0.15, "bass": 0.07, "drums": 0.07, "other": 0.06}

# --- Drums --------------------------------------------------------------------------------------------------------
DRUM_SOURCES: Weights = {"acoustic": 0.35, "gm": 0.2, "electronic": 0.2, "synth": 0.15, "loop": 0.1}
REAL_DRUMS_P = 0.12  # instead of all of the above: a stretch of a real drum stem
DRUM_TIMING_SECONDS: Range = (0.002, 0.008)  # standard deviation of the human error
GHOST_P = 0.4
SOFT_P = 0.2  # the whole kit struck softly, as in quiet live recordings
SOFT_VELOCITY: Range = (0.3, 0.7)
FILL_P = 0.6
PERCUSSION_P = 0.3
# Peak level of each piece beside the kick, in dB, and how far it may differ.
PIECE_DB: Weights = {
    "kick": 0.0, "snare": 0.0, "rim": -5.0, "clap": -2.0, "tom": -3.0, "hat_closed": -10.0, "hat_open": -9.0,
    "ride": -9.0, "ride_bell": -9.0, "crash": -5.0, "shaker": -12.0, "perc": -9.0,
}  # fmt: skip
PIECE_SPREAD_DB = 2.5

# --- Bass ---------------------------------------------------------------------------------------------------------
BASS_SOURCES: Weights = {"real": 0.4, "gm": 0.18, "synth": 0.34, "stem": 0.08}
BASS_SYNTHS: Weights = {"wavetable": 0.3, "saw": 0.3, "fm": 0.2, "sub": 0.2}
BASS_PATTERNS: Weights = {
    "eighths": 0.2, "kick": 0.25, "roots": 0.15, "octaves": 0.1, "fifths": 0.1, "walking": 0.07, "syncopated": 0.08,
    "drone": 0.05,
}  # fmt: skip
BASS_LOWEST_PITCH = (28, 34)
BASS_GHOST_P = 0.25
BASS_GLIDE_P = 0.3  # of synthesised basses
BASS_DRIVE_P = 0.4
BASS_DRIVE_DB: Range = (3.0, 24.0)

# --- Other --------------------------------------------------------------------------------------------------------
OTHER_LAYERS: Weights = {"1": 0.1, "2": 0.3, "3": 0.35, "4": 0.18, "5": 0.07}
OTHER_ROLES: Weights = {
    "chords": 0.22, "pad": 0.15, "strum": 0.17, "arpeggio": 0.12, "riff": 0.1, "lead": 0.1, "stabs": 0.05,
    "piano": 0.14, "riser": 0.05,
}  # fmt: skip
# Where a layer's sound comes from; "synth" is a wavetable or a supersaw.
ROLE_SOURCES: dict[str, Weights] = {
    "chords": {"keys": 0.5, "organ": 0.15, "synth": 0.3, "mallet": 0.05},
    "piano": {"keys": 1.0},
    "pad": {"strings": 0.35, "pad": 0.15, "synth": 0.5},
    "strum": {"guitar": 1.0},
    "arpeggio": {"keys": 0.25, "guitar": 0.3, "mallet": 0.15, "synth": 0.3},
    "riff": {"guitar": 0.55, "synth": 0.3, "brass": 0.15},
    "lead": {"wind": 0.25, "strings": 0.15, "guitar": 0.2, "lead": 0.1, "synth": 0.3},
    "stabs": {"brass": 0.5, "strings": 0.25, "synth": 0.25},
}
FAMILIES: dict[str, tuple[str, ...]] = {
    "keys": ("piano", "epiano"),
    "organ": ("organ",),
    "mallet": ("chromperc", "perc"),
    "strings": ("strings", "ensemble"),
    "pad": ("synthpad", "ensemble"),
    "guitar": ("guitar",),
    "brass": ("brass",),
    "wind": ("reed", "pipe", "ethnic", "brass"),
    "lead": ("synthlead",),
}
REAL_KEYS_P = 0.5  # real recordings instead of the General MIDI set, where a family has both
GUITAR_DRIVE_P = 0.5
GUITAR_DRIVE_DB: Range = (6.0, 40.0)
PALM_MUTE_P = 0.3
CABINET_HZ: Range = (4_000.0, 6_000.0)
STRUM_SECONDS: Range = (0.010, 0.030)
LAYER_DB_SIGMA = 3.0
LAYER_PAN: Range = (-0.7, 0.7)
REAL_OTHER_P = 0.08  # one more layer: a stretch of a real recording

# --- Vocals -------------------------------------------------------------------------------------------------------
REAL_VOCALS_P = 0.4  # else the network learns vocoder artefacts as "voice"
VOCAL_SHIFT_SEMITONES: Range = (-3.0, 3.0)
VOCAL_REST_BEATS: Range = (0.0, 2.0)
DOUBLES: Weights = {"0": 0.5, "1": 0.25, "2": 0.2, "3": 0.05}
DOUBLE_DELAY_SECONDS: Range = (0.010, 0.035)
DOUBLE_CENTS = 12.0
HARMONY_P = 0.3
HARMONY_SEMITONES = (3, 5, 7, -12)
OOHS_P = 0.12
SPOKEN_P = 0.07  # whisper and rap stand-ins
DELAY_THROW_P = 0.25

# --- Effects per stem ---------------------------------------------------------------------------------------------
EQ_PEAKS = (0, 4)
EQ_PEAK_DB = 9.0
TILT_DB = 4.0  # from 100 Hz to 10 kHz, standard deviation
HIGH_CUT_P = 0.2
HIGH_CUT_HZ: Range = (11_000.0, 19_000.0)
COMPRESS_P: Weights = {"vocals": 0.7, "bass": 0.6, "drums": 0.5, "other": 0.4}
COMPRESS_THRESHOLD_DB: Range = (-14.0, -3.0)  # beside the loudest blocks
COMPRESS_RATIO: Range = (1.5, 6.0)
SATURATE_P: Weights = {"vocals": 0.2, "bass": 0.3, "drums": 0.3, "other": 0.2}
SATURATE_DB: Range = (0.0, 12.0)
CHORUS_P: Weights = {"vocals": 0.04, "bass": 0.06, "drums": 0.0, "other": 0.12}
WIDTH: Range = (0.4, 1.6)
WIDTH_P: Weights = {"vocals": 0.3, "bass": 0.1, "drums": 0.6, "other": 0.6}
REVERB_P: Weights = {"vocals": 0.85, "bass": 0.12, "drums": 0.6, "other": 0.65}
REVERB_RT60_SECONDS: Range = (0.2, 2.5)  # log-uniform
REVERB_WET_DB: dict[str, Range] = {
    "vocals": (-24.0, -8.0), "bass": (-28.0, -14.0), "drums": (-26.0, -10.0), "other": (-24.0, -8.0),
}  # fmt: skip
SWAP_P = 0.5
POLARITY_P = 0.5

# --- Mix ----------------------------------------------------------------------------------------------------------
# Level of each stem where it sounds, beside the others. Chosen so that the shares of energy come near those of real
# songs (mixture as estimate: vocals -6.3, drums -3.7, bass -5.1, other -6.3 dB).
LEVEL_DB: Weights = {"vocals": 0.0, "bass": 0.5, "drums": 2.0, "other": -1.0}
LEVEL_SIGMA_DB = 4.0
BUS_COMPRESS_P = 0.4
SOFT_CLIP_P = 0.3
SOFT_CLIP_DB: Range = (0.0, 6.0)
LIMITER_DRIVE_DB: Range = (0.0, 8.0)
LIMITER_P = 0.75  # else the mixture is only scaled to its peak
FINAL_DB: Range = (-12.0, -0.2)  # of the ceiling, full scale 0
SILENCE_DB = -120.0  # what is softer becomes exact silence: transforms leave such a residue where nothing sounds
