"""The sound devices to choose from, in menu Play and in the transport bar."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.viewmodel.output import OutputModel, OutputState
from app.viewmodel.transport import TransportModel, TransportState
from app.words import tr


class OutputMenu(QMenu):
    """Lists the devices anew whenever it opens, and below them how the one in use does."""

    def __init__(self, output: OutputModel, transport: TransportModel, parent: QWidget) -> None:
        super().__init__(tr("Output de&vice"), parent)
        self.setAccessibleName(tr("Output device"))
        self._output = output
        self._transport = transport
        self._group = QActionGroup(self)
        self._state = QAction(parent)  # not our own, because `clear` deletes those
        self._state.setEnabled(False)
        self.aboutToShow.connect(output.look)
        output.changed.connect(self._present)
        transport.changed.connect(self._present_transport)
        self._present(output.state)
        self._present_transport(transport.state)

    def _present(self, state: OutputState) -> None:
        for action in self._group.actions():
            action.deleteLater()
        self.clear()
        self._add(tr("As the &system"), "", state.chosen)
        known = [device.key for device in state.devices]
        if state.chosen and state.chosen not in known:
            self._add(not_found(_plain(state.chosen)), state.chosen, state.chosen)
        self.addSeparator()
        for device in state.devices:
            self._add(f"{_plain(device.name)}  ({_plain(device.host)})", device.key, state.chosen)
        self.addSeparator()
        self.addAction(self._state)

    def _present_transport(self, state: TransportState) -> None:
        self._state.setText(_plain(details(state)[0]))

    def _add(self, text: str, key: str, chosen: str) -> None:
        action = QAction(text, self._group)
        action.setCheckable(True)
        action.setChecked(key == chosen)
        action.triggered.connect(lambda: self._output.choose(key))
        self.addAction(action)


def details(state: TransportState) -> tuple[str, ...]:
    """How the output in use does, in lines: the first is for everybody."""
    if not state.output:
        return (tr("No song is open"),)
    dropouts = tr("%n drop-outs", "", state.underruns) if state.underruns else tr("no drop-outs")
    line = tr("{output}: {dropouts} in this song, buffer of {length} ms").format(
        output=state.output, dropouts=dropouts, length=round(1000 * state.latency_seconds)
    )
    return (line, state.note) if state.note else (line,)


def not_found(device: str) -> str:
    """What to call a device that was chosen and is not there."""
    return tr("{device} (not found)").format(device=device)


def _plain(name: str) -> str:
    """A name in which no letter is taken for a mnemonic."""
    return name.replace("&", "&&")
