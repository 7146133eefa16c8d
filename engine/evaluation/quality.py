"""How good systems are: what was published of others, what is known of our models, what was measured here.

Figures compare only where the same songs were separated, so every one names its songs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.evaluation.evaluate import Evaluation
from engine.evaluation.metrics import score_values
from engine.evaluation.score import stage_system
from engine.inference.compare import PUBLISHED
from engine.inference.describe import ModelInfo
from engine.model.entry import ModelEntry
from engine.stems import AVERAGE, DEFAULT_STEMS, STAGES

COLUMNS = (*DEFAULT_STEMS, AVERAGE)

# Systems that were trained on its training songs alone, and separated its test songs.
MUSDB18_HQ = "MUSDB18-HQ"


@dataclass(frozen=True)
class SystemScores:
    """How good one system is on some songs.

    Attributes:
        system: Its name.
        songs: Which songs.
        source: Who says so.
        csdr_db: By `COLUMNS`, as far as it is known.
        usdr_db: Likewise.
        gmacs: What one second of stereo costs, for all stems, in 10^9 multiply-accumulates; None if it is unknown.
    """

    system: str
    songs: str
    source: str
    csdr_db: Mapping[str, float] = field(default_factory=dict[str, float])
    usdr_db: Mapping[str, float] = field(default_factory=dict[str, float])
    gmacs: float | None = None


def _stems(vocals: float, bass: float, drums: float, other: float, average: float) -> dict[str, float]:
    return dict(zip(COLUMNS, (vocals, bass, drums, other, average), strict=True))


# Source of each: the third argument; the stems of BSRNN and SIMO as the replication, arXiv 2603.09187, quotes them.
TS_BSMAMBA2 = SystemScores(
    "TS-BSMAMBA2", MUSDB18_HQ, "arXiv 2409.06245", usdr_db={AVERAGE: 8.71}, gmacs=PUBLISHED["full"].gmacs
)
PUBLISHED_SYSTEMS = (
    SystemScores(
        "BSRNN",
        MUSDB18_HQ,
        "arXiv 2209.15174",
        _stems(10.01, 7.22, 9.01, 6.70, 8.24),
        {AVERAGE: 7.94},
        PUBLISHED["bsrnn"].gmacs,
    ),
    SystemScores(
        "SIMO stereo BSRNN",
        MUSDB18_HQ,
        "ICASSP 2024",
        _stems(9.73, 7.80, 10.06, 6.56, 8.54),
        {AVERAGE: 8.55},
        PUBLISHED["simo-bsrnn"].gmacs,
    ),
    TS_BSMAMBA2,
    SystemScores("oBSRNN-SIMO", MUSDB18_HQ, "arXiv 2603.09187", _stems(10.66, 9.73, 10.98, 7.78, 9.79)),
    SystemScores("DTTNet", MUSDB18_HQ, "arXiv 2309.08684", {"vocals": 10.12, AVERAGE: 8.06}, gmacs=143),
    SystemScores("TFC-TDF-UNet v3", MUSDB18_HQ, "arXiv 2306.09382", {AVERAGE: 8.34}),
    SystemScores("SCNet", MUSDB18_HQ, "arXiv 2401.13276", {AVERAGE: 9.00}),
    SystemScores(
        "SCNet XL-IHF",
        MUSDB18_HQ,
        "ZFTurbo/Music-Source-Separation-Training",
        usdr_db=_stems(11.42, 9.23, 11.81, 7.88, 10.08),
    ),
    SystemScores("BS-RoFormer", MUSDB18_HQ, "arXiv 2309.02612", {AVERAGE: 9.80}),
    SystemScores(
        "BandSplitRNN of SE-BandSplitRNN's authors",
        "MUSDB18",
        "its authors",
        _stems(6.30, 4.96, 7.29, 4.10, 5.66),
        _stems(6.54, 4.93, 7.18, 4.06, 5.68),
    ),
    SystemScores(
        "SE-BandSplitRNN",
        "MUSDB18",
        "its authors",
        {AVERAGE: 6.10},
        {AVERAGE: 6.06},
        4 * 73.6,  # of one stem, four times
    ),
)


def known_scores(entry: ModelEntry, gmacs: float | None = None) -> list[SystemScores]:
    """What the list of models says about one, songs by songs."""
    found: dict[tuple[str, str], dict[str, Mapping[str, float]]] = {}
    for score in entry.scores:
        found.setdefault((score.songs, score.source), {})[score.metric] = score.db
    return [
        SystemScores(entry.name, songs, source, metrics.get("cSDR", {}), metrics.get("uSDR", {}), gmacs)
        for (songs, source), metrics in found.items()
    ]


def measured_scores(evaluation: Evaluation, model: ModelInfo, songs: str) -> SystemScores:
    """The scores of a model's last stage, measured here.

    Those of a stem that is only what the others leave are left out, as no other system's compare with them, and there
    is an average only of the usual four stems.
    """
    summary = score_values(evaluation.summary)
    metrics = summary.get(stage_system(STAGES[model.stages - 1]), {})
    csdr_db, usdr_db = (_compared(metrics.get(metric, {}), model.remainder) for metric in ("csdr_db", "usdr_db"))
    source = ", ".join(filter(None, ("measured here", evaluation.computed)))
    return SystemScores(model.model, songs, source, csdr_db, usdr_db, model.macs_per_second / 1e9)


def _compared(values: Mapping[str, float | None], remainder: str) -> dict[str, float]:
    found = {stem: values[stem] for stem in DEFAULT_STEMS if stem in values and stem != remainder}
    if len(found) == len(DEFAULT_STEMS):
        found[AVERAGE] = values[AVERAGE]
    return {stem: value for stem, value in found.items() if value is not None}
