"""Options that outlive the window, and the folders the app writes to."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, cast

import platformdirs

from engine.api import (
    DEFAULT_NAMES,
    STAGES,
    DeviceChoice,
    Existing,
    Precision,
    Quality,
    Stage,
    WriteError,
    checked,
    from_json_text,
    whole_file,
)

ThemeChoice = Literal["system", "dark", "light"]
LanguageChoice = Literal["system", "en", "de"]

DragFormat = Literal["wav", "flac", "export"]

LIBRARY_GB = range(1, 10_001)
_LATENCIES_MS = range(1, 1001)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Places:
    """The app's own folders; created when first written to."""

    config: Path
    cache: Path
    logs: Path

    @property
    def settings_file(self) -> Path:
        """Where the user's choices are kept."""
        return self.config / "settings.json"

    @property
    def log_file(self) -> Path:
        """Where warnings and crashes are written."""
        return self.logs / "bandsaw.log"


def user_places() -> Places:
    """The folders this operating system gives to the app."""
    return Places(
        config=platformdirs.user_config_path("bandsaw", appauthor=False),
        cache=platformdirs.user_cache_path("bandsaw", appauthor=False),
        logs=platformdirs.user_log_path("bandsaw", appauthor=False),
    )


@dataclass(frozen=True)
class Settings:
    """What the user chose last.

    Attributes:
        model: Its name in the list of models; from earlier versions also the path of a checkpoint.
        quality: Overlap preset of the next split.
        device: Where the network runs.
        precision: Of the network.
        stages: The stages to keep.
        open_folder: Where the file dialog starts; empty for the system's choice.
        export_folder: Where stems go; empty for the song's own folder.
        export_format: A name from `engine.api.FORMATS` or `STEM_FILE_FORMATS`.
        export_names: The template of the files' names; empty for plain names.
        export_existing: What to do with files that are there; `refuse` is to ask.
        export_own_folder: Whether a song's files get a folder of their own.
        export_project: Whether a REAPER project is written, too.
        export_residual: Whether the residual is written, too.
        drag_format: Of files that are dragged out; `export` is that of exports.
        output: Key of the sound device; empty for the one the system prefers.
        output_latency_ms: How much sound that device has to keep waiting.
        theme: `system` follows the desktop's light or dark.
        language: Of the window; `system` follows the desktop's.
        library_gb: What finished separations may take on disk, in gigabytes (10^9 bytes).
        recent: The songs and folders that were added last, the newest first.
    """

    model: str = "default"
    quality: Quality = "balanced"
    device: DeviceChoice = "auto"
    precision: Precision = "auto"
    stages: tuple[Stage, ...] = STAGES
    open_folder: str = ""
    export_folder: str = ""
    export_format: str = "wav"
    export_names: str = DEFAULT_NAMES
    export_existing: Existing = "refuse"
    export_own_folder: bool = True
    export_project: bool = False
    export_residual: bool = False
    drag_format: DragFormat = "wav"
    output: str = ""
    output_latency_ms: int = 30
    theme: ThemeChoice = "system"
    language: LanguageChoice = "system"
    library_gb: int = 20
    recent: tuple[str, ...] = ()


class SettingsStore:
    """Keeps the settings in one JSON file. An unreadable file or value gives the default and a line in the log."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._value = _read(file)

    @property
    def value(self) -> Settings:
        """The settings as they are now."""
        return self._value

    def update(self, **changes: object) -> None:
        """Change some settings and save all of them; a folder that cannot be written to is logged, not raised."""
        self._value = replace(self._value, **cast("dict[str, Any]", changes))
        try:
            write_json(self._file, asdict(self._value))
        except WriteError as error:
            _log.warning("settings not saved: %s", error)


def write_json(file: Path, value: object) -> None:
    """Replace a small file as a whole, so that it is never half written, whatever happens meanwhile.

    Raises:
        WriteError: It cannot be written; what was there stays.
    """
    with whole_file(file) as part:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(value, indent=1), encoding="ascii")


def _read(file: Path) -> Settings:
    try:
        stored: object = from_json_text(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        _log.warning("settings not read: %s", error)
        return Settings()
    values = cast("dict[str, object]", stored) if isinstance(stored, dict) else {}
    settings = Settings()
    for name in (field.name for field in fields(Settings) if field.name in values):
        value = values[name]
        value = tuple(cast("list[object]", value)) if isinstance(value, list) else value
        try:
            settings = _within_limits(checked(replace(settings, **cast("dict[str, Any]", {name: value}))))
        except ValueError as error:
            _log.warning("a setting was not read: %s", error)
    return settings


def _within_limits(settings: Settings) -> Settings:
    """Raises ValueError where a value of the right type makes no sense."""
    if settings.stages not in ((1,), STAGES):
        raise ValueError(f"these stages cannot be kept: {settings.stages}")
    if settings.library_gb not in LIBRARY_GB or settings.output_latency_ms not in _LATENCIES_MS:
        raise ValueError("a number is beyond its limits")
    return settings
