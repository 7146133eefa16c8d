"""Export of a finished separation: stems, residual, minus-one and the mix as heard, under names of one's choice."""

# pyright: reportUnusedImport=false

from __future__ import annotations

from engine.audio.formats import FORMATS, STEM_FILE_FORMATS, STEM_FILE_STEMS
from engine.export.names import DEFAULT_NAMES, NAME_FIELDS, TemplateError, check_template
from engine.export.plan import Naming, exists, plan_export, planned_files
from engine.export.request import (
    COMP,
    CompStarts,
    Content,
    Existing,
    ExportReport,
    ExportRequest,
    PlannedFile,
    Selection,
    WrittenFile,
)
from engine.export.write import check_writable, export, remove_partial_export
