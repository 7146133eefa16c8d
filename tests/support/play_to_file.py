"""Plays a fixed song with a stage switch, a mute and a seek into a file through a real sound library. Run as a program:

    python -m tests.support.play_to_file portaudio|miniaudio FOLDER

It writes FOLDER/captured.f32 (interleaved stereo float32) and FOLDER/counts.npy (the size of each block). ALSA's file
device stands in for a sound card. It has to be configured before the sound library is loaded, hence the process; and it
takes samples as fast as they come, so what happens when is counted in samples.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.playback.output import MiniaudioOutput, OpenOutput, Output, PortAudioOutput, Pull
from app.playback.player import Player
from engine.api import Mixer, Samples, SignalKey

RATE = 44_100
HZ = 100.0
SECONDS = 3
STAGE1: SignalKey = ("vocals", 1)
STAGE2: SignalKey = ("vocals", 2)
OUTPUTS: dict[str, OpenOutput] = {"portaudio": PortAudioOutput, "miniaudio": MiniaudioOutput}

# What the listener does in the block that begins with, or holds, this sample of what was played.
ACTIONS: dict[int, Callable[[Player | Mixer], None]] = {
    20_000: lambda deck: deck.set_gains({STAGE2: (1.0, 1.0)}),
    40_000: lambda deck: deck.set_gains({}),
    60_000: lambda deck: deck.set_gains({STAGE1: (1.0, 1.0)}),
    80_000: lambda deck: deck.seek(50_123),
}


def song() -> dict[SignalKey, Samples]:
    """A sine in stage 1 and its opposite in stage 2: a hard switch between them would be a loud click."""
    sine = np.sin(2 * np.pi * HZ * np.arange(SECONDS * RATE) / RATE).astype(np.float32)
    return {STAGE1: np.stack((sine, 0.5 * sine)), STAGE2: np.stack((-sine, -0.5 * sine))}


def act(deck: Player | Mixer, played: int, count: int) -> None:
    """Do what is due before the block of `count` samples after `played` ones."""
    for sample, action in ACTIONS.items():
        if played <= sample < played + count:
            action(deck)


def play(library: str, folder: Path) -> None:
    captured = folder / "captured.f32"
    config = folder / "asound.conf"
    config.write_text(
        f'pcm.cap {{ type file slave.pcm {{ type null }} file "{captured}" format "raw" }}\n'
        'pcm.default { type plug slave.pcm "cap" hint { show on description "capture" } }\n'
        "ctl.default { type null }\n"
    )
    os.environ["ALSA_CONFIG_PATH"] = str(config)
    os.environ["PULSE_SERVER"] = "unix:/nowhere"  # else a desktop's sound server would come before ALSA, and be heard
    counts: list[int] = []
    finished = threading.Event()

    def open_output(sample_rate: int, pull: Pull, latency_seconds: float) -> Output:
        def acting_pull(count: int, delay_seconds: float) -> Samples | None:
            act(player, sum(counts), count)
            block = pull(count, delay_seconds)
            if block is None:
                finished.set()
            else:
                counts.append(count)
            return block

        return OUTPUTS[library](sample_rate, acting_pull, latency_seconds)

    player = Player([open_output])
    player.load(song(), RATE)
    player.set_gains({STAGE1: (1.0, 1.0)})
    player.play()
    finished.wait(60)
    note = player.note
    player.close()
    np.save(folder / "counts.npy", counts)
    if note or threading.active_count() > 1:
        sys.exit(f"{note} {threading.enumerate()}")


if __name__ == "__main__":
    play(sys.argv[1], Path(sys.argv[2]))
