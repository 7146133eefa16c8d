import numpy as np
import psutil
import pytest

from app.playback.pace import PLAIN, Pace
from app.playback.playhead import Playhead
from app.playback.stream import Stream
from engine.api import Mixer, Samples
from tests.support.playback import KEY, RATE, Rig

STUDIO_RATE = 44_100
PACES = [
    Pace(80, 0),
    Pace(50, 0),
    Pace(150, 0),
    Pace(100, 12),
    Pace(100, -12),
    Pace(50, 12),
    Pace(150, -12),
    Pace(97, 5),
]


def stream_of(song: Samples, rate: int = STUDIO_RATE) -> tuple[Mixer, Stream]:
    mixer = Mixer({KEY: song}, rate)
    mixer.set_gains({KEY: (1.0, 1.0)})
    return mixer, Stream(mixer, Playhead(rate), rate)


def played(song: Samples, pace: Pace, count: int) -> Samples:
    _mixer, stream = stream_of(song)
    stream.wanted = pace
    return np.concatenate([stream.take(512, 0.0) for _ in range(count // 512)], axis=1)


def sine(hz: float, seconds: float, rate: int = STUDIO_RATE) -> Samples:
    wave = 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.stack((wave, wave)).astype(np.float32)


# Sound


@pytest.mark.parametrize("pace", PACES)
def test_a_tone_keeps_its_level_and_has_the_pitch_and_length_of_the_pace(pace: Pace) -> None:
    heard = played(sine(440.0, 4), pace, 2 * STUDIO_RATE)[0, STUDIO_RATE // 2 : 3 * STUDIO_RATE // 2]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    hz = 440.0 * 2 ** (pace.semitones / 12)
    peak = int(spectrum.argmax())
    assert peak == round(hz)  # bins of 1 Hz
    assert heard.std() == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    # A Hann window leaves less than this beyond 8 bins; anything else would be frames that do not join.
    spectrum[peak - 8 : peak + 9] = 0.0
    assert spectrum.max() < 10 ** (-60 / 20) * len(heard) / 8


@pytest.mark.parametrize("semitones", range(-12, 13))
def test_every_semitone_is_in_tune(semitones: int) -> None:
    song = sine(1000.0, 4)
    heard = played(song, Pace(100, semitones), 2 * STUDIO_RATE)[0, STUDIO_RATE // 2 : 3 * STUDIO_RATE // 2]
    phases = np.unwrap(np.angle(_analytic(heard)))[4_000:-4_000]
    hz = (phases[-1] - phases[0]) / (2 * np.pi) * STUDIO_RATE / (len(phases) - 1)
    cents = 1200 * np.log2(hz / 1000.0) - 100 * semitones
    assert abs(cents) < 0.1


def _analytic(wave: Samples) -> np.ndarray:
    spectrum = np.fft.fft(wave)
    spectrum[len(wave) // 2 :] = 0.0
    return np.fft.ifft(spectrum)


@pytest.mark.parametrize("pace", PACES)
def test_an_event_sounds_at_its_own_time(pace: Pace) -> None:
    song = np.zeros((2, 4 * STUDIO_RATE), np.float32)
    rng = np.random.default_rng(1)
    at = STUDIO_RATE // 2
    song[:, at - 2_000 : at + 2_000] = rng.uniform(-0.5, 0.5, 4_000) * np.hanning(4_000)
    energy = (played(song, pace, 2 * STUDIO_RATE)[0] ** 2).astype(np.float64)
    centre = (energy * np.arange(len(energy))).sum() / energy.sum()
    assert centre == pytest.approx(at * 100 / pace.speed_percent, abs=0.010 * STUDIO_RATE)  # half a vocoder's hop


def test_opposite_channels_stay_opposite_and_a_silent_one_silent() -> None:
    rng = np.random.default_rng(2)
    wave = rng.uniform(-0.5, 0.5, 2 * STUDIO_RATE).astype(np.float32)
    opposite = played(np.stack((wave, -wave)), Pace(80, 3), STUDIO_RATE)
    np.testing.assert_array_equal(opposite[0], -opposite[1])
    assert opposite[0].std() > 0.1
    one_sided = played(np.stack((wave, np.zeros_like(wave))), Pace(80, 3), STUDIO_RATE)
    assert not one_sided[1].any()
    assert one_sided[0].std() > 0.1


def test_the_songs_own_pace_is_the_mix_bit_for_bit_also_after_another_pace() -> None:
    song = np.random.default_rng(3).uniform(-0.5, 0.5, (2, 5 * STUDIO_RATE)).astype(np.float32)
    _mixer, stream = stream_of(song)
    before = np.concatenate([stream.take(500, 0.0) for _ in range(40)], axis=1)
    np.testing.assert_array_equal(before, song[:, :20_000])
    stream.wanted = Pace(80)
    for _ in range(40):
        stream.take(500, 0.0)  # 20 000 of the device are 16 000 of the song
    stream.wanted = PLAIN
    after = np.concatenate([stream.take(500, 0.0) for _ in range(40)], axis=1)
    np.testing.assert_array_equal(after[:, 500:], song[:, 36_500:56_000])  # 441 samples are the cross-fade


def test_another_speed_begins_in_phase_with_what_sounded() -> None:
    song = np.random.default_rng(4).uniform(-0.5, 0.5, (2, 2 * STUDIO_RATE)).astype(np.float32)
    _mixer, stream = stream_of(song)
    stream.take(30_000, 0.0)
    stream.wanted = Pace(95)
    heard = stream.take(400, 0.0)
    expected = song[:, 30_000:30_400]
    assert (heard * expected).sum() / np.sqrt((heard**2).sum() * (expected**2).sum()) > 0.95


def test_changes_of_pace_do_not_click() -> None:
    hz = 100.0
    _mixer, stream = stream_of(sine(hz, 20))
    rng = np.random.default_rng(5)
    heard: list[Samples] = []
    for _ in range(40):
        stream.wanted = Pace(int(rng.integers(50, 151)), int(rng.integers(-12, 13)))
        heard.extend(stream.take(256, 0.0) for _ in range(int(rng.integers(1, 40))))
    steps = np.abs(np.diff(np.concatenate(heard, axis=1)))
    # The steepest sine an octave up, twice as loud where two meet, and the slope of a fade of 10 ms over full scale.
    assert steps.max() < 2 * 0.5 * 2 * np.pi * 2 * hz / STUDIO_RATE + 1 / (0.010 * STUDIO_RATE)


@pytest.mark.parametrize("pace", PACES)
def test_playing_on_at_another_pace_does_not_begin_with_a_step(pace: Pace) -> None:
    mixer, stream = stream_of(sine(100.0, 3))
    mixer.seek(STUDIO_RATE + 90)
    stream.wanted = pace
    steps = np.abs(np.diff(stream.take(4_410, 0.0)[0], prepend=0.0))
    # The steepest sine an octave up, and the slope of a fade of 10 ms.
    assert steps.max() < 0.5 * 2 * np.pi * 200 / STUDIO_RATE + 0.5 / (0.010 * STUDIO_RATE)


# Time


def test_another_speed_does_not_drift() -> None:
    seconds, pace = 300, Pace(83, -5)
    song = np.broadcast_to(np.zeros((1, 1), np.float32), (1, 2 * seconds * RATE))
    mixer, stream = stream_of(song, RATE)
    stream.wanted = pace
    block = 8_000
    for _ in range(seconds * RATE // block):
        stream.take(block, 0.0)
    exact = seconds * RATE * pace.speed_percent // 100
    assert mixer.position - stream.lag_samples * pace.speed_percent // 100 == pytest.approx(exact, abs=1)
    assert stream.lag_samples < 0.2 * RATE


def test_the_playhead_shows_the_sample_that_is_heard_at_any_pace() -> None:
    rig = Rig(np.zeros((2, 10 * RATE), np.float32))
    rig.player.play()
    rig.hear(1)
    rig.player.set_pace(Pace(80, 2))
    rig.hear(2)
    assert rig.player.position == pytest.approx(2.6 * RATE, abs=1)
    rig.now_seconds -= 0.05  # in the middle of the last block
    assert rig.player.position == pytest.approx((2.6 - 0.04) * RATE, abs=1)


def test_a_seek_at_another_pace_moves_the_playhead_at_once_for_good() -> None:
    rig = Rig(np.zeros((2, 10 * RATE), np.float32))
    rig.player.set_pace(Pace(50))
    rig.player.play()
    rig.hear(1)
    rig.player.seek(4 * RATE)
    positions = []
    for _ in range(10):
        positions.append(rig.player.position)
        rig.hear(0.1)
    assert positions[0] == 4 * RATE
    assert positions == sorted(positions)
    # What was rendered before the seek is heard first, and lasts for less than 0.2 s.
    assert 4.4 * RATE <= rig.player.position <= 4.5 * RATE


def test_a_loop_at_another_pace_is_as_long_as_it_should_be() -> None:
    song = np.zeros((2, 10 * RATE), np.float32)
    song[:, 2 * RATE] = 1.0
    rig = Rig(song)
    rig.player.set_loop((round(1.5 * RATE), round(2.5 * RATE)))
    rig.player.seek(round(1.5 * RATE))
    rig.player.set_pace(Pace(80))
    rig.player.play()
    energy = (rig.hear(10) ** 2).sum(axis=0)
    windows = energy[: 10 * RATE].reshape(-1, round(1.25 * RATE))
    centres = (windows * np.arange(windows.shape[1])).sum(axis=1) / windows.sum(axis=1)
    np.testing.assert_allclose(centres, 0.5 / 0.8 * RATE, atol=0.02 * RATE)  # once in each of eight turns


def test_the_end_of_the_song_is_heard_whole_at_half_speed_and_then_the_device_stops() -> None:
    rig = Rig(sine(200.0, 1, RATE))
    rig.player.set_pace(Pace(50))
    rig.player.play()
    heard = rig.output.run(100)
    assert not rig.output.running
    sounding = np.flatnonzero(np.abs(heard[0]) > 0.1)
    assert sounding[-1] == pytest.approx(2 * RATE, abs=0.1 * RATE)
    assert not heard[:, -round(0.2 * RATE) :].any()
    rig.now_seconds += 10
    assert (rig.player.position, rig.player.playing) == (RATE, False)


def test_another_song_is_heard_as_it_is() -> None:
    rig = Rig()
    rig.player.set_pace(Pace(70, 2))
    rig.player.load({KEY: np.full((2, RATE), 0.25, np.float32)}, RATE)
    rig.player.set_gains({KEY: (1.0, 1.0)})
    rig.player.play()
    assert (rig.output.run()[:, 40:] == 0.25).all()


# Everything at once


class Listener:
    """Hears a song whose samples say where they are: a low part at the left, a high part at the right."""

    BASE = 2_048

    def __init__(self, seconds: int) -> None:
        place = np.arange(seconds * RATE)
        song = np.stack((place % self.BASE, place // self.BASE)).astype(np.float32) / np.float32(self.BASE)
        self.samples = seconds * RATE
        self.rig = Rig(song)
        self.exact = 0
        self.pace = PLAIN

    def hear(self) -> None:
        """One block; where it is a plain piece of the song, the playhead has to be exactly there."""
        rig = self.rig
        if not rig.output.running:
            rig.player.play()
        block = rig.output.run()
        if self.pace.plain and block.shape[1] and rig.player.playing:
            low, high = block * self.BASE
            places = np.rint(low) + np.rint(high) * self.BASE
            if (np.diff(places) == 1).all() and (low == np.rint(low)).all():
                assert rig.player.position == places[0]
                self.exact += 1
        rig.now_seconds += 0.1
        rig.player.attend()

    def act(self, rng: np.random.Generator) -> None:
        """Something a musician may do."""
        player = self.rig.player
        match int(rng.integers(11)):
            case 0 | 1 | 2:
                player.seek(int(rng.integers(self.samples)))
            case 3:
                player.pause()
            case 4:
                player.play()
            case 5:
                start = int(rng.integers(self.samples - 3 * RATE))
                player.set_loop((start, start + int(rng.integers(400, 3 * RATE))))
                player.seek(start)
            case 6:
                player.set_loop(None)
            case 7:
                self.pace = Pace(int(rng.integers(50, 151)), int(rng.integers(-12, 13)))
                player.set_pace(self.pace)
            case _:
                self.pace = PLAIN
                player.set_pace(self.pace)


@pytest.mark.slow
def test_an_hour_of_random_actions_drifts_by_no_sample_and_keeps_no_memory() -> None:
    listener = Listener(seconds=300)
    rng = np.random.default_rng(6)
    blocks = 36_000
    process, early = psutil.Process(), 0
    for number in range(blocks):
        if rng.random() < 0.05:
            listener.act(rng)
        listener.hear()
        if number == blocks // 10:
            early = process.memory_info().rss
    grown = process.memory_info().rss - early
    listener.rig.player.close()
    assert listener.exact > blocks // 2
    assert grown < 20_000_000  # all that was played would be 200 MB
