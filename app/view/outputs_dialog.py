"""Asks what the outputs of a network are, where neither its file nor the list of models says it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QVBoxLayout, QWidget

from app.view.widgets import button, label, row
from app.viewmodel.models import ModelsModel, Unnamed
from app.viewmodel.signals import stem_called, stem_name, stem_names
from app.words import tr
from engine.api import default_model_name, fault_of_names

_OFFERED = ("vocals", "bass", "drums", "other")
_FILE_PX = 400  # of its name, which is one word and would make the dialog as wide


class OutputsDialog(QDialog):
    """A name for every output, in their order; what is most likely stands there already."""

    def __init__(self, models: ModelsModel, unnamed: Unnamed, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Name the outputs"))
        self.setMinimumWidth(460)
        self._models = models
        self._unnamed = unnamed
        self._boxes = [self._box(place, stem) for place, stem in enumerate(unnamed.usual, start=1)]
        self._preview = label("", "", wrap=True)
        self._fault = label(
            tr("Every output needs a name of its own that a file can have, and not that of the original or residual."),
            "danger",
            wrap=True,
        )
        self._add = button(tr("Add"), primary=True, tip=tr("Add the model with these names (Enter)"))
        self._add.setDefault(True)
        self._build()
        self._present()
        self.accepted.connect(lambda: models.add_named(unnamed, self._stems()))
        self.rejected.connect(models.forget_unnamed)

    def _stems(self) -> tuple[str, ...]:
        return tuple(stem_called(box.currentText()) for box in self._boxes)

    def _present(self) -> None:
        stems = self._stems()
        fault = fault_of_names(stems, len(self._boxes))
        shown = self._unnamed.name or default_model_name(self._unnamed.path)
        self._preview.setText(tr("The list will show: {model}, {stems}").format(model=shown, stems=stem_names(stems)))
        self._preview.setVisible(not fault)
        self._fault.setVisible(bool(fault))
        self._add.setEnabled(not fault)

    def _box(self, place: int, stem: str) -> QComboBox:
        made = QComboBox()
        made.setEditable(True)
        made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        made.setAccessibleName(tr("Output {number}").format(number=place))
        made.setToolTip(tr("Choose a stem or type another name"))
        made.addItems([stem_name(each) for each in dict.fromkeys((*_OFFERED, *self._unnamed.usual))])
        made.setCurrentText(stem_name(stem))
        made.currentTextChanged.connect(self._present)
        return made

    def _build(self) -> None:
        words = tr(
            "{file} does not say which of its outputs is which stem. Below is the usual order; if the page that the "
            "file is from gives another one, choose that. With a wrong order stems are called by wrong names."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        file = self.fontMetrics().elidedText(self._unnamed.path.name, Qt.TextElideMode.ElideMiddle, _FILE_PX)
        layout.addWidget(label(words.format(file=file), "", wrap=True))
        form = QFormLayout()
        form.setSpacing(10)
        for place, box in enumerate(self._boxes, start=1):
            form.addRow(tr("Output {number}").format(number=place), box)
        layout.addLayout(form)
        layout.addWidget(self._preview)
        layout.addWidget(self._fault)
        layout.addStretch(1)
        cancel = button(tr("Cancel"), tip=tr("Do not add this model (Esc)"))
        self._add.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        layout.addLayout(row(1, cancel, self._add))
