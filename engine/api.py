"""The whole public surface of the engine: typed, synchronous, frozen values in and out.

Importing this loads neither torch nor the window. Long calls report through `on_progress`, at most once per chunk, and
poll a `JobControl` once per chunk; they raise `Cancelled` when it says so and `EngineError` for what a user can meet.
`EngineProcess` runs the same calls in a child process of low priority, so that a window and its audio never stall.
"""

from __future__ import annotations

from engine.audio.decode import song_seconds
from engine.cli import COMMANDS, run_command_line
from engine.errors import (
    Cancelled,
    DecodeError,
    DeviceError,
    EngineError,
    EngineProcessError,
    ExistsError,
    InternalError,
    MismatchError,
    ModelError,
    SilentRangeError,
    WriteError,
)
from engine.evaluation.reference import (
    Reference,
    ReferenceRequest,
    add_reference,
    load_references,
    remove_reference,
)
from engine.export import (
    COMP,
    DEFAULT_NAMES,
    FORMATS,
    NAME_FIELDS,
    STEM_FILE_FORMATS,
    STEM_FILE_STEMS,
    CompStarts,
    Content,
    Existing,
    ExportReport,
    ExportRequest,
    PlannedFile,
    Selection,
    TemplateError,
    WrittenFile,
    check_template,
    export,
    plan_export,
)
from engine.inference.describe import ModelInfo, ModelRequest, describe
from engine.inference.host import EngineProcess
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.match import MatchRequest, match_levels
from engine.mix import Gains, Level, Levels, Mixer
from engine.naming import AUDIO_SUFFIXES, song_folder_name
from engine.overview import (
    Overview,
    OverviewRequest,
    PeakColumns,
    build_overviews,
    exact_columns,
    load_overview,
    overviews_ready,
)
from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.results import Result, ResultsLibrary, result_key
from engine.separation import (
    REFERENCE_STAGE,
    RESIDUAL,
    SOURCE_KEY,
    Samples,
    Separation,
    SignalKey,
    Tags,
    load_separation,
)
from engine.signals import (
    COMP_FADE_SECONDS,
    AudioSignal,
    Comp,
    Difference,
    GapStarts,
    signal_keys,
    signal_of,
    with_gaps,
)
from engine.stems import DEVICES, PRECISIONS, QUALITIES, STAGES, DeviceChoice, Precision, Quality, Stage

__all__ = [
    "AUDIO_SUFFIXES",
    "COMMANDS",
    "COMP",
    "COMP_FADE_SECONDS",
    "DEFAULT_NAMES",
    "DEVICES",
    "FORMATS",
    "NAME_FIELDS",
    "PRECISIONS",
    "QUALITIES",
    "REFERENCE_STAGE",
    "RESIDUAL",
    "SOURCE_KEY",
    "STAGES",
    "STEM_FILE_FORMATS",
    "STEM_FILE_STEMS",
    "AudioSignal",
    "Cancelled",
    "Comp",
    "CompStarts",
    "Content",
    "DecodeError",
    "DeviceChoice",
    "DeviceError",
    "Difference",
    "EngineError",
    "EngineProcess",
    "EngineProcessError",
    "Existing",
    "ExistsError",
    "ExportReport",
    "ExportRequest",
    "Gains",
    "GapStarts",
    "InternalError",
    "JobControl",
    "Level",
    "Levels",
    "MatchRequest",
    "MismatchError",
    "Mixer",
    "ModelError",
    "ModelInfo",
    "ModelRequest",
    "Overview",
    "OverviewRequest",
    "PeakColumns",
    "PlannedFile",
    "Precision",
    "Progress",
    "ProgressCallback",
    "Quality",
    "Reference",
    "ReferenceRequest",
    "Result",
    "ResultsLibrary",
    "Samples",
    "Selection",
    "Separation",
    "SeparationRequest",
    "SignalKey",
    "SilentRangeError",
    "Stage",
    "Tags",
    "TemplateError",
    "WriteError",
    "WrittenFile",
    "add_reference",
    "build_overviews",
    "check_template",
    "describe",
    "exact_columns",
    "export",
    "ignore_progress",
    "load_overview",
    "load_references",
    "load_separation",
    "match_levels",
    "overviews_ready",
    "plan_export",
    "remove_reference",
    "result_key",
    "run_command_line",
    "separate",
    "signal_keys",
    "signal_of",
    "song_folder_name",
    "song_seconds",
    "with_gaps",
]
