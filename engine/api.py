"""The whole public surface of the engine: typed, synchronous, frozen values in and out.

Importing this loads neither torch nor the window. Long calls report through `on_progress`, at most once per chunk, and
poll a `JobControl` once per chunk; they raise `Cancelled` when it says so and `EngineError` for what a user can meet.
`EngineProcess` runs the same calls in a child process of low priority, so that a window and its audio never stall.
"""

# pyright: reportUnusedImport=false

from __future__ import annotations

from engine.audio.decode import song_seconds
from engine.beats import (
    BEATS_PER_BAR,
    BPM_LIMITS,
    SHIFT_LIMIT_SECONDS,
    Beats,
    Metre,
    even_beats,
    find_song_beats,
    load_beats,
    save_beats,
)
from engine.checked import checked, from_json_text
from engine.cli import COMMANDS, run_command_line
from engine.comparison import Comparison, Side, compared, remember_sides, remembered_sides
from engine.dsp.peaks import PeakColumns, exact_columns
from engine.errors import (
    Cancelled,
    DecodeError,
    DeviceError,
    DownloadError,
    EngineError,
    EngineProcessError,
    ExistsError,
    InternalError,
    MismatchError,
    ModelError,
    SilentRangeError,
    UnnamedOutputsError,
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
from engine.levels import Level, Levels
from engine.match import MatchRequest, match_levels
from engine.mix import Gains, Mixer
from engine.model.adding import default_model_name
from engine.model.catalog import check_entry, find_model, how_to_get, list_models, remove_model
from engine.model.download import fetch_model
from engine.model.entry import AddModelRequest, ModelEntry, ModelState
from engine.naming import AUDIO_SUFFIXES, fault_of_names, song_folder_name
from engine.overview import (
    Overview,
    OverviewRequest,
    build_overviews,
    load_growing_overview,
    load_overview,
    overviews_ready,
)
from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.results import Result, ResultsLibrary, result_key
from engine.said import Said, say
from engine.separation import (
    REFERENCE_STAGE,
    RESIDUAL,
    SOURCE_KEY,
    Samples,
    Separation,
    SignalKey,
    Spans,
    Tags,
    Unfinished,
    load_separation,
    span_end,
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
from engine.stems import (
    DEVICES,
    NETWORK_RATE,
    PRECISIONS,
    QUALITIES,
    STAGES,
    DeviceChoice,
    Precision,
    Quality,
    Stage,
)
from engine.ticks import NO_TICKS, Tick, Ticks, lead_in
from engine.whole_file import on_disk, whole_file
