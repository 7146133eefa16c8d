"""The lanes of a song: a strip and its pictures for the original and for each stem, on one time axis."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QScrollBar, QVBoxLayout, QWidget

from app.view.canvas import LaneCanvas
from app.view.ruler import Ruler
from app.view.strip import STRIP_WIDTH, StripView
from app.view.theme import Theme
from app.view.time_axis import TimeAxis
from app.view.widgets import label, silently
from app.viewmodel.display import DisplayModel, DisplayState, Drawable, drawables
from app.viewmodel.mixer import MixerModel
from app.viewmodel.signals import STAGE_NAMES, stem_name
from app.viewmodel.strips import MixerState, Strip
from app.viewmodel.transport import TransportModel
from engine.api import Levels, Separation, SignalKey

_SCROLL_UNITS = 10_000
_GAP = 4


class Lane(QWidget):
    """One strip and its picture; side by side it has a picture for each stage."""

    def __init__(self, theme: Theme, strip: StripView, name: str) -> None:
        super().__init__()
        self.strip = strip
        self._name = name
        self.canvases = (LaneCanvas(theme), LaneCanvas(theme))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(strip)
        for canvas in self.canvases:
            layout.addWidget(canvas, 1)

    def present_signals(self, signals: tuple[tuple[SignalKey, Drawable], ...]) -> None:
        """Show one or two signals."""
        for canvas, shown in zip(self.canvases, (*signals, None, None), strict=False):
            canvas.setVisible(shown is not None)
            if shown is not None:
                (_stem, stage), drawable = shown
                name = f"{self._name}, stage {stage}" if stage else self._name
                canvas.present_signal(name, drawable, self.strip.color)


class LanesPage(QWidget):
    """Everything one sees of a finished song. Scrolls up and down when there are more lanes than room."""

    drag_wanted = Signal(QWidget, str)  # a strip and its stem

    def __init__(self, theme: Theme, mixer: MixerModel, transport: TransportModel, display: DisplayModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._mixer = mixer
        self._transport = transport
        self._display = display
        self._drawables: Mapping[SignalKey, Drawable] = {}
        self._lanes: dict[str, Lane] = {}
        self._rulers = (Ruler(theme), Ruler(theme))
        self._captions = (label("", "small"), label("", "small"))
        self._columns = (QWidget(), QWidget())
        self._head = QHBoxLayout()
        self._bar = QScrollBar(Qt.Orientation.Horizontal)
        self._bar.setAccessibleName("Visible part of the song")
        self._area = QScrollArea()
        self._stack = QWidget()
        self._stack.setObjectName("lanes")
        self._build()
        for ruler in self._rulers:
            self._connect_axis(ruler)
        self._bar.valueChanged.connect(self._on_scrolled)
        mixer.changed.connect(self._present_mixer)
        display.changed.connect(self._present_display)
        transport.moved.connect(self._present_playhead)
        transport.metered.connect(self._present_levels)
        theme.changed.connect(self._present_theme)

    def load(self, separation: Separation | None) -> None:
        """Make the lanes of another song, which the view-models have loaded already; None takes the lanes away."""
        for lane in self._lanes.values():
            lane.hide()
            lane.deleteLater()
        self._lanes = {}
        self._drawables = drawables(separation) if separation is not None else {}
        column = self._stack.layout()
        strips = self._mixer.state.strips if separation is not None else ()
        for number, strip in enumerate(strips, start=1):
            lane = self._make_lane(strip, number)
            self._lanes[strip.stem] = lane
            if column is not None:
                column.addWidget(lane)
        self._present_mixer(self._mixer.state)
        self._present_display(self._display.state)

    def put_out_clip_lights(self) -> None:
        """Put the clip lights of all lanes out."""
        for lane in self._lanes.values():
            lane.strip.put_out_clip_light()

    def _make_lane(self, strip: Strip, number: int) -> Lane:
        stem, mixer = strip.stem, self._mixer
        view = StripView(self._theme, stem, number, self._theme.stem_color(stem, number - 1))
        view.focus_wanted.connect(lambda: mixer.focus(number - 1))
        view.drag_wanted.connect(lambda: self.drag_wanted.emit(view, stem))
        view.solo_wanted.connect(lambda alone: mixer.toggle_solo(stem, exclusive=alone))
        view.mute_wanted.connect(lambda: mixer.toggle_mute(stem))
        view.stage_wanted.connect(lambda: mixer.toggle_stage(stem))
        view.gain_wanted.connect(lambda gain_db: mixer.set_gain(stem, gain_db))
        view.pan_wanted.connect(lambda pan: mixer.set_pan(stem, pan))
        lane = Lane(self._theme, view, stem_name(stem))
        for canvas in lane.canvases:
            self._connect_axis(canvas)
        return lane

    def _connect_axis(self, axis: TimeAxis) -> None:
        axis.seek_wanted.connect(self._transport.seek)
        axis.zoom_wanted.connect(self._display.zoom)
        axis.pan_wanted.connect(self._display.pan)

    def _axes(self) -> list[TimeAxis]:
        canvases = [canvas for lane in self._lanes.values() for canvas in lane.canvases]
        return [*self._rulers, *canvases]

    def _present_mixer(self, state: MixerState) -> None:
        for index, strip in enumerate(state.strips):
            lane = self._lanes.get(strip.stem)
            if lane is not None:
                lane.strip.present(strip, state, focused=index == state.focused)
                for canvas in lane.canvases:
                    canvas.present_dimmed(not state.audible(strip))
        self._present_signals()

    def _present_signals(self) -> None:
        side_by_side = self._display.state.side_by_side
        state = self._mixer.state
        for strip in state.strips:
            lane = self._lanes.get(strip.stem)
            if lane is None:
                continue
            keys = [strip.shown_key]
            if side_by_side:
                keys = [strip.shown_key] * 2 if strip.is_source else [(strip.stem, stage) for stage in state.stages]
            lane.present_signals(tuple((key, self._drawables[key]) for key in keys))
        for caption, column, stage in zip(self._captions, self._columns, (1, 2), strict=True):
            caption.setVisible(side_by_side)
            sounding = " · sounding now" if state.stage == stage else ""
            caption.setText(f"Stage {stage}: {STAGE_NAMES[stage]}{sounding}")
            column.setVisible(side_by_side or stage == 1)

    def _present_display(self, state: DisplayState) -> None:
        self._present_signals()
        for axis in self._axes():
            axis.present(state)
        with silently(self._bar):
            share = state.span / state.samples if state.samples else 1.0
            self._bar.setPageStep(round(share * _SCROLL_UNITS))
            self._bar.setRange(0, _SCROLL_UNITS - self._bar.pageStep())
            self._bar.setValue(round(state.start / state.samples * _SCROLL_UNITS) if state.samples else 0)
            self._bar.setEnabled(share < 1.0)

    def _present_playhead(self, sample: int) -> None:
        if self._transport.state.playing:
            self._display.follow(sample)
        for axis in self._axes():
            axis.present_playhead(sample)

    def _present_levels(self, levels: Levels) -> None:
        playing = self._transport.state.playing
        for strip in self._mixer.state.strips:
            lane = self._lanes.get(strip.stem)
            if lane is not None:
                lane.strip.present_level(levels.signals.get(strip.key) if playing else None)

    def _present_theme(self) -> None:
        for place, (stem, lane) in enumerate(self._lanes.items()):
            lane.strip.set_color(self._theme.stem_color(stem, place))
        self._present_mixer(self._mixer.state)

    def _on_scrolled(self, value: int) -> None:
        state = self._display.state
        self._display.pan((value / _SCROLL_UNITS * state.samples - state.start) / state.span)

    def _on_room_changed(self, _first: int, last: int) -> None:
        """Keep the rulers as wide as the pictures when a scroll bar takes its place beside the lanes."""
        bar = self._area.verticalScrollBar()
        self._head.setContentsMargins(STRIP_WIDTH + _GAP, 0, bar.sizeHint().width() if last > 0 else 0, 0)

    def _build(self) -> None:
        self._head.setContentsMargins(STRIP_WIDTH + _GAP, 0, 0, 0)
        self._head.setSpacing(_GAP)
        for caption, ruler, box in zip(self._captions, self._rulers, self._columns, strict=True):
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(caption)
            column.addWidget(ruler)
            self._head.addWidget(box, 1)
        column_of_lanes = QVBoxLayout(self._stack)
        column_of_lanes.setContentsMargins(0, 0, 0, 0)
        column_of_lanes.setSpacing(_GAP)
        area = self._area
        area.setWidget(self._stack)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.verticalScrollBar().rangeChanged.connect(self._on_room_changed)
        foot = QHBoxLayout()
        foot.setContentsMargins(STRIP_WIDTH + _GAP, 0, 0, 0)
        foot.addWidget(self._bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 4)
        layout.setSpacing(3)
        layout.addLayout(self._head)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
