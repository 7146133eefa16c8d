"""Small dialogs: what was refused, about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app.viewmodel.queue import Refusal
from app.words import tr


def show_refused(parent: QWidget, refusals: Sequence[Refusal]) -> QMessageBox:
    """List what cannot be split, and why; the window stays usable meanwhile."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tr("Not added"))
    box.setIcon(QMessageBox.Icon.NoIcon)
    count = len(refusals)
    box.setText(tr("%n items cannot be split.", "", count))
    shown = [f"• {refusal.path.name or refusal.path}: {refusal.reason}" for refusal in refusals[:8]]
    if count > len(shown):
        shown.append(tr("and %n more (see Details)", "", count - len(shown)))
        box.setDetailedText("\n".join(f"{refusal.path}: {refusal.reason}" for refusal in refusals))
    box.setInformativeText("\n".join(shown))
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)  # to select and copy, also with keys
    box.setModal(False)
    box.show()
    return box


def show_about(parent: QWidget, version: str) -> None:
    """Name, version, licence."""
    text = tr(
        "Bandsaw {version}\n\nSplits songs into stems on your own computer.\n"
        "Apache License 2.0. Built with Qt (LGPL), PyTorch and NumPy."
    ).format(version=version)
    QMessageBox.about(parent, tr("About Bandsaw"), text)
