"""The export dialog: choose, write, read what came out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from app.view.export_form import ExportFormPage
from app.view.export_report import ExportReportPage
from app.view.song_actions import show_folder
from app.view.theme import Theme
from app.view.widgets import News, ProgressBar, button, column, label, row
from app.viewmodel.export import ExportModel, ExportState
from app.viewmodel.export_form import ExportForm, FormState
from app.words import tr
from engine.api import Existing

_SIZE = (890, 520)
_ROOMY_PX = 1040  # shows whole names of most files, where the window is as wide


class ExportDialog(QDialog):
    """Shows a form that has a song, then the report of what was written; it stays open until it is closed."""

    def __init__(self, model: ExportModel, form: ExportForm, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)  # the models outlive it
        self.setWindowTitle(tr("Export"))
        self.resize(max(_SIZE[0], min(parent.width(), _ROOMY_PX)), _SIZE[1])
        self._model = model
        self._form = form
        self._page = ExportFormPage(form, theme)
        self._report = ExportReportPage()
        self._pages = QStackedWidget()
        self._message = label("", "danger", wrap=True)
        self._news = News(self)
        self._bar = ProgressBar(tr("Export progress"))
        self._answers = (
            self._answer_button("skip", tr("Skip these"), tr("Write only the files that are not there")),
            self._answer_button("rename", tr("Keep both"), tr("Give the new files a number")),
            self._answer_button("overwrite", tr("Replace"), tr("Write over the files that are there")),
        )
        self._show = button(tr("Show in folder"), tip=tr("Open the folder with the files"))
        self._again = button(tr("Back"), tip=tr("Choose more to export"))
        self._close = button(tr("Close"), tip=tr("Close (Esc)"))
        self._go = button(tr("Export"), primary=True, tip=tr("Write the files (Enter)"))
        self._go.setDefault(True)
        self._build()
        form.changed.connect(self._present_form)
        model.changed.connect(self._present)
        self._show.clicked.connect(lambda: show_folder(form.state.folder))
        self._again.clicked.connect(self._go_back)
        self._close.clicked.connect(self._on_close)
        self._go.clicked.connect(self._on_go)
        model.reset()
        self._present(model.state)

    def reject(self) -> None:
        """Close, but not while files are being written: only “Stop” ends that."""
        if self._model.state.phase != "running":
            super().reject()

    def event(self, event: QEvent) -> bool:
        """Grow where a text needs more lines, for which Qt makes room only before a dialog has a size."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.resize(self.width(), max(self.height(), self.heightForWidth(self.width())))
        return done

    def _build(self) -> None:
        self._pages.addWidget(self._page)
        self._pages.addWidget(self._report)
        buttons = row(self._show, self._again, 1, self._close, *self._answers, self._go)
        layout = column(self._pages, self._message, self._bar, buttons, margins=(22, 18, 22, 16), spacing=12)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _answer_button(self, existing: Existing, text: str, tip: str) -> QWidget:
        made = button(text, tip=tip)
        made.clicked.connect(lambda: self._model.answer(existing))
        return made

    def _on_go(self) -> None:
        self._form.refresh()  # the folder may have changed since the last choice
        if not self._form.state.obstacle:
            self._form.remember()
            self._model.start(self._form.state.request)

    def _on_close(self) -> None:
        if self._model.state.phase == "running":
            self._model.cancel()
        else:
            self.reject()

    def _go_back(self) -> None:
        self._form.refresh()
        self._model.reset()
        self._go.setFocus()

    def _present_form(self, state: FormState) -> None:
        self._page.present(state)
        self._go.setEnabled(not state.obstacle)
        self._model.reset()  # a question about files, or a failure, was about other choices

    def _present(self, state: ExportState) -> None:
        running, done, asked = (state.phase == phase for phase in ("running", "done", "exists"))
        self._pages.setCurrentWidget(self._report if done else self._page)
        if state.report is not None:
            self._report.present(state.report)
        if running and self._page.isEnabled():
            self._close.setFocus()  # in the form, which is disabled, it would be lost
        self._page.setEnabled(not running)
        self._bar.setVisible(running)
        self._bar.present(state.progress.share if state.progress else 0.0)
        self._close.setText(tr("Stop") if running else tr("Close"))
        self._show.setVisible(done)
        self._again.setVisible(done)
        for answer in self._answers:
            answer.setVisible(asked)
        self._go.setVisible(state.phase in ("choosing", "failed"))
        self._go.setEnabled(not self._form.state.obstacle)
        message = _message(state, self._form.state)
        self._message.setText(message)
        self._message.setVisible(bool(message))
        self._news.present(self._report.told if done else message)


def _message(state: ExportState, form: FormState) -> str:
    if state.phase == "exists":
        there = sum(file.exists for file in form.files)
        words = tr("%n of these files are in “{folder}” already. What shall happen to them?", "", there)
        return words.format(folder=form.folder.name)
    if state.phase == "failed" and state.problem is not None:
        return f"{state.problem.text} {state.problem.advice}"
    return ""
