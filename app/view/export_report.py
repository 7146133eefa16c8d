"""The second page of the export dialog: what was written, how loud, and what one should know."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QWidget

from app.view.export_form import FileList
from app.view.widgets import column, label
from app.viewmodel.export_form import gap_words
from app.viewmodel.strips import format_db
from app.words import told, tr
from engine.api import ExportReport, WrittenFile


class ExportReportPage(QWidget):
    """Shows one report."""

    def __init__(self) -> None:
        super().__init__()
        self._headline = label("", "title", wrap=True)
        self._words = label("", "muted", wrap=True)
        self._files = FileList(tr("Files that were written"), tr("Peak"))
        layout = column(self._headline, self._words, self._files, spacing=10)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    @property
    def told(self) -> str:
        """Its sentences, without the files."""
        return f"{self._headline.text()} {self._words.text()}"

    def present(self, report: ExportReport) -> None:
        """Show this report."""
        self._headline.setText(_headline(report))
        self._words.setText("\n".join(_sentences(report)))
        self._files.show_files((file.path.name, _peak(file)) for file in report.written)


def _headline(report: ExportReport) -> str:
    count = sum(not file.skipped for file in report.written)
    if not count:
        return tr("All files were there already; nothing was written.")
    skipped = len(report.written) - count
    words = tr("%n files were written.", "", count)
    if not skipped:
        return words
    return words + " " + tr("%n were there already and stayed.", "", skipped)


def _sentences(report: ExportReport) -> list[str]:
    if report.skipped:
        return []
    if report.silenced:
        return [*map(told, report.warnings), gap_words(report.silenced)]
    levels = (
        tr("Levels are unchanged: together with the residual, the stems add up to the song.")
        if report.gain_db == 0
        else tr(
            "Their levels among themselves are unchanged: together with the residual, the stems add up to the song."
        )
    )
    return [*map(told, report.warnings), levels]


def _peak(file: WrittenFile) -> str:
    if file.skipped:
        return tr("there already")
    if file.peak is None:
        return ""
    # Adding 0 turns a rounded -0 into 0.
    return format_db(round(20 * math.log10(file.peak), 1) + 0.0) if file.peak > 0 else tr("silent")
