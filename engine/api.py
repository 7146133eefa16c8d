"""The whole public surface of the engine: typed, synchronous, frozen values in and out.

Importing this loads neither torch nor the window. Long calls report through `on_progress`, at most once per chunk, and poll
a `JobControl` once per chunk; they raise `Cancelled` when it says so and `EngineError` for what a user can meet.
`EngineProcess` runs the same calls in a child process of low priority, so that a window and its audio never stall.
"""

from __future__ import annotations

from engine.cli import COMMANDS, run_command_line
from engine.errors import (
    Cancelled,
    DecodeError,
    DeviceError,
    EngineError,
    EngineProcessError,
    ExistsError,
    ModelError,
    WriteError,
)
from engine.export import FORMATS, ExportReport, ExportRequest, export
from engine.inference.host import EngineProcess
from engine.inference.job import SeparationRequest, separate
from engine.mix import Gains, Level, Levels, Mixer, SignalKey
from engine.overview import (
    Overview,
    OverviewRequest,
    PeakColumns,
    SpectrogramColumns,
    build_overviews,
    exact_columns,
    load_overview,
    to_db,
)
from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.separation import Samples, Separation, Tags, load_separation
from engine.stems import DEVICES, PRECISIONS, QUALITIES, STAGES, DeviceChoice, Precision, Quality, Stage
