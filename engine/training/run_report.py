"""Draws how a training run went, as one HTML page that needs no other file and runs no script.

Curves are told apart by dash pattern, shape of the points and a label at their end, not by colour alone. The colours
are those of M. Okabe and K. Ito, "Color Universal Design", made darker or lighter to suit the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median

from engine.training.metrics import Metrics, Scores
from engine.whole_file import whole_file

# Of a figure, in pixels; the labels at the ends of the curves are in the right margin.
_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, _WIDTH - 176, 16, _HEIGHT - 48
_LABEL_PIXELS = 14
# At most this many intervals between the ends of what is drawn.
_INTERVALS = 7
# Baselines further than this from the curves get an arrow instead of a line, which would flatten the curves.
_NEAR_DB = 3.0
# The share of the reported losses, at either end, that need not fit in.
_OUTLIERS = 0.005
# In the order of drawing: the dashes and the smaller squares of stage 1 on top, so that equal curves show both.
_STAGES = {"stage2": "stage 2", "stage1": "stage 1"}

_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #222; --faint: #666; --grid: #e2e2e2; --one: #b34700;
  --two: #0067a6; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181b; --ink: #e4e4e4; --faint: #a5a5a5; --grid: #34373b; --one: #f0a030; --two: #62bdf0; } }
body { margin: 1.5rem auto; max-width: 1320px; padding: 0 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption, caption { text-align: left; color: var(--faint); }
figcaption b, caption b { color: var(--ink); }
.notes { border-left: 4px solid var(--one); }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin-top: 2rem; }
th, td { padding: .2rem .9rem; border-bottom: 1px solid var(--grid); text-align: right; }
tbody th { text-align: left; font-weight: normal; }
svg { width: 100%; height: auto; font-size: 12px; }
path { fill: none; stroke: var(--faint); } text { fill: var(--ink); } path.grid { stroke: var(--grid); }
.x { text-anchor: middle; } .y { text-anchor: end; }
.line { stroke-width: 2; } .dots { stroke-width: 8; stroke-linecap: round; }
.dots.stage1 { stroke-width: 5; stroke-linecap: square; }
path.stage1 { stroke: var(--one); } path.stage2 { stroke: var(--two); } .line.stage1 { stroke-dasharray: 8 4; }
text.stage1 { fill: var(--one); } text.stage2 { fill: var(--two); }
path.raw { stroke: var(--two); stroke-width: 3; opacity: .4; }
.line.floor { stroke-width: 1; } .floor0 { stroke-dasharray: 2 3; } .floor1 { stroke-dasharray: 10 4; }
.floor2 { stroke-dasharray: 8 3 2 3; } .floor3 { stroke-dasharray: 5 2 1 2 1 2; }
"""


@dataclass(frozen=True)
class Curve:
    """Points (hours of audio, value), all finite.

    Attributes:
        points: At least one.
        style: Classes of the style sheet.
        label: To stand at the end.
        line: Join the points.
        dots: Mark the points; a single one is marked in any case.
    """

    points: Sequence[tuple[float, float]]
    style: str
    label: str = ""
    line: bool = True
    dots: bool = False

    @property
    def values(self) -> list[float]:
        """Without the hours."""
        return [value for _, value in self.points]


@dataclass(frozen=True)
class Figure:
    """Curves over hours of audio.

    Attributes:
        title: Of the figure.
        text: What else there is to say.
        unit: Title of the y axis.
        curves: To draw.
        shown: Values that the y axis covers. Points beyond it are drawn on its border; a curve that ends beyond it is
            left out but for its label.
    """

    title: str
    text: str
    unit: str
    curves: Sequence[Curve]
    shown: Sequence[float]


class _Axes:
    """Where values are in the picture, in pixels; values beyond the axes are on their border."""

    def __init__(self, hours: float, shown: Sequence[float]) -> None:
        self.hours = hours
        self.ticks = _ticks(min(shown), max(shown))
        self.low, self.high = self.ticks[0], self.ticks[-1]

    def x(self, hours: float) -> float:
        return round(_LEFT + min(hours / self.hours, 1.0) * (_RIGHT - _LEFT), 2)

    def y(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(_BOTTOM - share * (_BOTTOM - _TOP), 2)


def write_page(path: Path, page: str) -> None:
    """Write a page whole or not at all.

    Raises:
        WriteError: It cannot be written.
    """
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")


def render_page(metrics: Metrics, name: str) -> str:
    """The page, which is well-formed XML too; `name` of the run is printable."""
    title = escape(f"Training run {name}")
    notes = "".join(f"<li>{escape(note)}</li>" for note in metrics.notes)
    figures = "\n".join(_drawn(figure, metrics.hours) for figure in _figures(metrics))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/>
<title>{title}</title><style>{_STYLE}</style></head><body>
<h1>{title}</h1>
<p class="facts">{escape(_facts(metrics))}</p>
{f'<ul class="notes">{notes}</ul>' if notes else ""}
<div class="figures">{figures}</div>
{_table(metrics) if metrics.validations else ""}
</body></html>
"""


def _facts(metrics: Metrics) -> str:
    facts = [f"{metrics.steps:,} steps"]
    if metrics.reports:
        facts.append(f"{metrics.hours:,.2f} hours of audio heard")
        facts += [f"{_counted(metrics.last.minutes, 'minute')} trained", _counted(metrics.last.slices, "slice")]
    if metrics.resumed_from:
        facts.append(f"from weights {metrics.resumed_from[:8]}")
    return " · ".join(facts)


def _counted(number: float, thing: str) -> str:
    count = f"{number:,.0f}"
    return f"{count} {thing}" if count == "1" else f"{count} {thing}s"


def _table(metrics: Metrics) -> str:
    """Scores by system and target, as HTML."""
    targets, every = _targets(metrics), [one.scores for one in metrics.validations]
    rows: dict[str, list[float]] = {}
    for system, label in _STAGES.items():
        rows[f"{label}, last"] = [_score(every[-1], system, target) for target in targets]
        rows[f"{label}, best"] = [_best([_score(one, system, target) for one in every]) for target in targets]
    for system in metrics.floors:
        rows[_label(system)] = [_score(metrics.floors, system, target) for target in targets]
    head = "".join(f'<th scope="col">{escape(target)}</th>' for target in targets)
    body = "\n".join(
        f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{_cell(value)}</td>" for value in row)}</tr>'
        for label, row in rows.items()
        if any(map(math.isfinite, row))
    )
    return f"""<div class="wide"><table>
<caption><b>Validation uSDR in dB</b> Mean over items. Best: of each figure by itself, over all validations.</caption>
<thead><tr><td></td>{head}</tr></thead>
<tbody>{body}</tbody>
</table></div>"""


def _figures(metrics: Metrics) -> Iterator[Figure]:
    """All figures that have points."""
    losses = [(report.hours, report.loss) for report in metrics.reports if math.isfinite(report.loss)]
    if losses:
        yield _loss_figure(losses)
    rates = [(report.hours, report.learning_rate) for report in metrics.reports if math.isfinite(report.learning_rate)]
    if rates:
        curve = Curve(rates, "stage2", f"last: {rates[-1][1]:.3g}")
        yield Figure("Learning rate", "At each report.", "learning rate", [curve], [0.0, *curve.values])
    targets = _targets(metrics)
    # The average, which comes last in the record, says most.
    for target in targets[-1:] + targets[:-1]:
        curves = list(_validation_curves(metrics, target))
        if curves:
            yield _validation_figure(metrics, target, curves)


def _loss_figure(losses: Sequence[tuple[float, float]]) -> Figure:
    raw, half = Curve(losses, "raw", line=False, dots=True), min(25, max(1, len(losses) // 20))
    medians = [median(raw.values[max(0, index - half) : index + half + 1]) for index in range(len(losses))]
    smooth = [(hours, value) for (hours, _), value in zip(losses, medians, strict=True)]
    bold = Curve(smooth, "stage2", f"median: {medians[-1]:.3g}")
    cut = int(_OUTLIERS * len(losses))
    text = f"Light: each report. Bold: median of {2 * half + 1} neighbouring reports."
    text += " Dots on the border lie beyond it." if cut else ""
    return Figure("Training loss", text, "loss", [raw, bold], sorted(raw.values)[cut : len(losses) - cut] + medians)


def _validation_curves(metrics: Metrics, target: str) -> Iterator[Curve]:
    for system, label in _STAGES.items():
        points = [(one.hours, _score(one.scores, system, target)) for one in metrics.validations]
        points = [point for point in points if all(map(math.isfinite, point))]
        if points:
            yield Curve(points, system, f"{label}: {points[-1][1]:.2f}", dots=True)


def _validation_figure(metrics: Metrics, target: str, curves: list[Curve]) -> Figure:
    shown = [value for curve in curves for value in curve.values]
    low, high = min(shown) - _NEAR_DB, max(shown) + _NEAR_DB
    floors: list[Curve] = []
    for index, system in enumerate(metrics.floors):
        value = _score(metrics.floors, system, target)
        if math.isfinite(value):
            ends = [(0.0, value), (metrics.hours, value)]
            floors.append(Curve(ends, f"floor floor{index % 4}", f"{_label(system)}: {value:.2f}"))
    shown += [floor.values[0] for floor in floors if low <= floor.values[0] <= high]
    text = "Of the averaged weights, beside baselines on the same items."
    return Figure(f"Validation: {target}", text, "uSDR in dB, mean over items", [*floors, *curves], shown)


def _drawn(figure: Figure, hours: float) -> str:
    """A figure as HTML with inline SVG."""
    axes = _Axes(hours, figure.shown)
    marks = [*_axes_marks(axes, figure.unit), *_curves_marks(axes, figure.curves), *_labels(axes, figure.curves)]
    title = escape(figure.title)
    return f"""<figure><figcaption><b>{title}</b> {escape(figure.text)}</figcaption>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">
{"".join(marks)}
</svg></figure>"""


def _axes_marks(axes: _Axes, unit: str) -> Iterator[str]:
    for value in axes.ticks:
        yield f'<path class="grid" d="M{_LEFT} {axes.y(value)}H{_RIGHT}"/>'
        yield f'<text class="y tick" x="{_LEFT - 8}" y="{axes.y(value)}" dy="4">{value:g}</text>'
    yield f'<path d="M{_LEFT} {_BOTTOM}H{_RIGHT}"/>'
    for value in _ticks(0.0, axes.hours):
        if value <= axes.hours:
            yield f'<path d="M{axes.x(value)} {_BOTTOM}v5"/>'
            yield f'<text class="x tick" x="{axes.x(value)}" y="{_BOTTOM + 19}">{value:g}</text>'
    yield f'<text class="x" x="{(_LEFT + _RIGHT) / 2}" y="{_HEIGHT - 8}">audio heard, in hours</text>'
    yield f'<text class="x" transform="translate(14 {(_TOP + _BOTTOM) / 2}) rotate(-90)">{unit}</text>'


def _curves_marks(axes: _Axes, curves: Sequence[Curve]) -> Iterator[str]:
    for curve in curves:
        places = [f"{axes.x(hours):g} {axes.y(value):g}" for hours, value in curve.points]
        if curve.line and axes.low <= curve.values[-1] <= axes.high:
            yield f'<path class="line {curve.style}" d="M{"L".join(places)}"/>'
        if curve.dots or len(places) == 1:
            # A line of no length is drawn as its ends alone, which are round or square.
            yield f'<path class="dots {curve.style}" d="{"".join(f"M{place}h0" for place in places)}"/>'


def _labels(axes: _Axes, curves: Sequence[Curve]) -> Iterator[str]:
    """Labels at the ends of the curves from the top down, moved apart so that they can be read."""
    labelled = sorted((curve for curve in curves if curve.label), key=lambda curve: -curve.values[-1])
    place = -math.inf
    for index, curve in enumerate(labelled, start=1):
        value = curve.values[-1]
        y = axes.y(value)
        place = max(y, place + _LABEL_PIXELS)
        shown = min(place, _BOTTOM - _LABEL_PIXELS * (len(labelled) - index))
        arrow = "↑ " if value > axes.high else "↓ " if value < axes.low else ""
        if not arrow:
            yield f'<path d="M{_RIGHT + 5} {y:g}L{_RIGHT + 14} {shown:g}"/>'
        text = escape(arrow + curve.label)
        yield f'<text class="label {curve.style}" x="{_RIGHT + 18}" y="{shown:g}" dy="4">{text}</text>'


def _ticks(low: float, high: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten, from `low` or just below to `high` or just above."""
    if high - low <= 1e-4 * max(abs(low), abs(high)):
        margin = 0.1 * abs(high) or 1.0
        low, high = low - margin, high + margin
    size = (high - low) / _INTERVALS
    power = 10.0 ** math.floor(math.log10(size))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= size)
    # Rounded first, so that 0.3 / 0.1 is 3.
    return [index * step for index in range(math.floor(round(low / step, 6)), math.ceil(round(high / step, 6)) + 1)]


def _targets(metrics: Metrics) -> list[str]:
    """What is scored, in the order of the record."""
    return list(dict.fromkeys(target for one in metrics.validations for row in one.scores.values() for target in row))


def _score(scores: Scores, system: str, target: str) -> float:
    return scores.get(system, {}).get(target, math.nan)


def _best(values: Sequence[float]) -> float:
    return max((value for value in values if math.isfinite(value)), default=math.nan)


def _label(system: str) -> str:
    return system.replace("_", " ").replace("wiener", "Wiener")


def _cell(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "–"
