"""The vocal stem: phrases of one singer, real or synthetic, with doubles, harmonies, oohs and echoes.

Shapes: N samples of the song; n samples of a phrase; the stem is (2, N).
"""

from __future__ import annotations

import numpy as np

from engine.separation import Samples
from engine.training.render import recipe
from engine.training.render.bank import Item
from engine.training.render.draw import Rng, chance, gain, log_uniform, one_of, uniform, weighted
from engine.training.render.filters import convolve, high_pass, low_pass, minimum_phase
from engine.training.render.instruments import Mono, add, resample, semitones
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.score import BEATS_PER_BAR
from engine.training.render.session import Session, add_stereo, edged, pan_gains

GRAIN_SECONDS = 0.04
# How far a grain may be moved to continue the one before, and in which steps: a period of the lowest voice, 8 kHz.
SEARCH_SAMPLES = 500
SEARCH_STEP = 4
# A phrase must begin in an unmuted section and may run this far into a muted one.
OVERHANG_BEATS = 1.0


def play_vocals(session: Session, rng: Rng) -> tuple[Samples, str]:
    """The vocal stem (2, N) and in a word who sings."""
    track = np.zeros((2, session.samples), np.float32)
    palette = session.palette
    real = chance(rng, recipe.REAL_VOCALS_P) and bool(palette.real_singers)
    voices = palette.real_singers if real else palette.singers
    # Singers of whom there is more are heard more often.
    name = weighted(rng, {singer: float(len(voices[singer])) for singer in sorted(voices)})
    shift = uniform(rng, recipe.VOCAL_SHIFT_SEMITONES)
    spoken = not real and chance(rng, recipe.SPOKEN_P)
    doubles = [_Double(rng) for _ in range(int(weighted(rng, recipe.DOUBLES)))]
    harmony = one_of(rng, recipe.HARMONY_SEMITONES) if chance(rng, recipe.HARMONY_P) else 0
    throws = chance(rng, recipe.DELAY_THROW_P)
    for item, start in _phrases(session, voices[name], semitones(shift), rng):
        sound = _voice(session, item, shift)
        if spoken:
            sound = _whisper(sound, rng)
        add_stereo(track, sound, start, 1.0, 0.0)
        middle = sound.mean(axis=0, dtype=np.float32)
        for double in doubles:
            double.sing(track, middle, start)
        if harmony and chance(rng, 0.6):
            add_stereo(track, pitch_shift(middle, harmony)[None], start, 0.5, uniform(rng, (-0.6, 0.6)))
        if throws and chance(rng, 0.4):
            _throw(track, middle, start, session.score.beat_samples, rng)
    if chance(rng, recipe.OOHS_P):
        _oohs(track, session, rng)
    return track, f"{'real' if real else 'synthetic'} {name}{', spoken' if spoken else ''}"


class _Double:
    """The same phrase sung again, a little late and out of tune, on one side."""

    def __init__(self, rng: Rng) -> None:
        self._ratio = semitones(rng.uniform(-1, 1) * recipe.DOUBLE_CENTS / 100)
        self._delay = int(uniform(rng, recipe.DOUBLE_DELAY_SECONDS) * SAMPLE_RATE)
        self._level = gain(uniform(rng, (-9, -2)))
        self._pan = uniform(rng, (-1, 1))

    def sing(self, track: Samples, sound: Mono, start: int) -> None:
        add_stereo(track, resample(sound, self._ratio)[None], start + self._delay, self._level, self._pan)


def _phrases(session: Session, items: tuple[Item, ...], ratio: float, rng: Rng) -> list[tuple[Item, int]]:
    """Which phrases are sung and at which sample they begin: on a beat, one after the other with rests."""
    score = session.score
    order = [items[int(i)] for i in rng.permutation(len(items))]
    found: list[tuple[Item, int]] = []
    beat = float(rng.integers(BEATS_PER_BAR))
    while beat < score.beats:
        if not score.plays("vocals", np.array([beat]))[0]:
            beat += 1
            continue
        item = order[len(found) % len(order)]
        found.append((item, int(score.samples_at(beat))))
        length = item.length / ratio / score.beat_samples
        stop = next((s.start for s in score.sections if s.start > beat and "vocals" in s.muted), score.beats)
        beat = min(beat + length, stop + OVERHANG_BEATS)
        beat = float(np.ceil(beat + uniform(rng, recipe.VOCAL_REST_BEATS)))
    return found


def _voice(session: Session, item: Item, shift: float) -> Samples:
    """A phrase (C, n) at another speed."""
    signal = session.assets.signal(item)
    return edged(np.stack([resample(side, semitones(shift)) for side in signal]))


def _whisper(sound: Samples, rng: Rng) -> Samples:
    """Noise with the level and the highs of a phrase: unvoiced, as in whispered or spoken parts."""
    frame = 256
    middle = sound.mean(axis=0, dtype=np.float32)
    whole = max(frame, len(middle) - len(middle) % frame)
    middle = np.pad(middle, (0, max(0, whole - len(middle))))[:whole]
    level = np.sqrt(np.square(middle.reshape(-1, frame)).mean(axis=1))
    noise = rng.standard_normal((1, whole), dtype=np.float32) * np.repeat(level, frame)
    share = uniform(rng, (0.3, 1.0))
    noise = convolve(noise, minimum_phase(high_pass(700) * low_pass(log_uniform(rng, (3_000, 8_000)), 1)))[0]
    return ((1 - share) * middle + share * 2 * noise).astype(np.float32)[None]


def pitch_shift(sound: Mono, interval: float) -> Mono:
    """Another pitch at the same length (n,)."""
    return stretch(resample(sound, semitones(interval)), len(sound))


def stretch(sound: Mono, length: int) -> Mono:
    """Another length at the same pitch: overlapping grains, each taken where it continues the one before best.

    Source: Verhelst & Roelands, "An overlap-add technique based on waveform similarity (WSOLA)", ICASSP 1993.
    """
    hop = int(GRAIN_SECONDS * SAMPLE_RATE) // 2
    padded = np.pad(sound, (hop, 4 * hop))
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    result = np.zeros(length + 2 * hop, np.float32)
    at = 0
    for start in range(0, length, hop):
        wanted = start * len(sound) // length
        if start:
            first = max(0, wanted - SEARCH_SAMPLES)
            area = padded[first : wanted + SEARCH_SAMPLES + hop : SEARCH_STEP]
            follows = padded[at + hop : at + 2 * hop : SEARCH_STEP]
            at = first + SEARCH_STEP * int(np.argmax(np.correlate(area, follows, "valid")))
        result[start : start + 2 * hop] += padded[at : at + 2 * hop] * window
    return result[hop : hop + length]


def _throw(track: Samples, sound: Mono, start: int, beat_samples: float, rng: Rng) -> None:
    """Echo the end of a phrase on alternating sides."""
    tail = sound[-min(len(sound), int(one_of(rng, (1, 2)) * beat_samples)) :]
    step = int(beat_samples * one_of(rng, (0.5, 0.75, 1.0)))
    feedback = uniform(rng, (0.3, 0.6))
    side = one_of(rng, (-0.8, 0.8))
    for echo in range(1, 5):
        add_stereo(
            track, tail[None], start + len(sound) - len(tail) + echo * step, 0.6 * feedback**echo, side * (-1) ** echo
        )


def _oohs(track: Samples, session: Session, rng: Rng) -> None:
    """Pads: a held vowel cut from a phrase, one voice for each tone of the chords."""
    name = one_of(rng, sorted(session.palette.singers))
    source = session.assets.mono(one_of(rng, session.palette.singers[name]))
    vowel = _steadiest(source, int(0.35 * SAMPLE_RATE))
    pitch = _pitch(vowel)
    cache: dict[float, Mono] = {}
    for chord in session.score.chords:
        if not session.score.plays("vocals", np.array([chord.start]))[0]:
            continue
        start, stop = session.span(chord.start, chord.stop)
        for index, tone in enumerate(chord.tones[:3]):
            wanted = 57 + (chord.root + tone - 57) % 12
            if wanted not in cache:
                cache[wanted] = _held(resample(vowel, semitones(wanted - pitch)), 6 * SAMPLE_RATE)
            note = edged(cache[wanted][: stop - start], int(0.15 * SAMPLE_RATE))
            left, right = pan_gains((index - 1) * 0.6)
            add(track[0], note, start, 0.2 * left)
            add(track[1], note, start, 0.2 * right)


def _steadiest(sound: Mono, samples: int) -> Mono:
    """The stretch whose level changes least, of those that are loud."""
    step = samples // 4
    count = max(1, (len(sound) - samples) // step)
    parts = [sound[i * step : i * step + samples] for i in range(count)]
    power = np.array([float(np.mean(np.square(part))) for part in parts])
    change = [
        abs(float(np.mean(np.square(p[: samples // 2]))) / max(1e-9, w) - 0.5)
        for p, w in zip(parts, power, strict=True)
    ]
    change_of = np.where(power > 0.3 * power.max(), change, np.inf)
    return parts[int(np.argmin(change_of))]


def _pitch(sound: Mono) -> float:
    """The MIDI pitch of a steady voice, by autocorrelation between 80 and 700 Hz."""
    spectrum = np.fft.rfft(sound, 2 * len(sound))
    correlation = np.fft.irfft(np.square(np.abs(spectrum)))
    low, high = SAMPLE_RATE // 700, SAMPLE_RATE // 80
    # Multiples of the period are nearly as good; the first peak that comes close is the period itself.
    near = np.flatnonzero(correlation[low:high] >= 0.9 * correlation[low:high].max())
    run = near[: int(np.argmax(np.append(np.diff(near), len(sound)) > 1)) + 1]
    lag = low + int(run[np.argmax(correlation[low + run])])
    return float(69 + 12 * np.log2(SAMPLE_RATE / lag / 440))


def _held(vowel: Mono, samples: int) -> Mono:
    """A vowel repeated with cross-fades to `samples`."""
    fade = len(vowel) // 2
    window = np.hanning(2 * fade).astype(np.float32)
    piece = vowel[: 2 * fade] * window
    held = np.zeros(samples + 2 * fade, np.float32)
    for start in range(0, samples, fade):
        add(held, piece, start)
    return held[fade : fade + samples]
