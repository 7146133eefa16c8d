"""The networks beside each other and beside what was published of them: size, cost, speed and memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.inference.bench import BenchRow, bench
from engine.inference.describe import ModelInfo, ModelRequest, describe
from engine.model.architectures import PRESET_PREFIX
from engine.stems import DeviceChoice


@dataclass(frozen=True)
class Published:
    """What was published of a network; None where nothing was.

    Attributes:
        source: Where.
        parameters: In millions.
        first_stage_parameters: In millions.
        gmacs: For one second of stereo.
        first_stage_gmacs: The same of the first stage alone.
    """

    source: str
    parameters: float | None = None
    first_stage_parameters: float | None = None
    gmacs: float | None = None
    first_stage_gmacs: float | None = None


# The counts for BSRNN and the stereo BSRNN leave out what the norms hold; that of the U-Net includes statistics.
PUBLISHED: Mapping[str, Published] = {
    "full": Published("arXiv 2409.06245, Table II", 35.52, 20.34, 212.11, 140.61),
    "light": Published("arXiv 2409.06245, Table II", 27.71, 15.14, 107.95, 71.17),
    "bs-mamba2": Published("the public checkpoints", 48.098188),
    "bs-roformer": Published("the public checkpoint", 131.704612),
    "mel-band-roformer": Published("the public checkpoint", 228.203172),
    "bsrnn": Published("four networks of arXiv 2209.15174", 146.57, gmacs=611),
    "simo-bsrnn": Published("its ICASSP 2024 paper", 107.73, gmacs=245.6),
    "se-bsrnn": Published("its authors, for one stem", 32.463780, gmacs=73.6),
    "light-unet": Published("its authors, for one stem", 0.060153),
}


@dataclass(frozen=True)
class Compared:
    """One network.

    Attributes:
        info: What it is; its `model` is the name or the path that was asked for.
        published: Of it; None if it is none that was published.
        measured: How fast it runs here as the program runs it; None if that was not asked for.
    """

    info: ModelInfo
    published: Published | None
    measured: BenchRow | None

    @property
    def seconds_per_second(self) -> float | None:
        """How long it takes for one second of stereo in one segment."""
        return None if self.measured is None else self.measured.seconds / self.measured.segment_seconds


def compare(
    models: Sequence[str], device: DeviceChoice, rounds: int, tell: Callable[[str], None] = lambda _line: None
) -> list[Compared]:
    """Collect the facts about networks, and measure them.

    Args:
        models: Names as for `--model`, or `preset:NAME`.
        device: Where to measure.
        rounds: Medians are taken over so many; 0: nothing is measured.
        tell: Called with a line after each measurement.

    Raises:
        EngineError: There is no such model or device.
    """
    names = [model.removeprefix(PRESET_PREFIX) for model in models]
    # Called what was asked for: two checkpoints of one preset say the same name of themselves.
    infos = [
        replace(describe(ModelRequest(model, device)), model=name) for model, name in zip(models, names, strict=True)
    ]
    rows = {row.model: row for row in bench(models, ("fast",), device, rounds, tell).rows} if rounds else {}
    return [
        Compared(info, PUBLISHED.get(info.model), rows.get(model)) for model, info in zip(models, infos, strict=True)
    ]
