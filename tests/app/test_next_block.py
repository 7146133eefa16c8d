"""From a key to the stream: what the mixer or the transport is told sounds in the very next block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

pytest.importorskip("PySide6.QtCore", exc_type=ImportError)

from PySide6.QtWidgets import QApplication

from app.playback import Player
from app.playback.output import Output, Pull
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.signals import heard_signals
from app.viewmodel.transport import TransportModel
from engine.api import RESIDUAL, Gains, Mixer, Samples, Separation
from tests.support.playback import ManualOutput

BLOCK = 1024
RAMP = 441  # the mixer's 10 ms; a seek fades for half of that


@dataclass
class Bench:
    transport: TransportModel
    mixer: MixerModel


LANES = ("vocals", "bass", "drums", "other", RESIDUAL)
STAGE_1, STAGE_2 = ({(stem, stage): (1.0, 1.0) for stem in LANES} for stage in (1, 2))
WITHOUT = {stem: {key: gain for key, gain in STAGE_2.items() if key[0] != stem} for stem in LANES}
MOST = (100, 22_000)
QUARTER = 10 ** (-12 / 20)


@dataclass(frozen=True)
class Wish:
    """What is asked for, the gains that the engine's mixer needs to sound like it, and where."""

    ask: Callable[[Bench], None]
    gains: Gains
    start: int = BLOCK


WISHES = {
    "stage of all": Wish(lambda bench: bench.mixer.toggle_stage(), STAGE_1),
    "stage of one": Wish(lambda bench: bench.mixer.toggle_stage("bass"), {**WITHOUT["bass"], ("bass", 1): (1.0, 1.0)}),
    "mute": Wish(lambda bench: bench.mixer.toggle_mute("vocals"), WITHOUT["vocals"]),
    "solo": Wish(lambda bench: bench.mixer.toggle_solo("drums"), {("drums", 2): (1.0, 1.0)}),
    "fader": Wish(lambda bench: bench.mixer.set_gain("other", -12.0), {**STAGE_2, ("other", 2): (QUARTER, QUARTER)}),
    "pan": Wish(lambda bench: bench.mixer.set_pan("other", -1.0), {**STAGE_2, ("other", 2): (1.0, 0.0)}),
    "comp": Wish(lambda bench: bench.mixer.comp("bass", MOST, 1), {**WITHOUT["bass"], ("bass", 1): (1.0, 1.0)}),
    "muted range": Wish(lambda bench: bench.mixer.mute_range("bass", MOST), WITHOUT["bass"]),
    "seek": Wish(lambda bench: bench.transport.seek(9000), STAGE_2, start=9000),
}


@pytest.mark.parametrize("name", WISHES)
def test_the_next_block_sounds_as_was_wished(
    qapp: QApplication, separation: Separation, history: History, name: str
) -> None:
    del qapp
    outputs: list[ManualOutput] = []

    def open_output(sample_rate: int, pull: Pull, latency_seconds: float) -> Output:
        outputs.append(ManualOutput(sample_rate, pull, latency_seconds))
        return outputs[-1]

    player = Player([open_output])
    bench = Bench(TransportModel(player, history), MixerModel(player, history))
    bench.transport.load(separation)
    bench.mixer.load(separation)

    def expected(gains: Gains, start: int) -> Samples:
        engine = Mixer(heard_signals(separation), separation.sample_rate)
        engine.set_gains(gains)
        engine.seek(start)
        return engine.render(BLOCK)[:, RAMP:]

    bench.transport.toggle()
    first = outputs[-1].run(1, BLOCK)[:, RAMP:]
    np.testing.assert_array_equal(first, expected(STAGE_2, 0))
    wish = WISHES[name]
    wish.ask(bench)
    second = outputs[-1].run(1, BLOCK)[:, RAMP:]
    # Sums of float32 in another order.
    np.testing.assert_allclose(second, expected(wish.gains, wish.start), rtol=0, atol=1e-6)
    bench.transport.close()
