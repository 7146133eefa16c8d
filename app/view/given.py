"""What the window is given: the view-models that it shows, and what else it needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.settings import Places, SettingsStore
from app.view.theme import Theme
from app.viewmodel.abx import AbxModel
from app.viewmodel.compare import CompareModel
from app.viewmodel.display import DisplayModel
from app.viewmodel.drag import DragModel
from app.viewmodel.export import ExportModel
from app.viewmodel.export_form import ExportForm
from app.viewmodel.history import History
from app.viewmodel.library import LibraryModel
from app.viewmodel.metronome import MetronomeModel
from app.viewmodel.mixer import MixerModel
from app.viewmodel.models import ModelsModel
from app.viewmodel.output import OutputModel
from app.viewmodel.reference import ReferenceModel
from app.viewmodel.session import Session
from app.viewmodel.status import StatusModel
from app.viewmodel.transport import TransportModel


@dataclass(frozen=True)
class Models:
    """The view-models the window shows."""

    session: Session
    library: LibraryModel
    compare: CompareModel
    models: ModelsModel
    mixer: MixerModel
    transport: TransportModel
    metronome: MetronomeModel
    output: OutputModel
    display: DisplayModel
    export: ExportModel
    form: ExportForm
    drag: DragModel
    abx: AbxModel
    reference: ReferenceModel
    status: StatusModel
    history: History


@dataclass(frozen=True)
class Surroundings:
    """What the window needs besides its models."""

    settings: SettingsStore
    theme: Theme
    places: Places
    demo: Path | None
