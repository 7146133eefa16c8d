"""Asks before the window closes on unfinished work."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from app.view.ask import Question, ask
from app.viewmodel.export import ExportModel
from app.viewmodel.models import ModelsModel
from app.viewmodel.session import Session
from app.viewmodel.session_state import SessionState
from app.words import tr


class CloseGuard:
    """Lets the window close at once, or after the user agreed."""

    def __init__(self, window: QWidget, session: Session, export: ExportModel, models: ModelsModel) -> None:
        self._window = window
        self._session = session
        self._export = export
        self._models = models
        self._agreed = False
        self._box: QMessageBox | None = None

    def allows(self) -> bool:
        """Whether the window may close now; otherwise the user is asked, and yes closes it."""
        exporting, models = self._export.state.phase == "running", self._models.state
        model = models.subject if models.working else ""
        question = closing_question(self._session.state, exporting=exporting, model=model)
        if self._agreed or question is None:
            return True
        if self._box is None:
            self._box = ask(self._window, question, self._agree)
            self._box.destroyed.connect(self._forget)
        return False

    def _agree(self) -> None:
        self._agreed = True
        self._window.close()

    def _forget(self) -> None:
        self._box = None


def closing_question(state: SessionState, *, exporting: bool, model: str) -> Question | None:
    """What to ask before closing; None when nothing would be lost.

    Args:
        state: Of the songs.
        exporting: Whether files are being written.
        model: The one that is being downloaded, added or removed; empty for none.
    """
    running = state.songs.running()
    if running is None and not exporting and not model:
        return None
    text, details = [], []
    if running is not None:
        text.append(tr("“{song}” is being split.").format(song=running.short_name))
        waiting = len(state.songs.pending()) - 1
        details.append(
            tr(
                "It and the %n that wait will be in the list next time; this song then starts from its beginning.",
                "",
                waiting,
            )
            if waiting
            else tr("It will be in the list next time; this song then starts from its beginning.")
        )
    if exporting:
        text.append(tr("Files are being written."))
        details.append(tr("Files that are not finished are removed."))
    if model:
        text.append(tr("The model {name} is not ready yet.").format(name=model))
        details.append(tr("What has come of a download stays for the next time."))
    return Question(tr("Quit Bandsaw?"), " ".join(text), " ".join(details), tr("Stop and quit"), tr("Keep working"))
