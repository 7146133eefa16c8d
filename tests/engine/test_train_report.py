"""`bandsaw train-report`: what it reads of a run, and that what it draws is where the axes say."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.cli import run_command_line
from engine.stems import DEFAULT_STEMS
from engine.training.metrics import Metrics, read_metrics
from engine.training.run_report import render_page

Capture = pytest.CaptureFixture[str]
Line = Mapping[str, Any]

SVG = "{http://www.w3.org/2000/svg}"
# Coordinates are rounded to 0.01 of at least 256 pixels.
ROUNDING = 1e-4
TARGETS = (*DEFAULT_STEMS, "average")


def _report(step: int, loss: float | None = 1.0, **changes: float | None) -> Line:
    """As `engine.training.loop` writes it: 100 steps are an hour of audio, ten steps a minute of a slice of an hour."""
    values = {"step": step, "hours": step / 100, "loss": loss, "learning_rate": 1e-3}
    return {**values, "steps_per_second": 1 / 6, "minutes_left": 60 - step / 10, **changes}


def _validation(step: int, usdr_db: float, **changes: float | None) -> Line:
    """Stage 2 is half a dB above stage 1, and the stems follow each other by one dB."""
    scores = {
        f"stage{stage}_{target}": usdr_db + index + 0.5 * (stage - 1)
        for stage in (1, 2)
        for index, target in enumerate(TARGETS)
    }
    return {"step": step, "valid_loss": -scores["stage2_average"], **scores, **changes}


def _floors(**usdr_db: float | None) -> Line:
    systems = {system: {"usdr_db": dict.fromkeys(TARGETS, value)} for system, value in usdr_db.items()}
    return {"floors": systems}


def _run(folder: Path, *lines: Line, end: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + end, encoding="ascii")
    return folder


def _metrics(folder: Path, *lines: Line, end: str = "") -> Metrics:
    return read_metrics(_run(folder, *lines, end=end) / "metrics.jsonl")


class Picture:
    """One figure of a page, read back by its own axes."""

    def __init__(self, figure: ElementTree.Element) -> None:
        self.texts = [text.text or "" for text in figure.iter(f"{SVG}text")]
        self._paths = [(path.get("class") or "", path.get("d") or "") for path in figure.iter(f"{SVG}path")]
        ticks: dict[str, list[tuple[float, float]]] = {"x": [], "y": []}
        for text in figure.iter(f"{SVG}text"):
            axis, *rest = (text.get("class") or "").split()
            if rest == ["tick"]:
                ticks[axis].append((float(text.get(axis) or ""), float(text.text or "")))
        self._x, self._y = ticks["x"], ticks["y"]

    def values(self, style: str) -> list[tuple[float, float]]:
        """The points of a curve in the units of the axes."""
        (path,) = [path for name, path in self._paths if name == style]
        places = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)]
        return [(_value(x, self._x), _value(y, self._y)) for x, y in places]

    def has(self, style: str) -> bool:
        return style in dict(self._paths)

    def tick_values(self, axis: str) -> list[float]:
        return [value for _, value in (self._x if axis == "x" else self._y)]


def _value(pixel: float, ticks: list[tuple[float, float]]) -> float:
    (first, low), (last, high) = ticks[0], ticks[-1]
    return low + (high - low) * (pixel - first) / (last - first)


def _page(metrics: Metrics, name: str = "run") -> ElementTree.Element:
    return ElementTree.fromstring(render_page(metrics, name))


def _pictures(page: ElementTree.Element) -> dict[str, Picture]:
    return {figure.findtext("figcaption/b") or "": Picture(figure) for figure in page.iter("figure")}


def _rows(page: ElementTree.Element) -> dict[str, list[str]]:
    return {row.findtext("th") or "": [cell.text or "" for cell in row.iter("td")] for row in page.iter("tr")}


def _close(points: list[tuple[float, float]], expected: list[tuple[float, float]], size: float) -> None:
    assert len(points) == len(expected)
    for point, wanted in zip(points, expected, strict=True):
        assert point == pytest.approx(wanted, abs=ROUNDING * size)


def test_points_are_where_the_axes_say(tmp_path: Path) -> None:
    losses = [3.0, 2.0, 2.5, 1.0, 1.5, 0.75]
    reports = [_report(100 * (index + 1), loss, learning_rate=1e-3 / (index + 1)) for index, loss in enumerate(losses)]
    lines = [*reports[:3], _validation(350, 1.0), *reports[3:], _validation(620, 4.0)]
    metrics = _metrics(tmp_path, _floors(wiener_mask=2.25, mixture=-20.0, ideal_ratio_mask=30.0, gone=None), *lines)
    pictures = _pictures(_page(metrics))
    stems = [f"Validation: {target}" for target in ("average", *DEFAULT_STEMS)]
    assert list(pictures) == ["Training loss", "Learning rate", *stems]
    hours = [float(index + 1) for index in range(6)]
    loss = pictures["Training loss"]
    _close(loss.values("dots raw"), list(zip(hours, losses, strict=True)), size=10)
    smooth = [median(losses[max(0, index - 1) : index + 2]) for index in range(6)]
    _close(loss.values("line stage2"), list(zip(hours, smooth, strict=True)), size=10)
    rates = [(hour, 1e-3 / hour) for hour in hours]
    for point, wanted in zip(pictures["Learning rate"].values("line stage2"), rates, strict=True):
        assert point[1] == pytest.approx(wanted[1], abs=1e-3 * ROUNDING)
    for index, target in enumerate(TARGETS):
        picture = pictures[f"Validation: {target}"]
        for stage in (1, 2):
            better = index + 0.5 * (stage - 1)
            # A validation has no hours of its own: 50 steps after a report, 20 after the last.
            expected = [(3.5, 1.0 + better), (6.2, 4.0 + better)]
            for kind in ("line", "dots"):
                _close(picture.values(f"{kind} stage{stage}"), expected, size=10)
            assert f"stage {stage}: {4 + better:.2f}" in picture.texts
    average = pictures["Validation: vocals"]
    _close(average.values("line floor floor0"), [(0.0, 2.25), (6.2, 2.25)], size=10)
    assert not average.has("line floor floor1")
    assert {"Wiener mask: 2.25", "↓ mixture: -20.00", "↑ ideal ratio mask: 30.00"} <= set(average.texts)
    assert "audio heard, in hours" in average.texts
    assert "uSDR in dB, mean over items" in average.texts


@given(
    losses=st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=8),
    hours=st.floats(1e-3, 1e4),
)
def test_ticks_are_few_round_and_hold_every_value(losses: list[float], hours: float) -> None:
    metrics = Metrics()
    for index, loss in enumerate(losses, start=1):
        metrics.take(_report(index, loss, hours=hours * index / len(losses)))
    picture = _pictures(_page(metrics))["Training loss"]
    x, y = picture.tick_values("x"), picture.tick_values("y")
    assert y[0] <= min(losses) * 1.0001
    assert y[-1] >= max(losses) * 0.9999
    assert x[0] == 0
    assert x[-1] <= hours
    for ticks in (x, y):
        assert 3 <= len(ticks) <= 10
        step = ticks[1] - ticks[0]
        # Labels have six digits, so a step has few where the values are large against it.
        assert f"{step:.0e}"[0] in "125"
        assert all(tick / step == pytest.approx(round(tick / step), abs=0.05) for tick in ticks)


def test_labels_keep_apart_and_inside(tmp_path: Path) -> None:
    floors = {f"floor{index}": 1.0 + index / 1000 for index in range(6)}
    page = _page(_metrics(tmp_path, _floors(**floors), _report(100), _validation(100, 0.0)))
    counted: list[int] = []
    for figure in page.iter("figure"):
        texts = [text for text in figure.iter(f"{SVG}text") if "label" in (text.get("class") or "")]
        places = [float(text.get("y") or "") for text in texts]
        # Pixels: the height of a line of text, and the picture's height.
        assert all(below - above >= 12 for above, below in pairwise(places))
        assert all(0 < place < 320 for place in places)
        counted.append(len(places))
    assert max(counted) >= len(floors)


def test_table_has_the_last_and_the_best_validation_and_the_floors(tmp_path: Path) -> None:
    lines = [_validation(100, 1.0), _validation(200, 3.0, stage2_bass=math.nan), _validation(300, 2.0)]
    metrics = _metrics(tmp_path, _floors(equal_share=0.125, mixture=None), _report(100), *lines)
    assert _rows(_page(metrics)) == {
        "vocals": [""],  # the head, whose corner is no heading
        "stage 2, last": ["2.50", "3.50", "4.50", "5.50", "6.50"],
        "stage 2, best": ["3.50", "3.50", "5.50", "6.50", "7.50"],
        "stage 1, last": ["2.00", "3.00", "4.00", "5.00", "6.00"],
        "stage 1, best": ["3.00", "4.00", "5.00", "6.00", "7.00"],
        "equal share": ["0.12"] * 5,
    }


def test_slices_and_minutes_add_up_and_what_a_kill_undid_counts_once(tmp_path: Path) -> None:
    lines = [
        _floors(mixture=0.0),
        {"resumed_from": "0123456789abcdef"},
        *(_report(step) for step in (100, 200, 300)),
        _validation(300, 1.0),
        # Another slice goes on from step 150, as after a kill.
        _floors(mixture=1.0),
        _report(200, 7.0, minutes_left=55.0),
        _report(250, 7.0, minutes_left=50.0),
        _validation(260, 2.0),
        # A third, whose floors were lost.
        _report(360, 7.0, minutes_left=60.0),
    ]
    metrics = _metrics(tmp_path, *lines)
    assert [report.step for report in metrics.reports] == [100, 200, 250, 360]
    assert [report.loss for report in metrics.reports] == [1.0, 7.0, 7.0, 7.0]
    assert [one.step for one in metrics.validations] == [260]
    assert metrics.undone == 2
    assert metrics.floors["mixture"]["average"] == 1.0
    # 100 steps at 10 a minute, again 100, then 5 minutes, then 110 steps.
    assert [report.minutes for report in metrics.reports] == pytest.approx([10.0, 20.0, 25.0, 36.0])
    page = _page(metrics)
    facts = next(text.text for text in page.iter("p") if text.get("class") == "facts")
    assert facts == "360 steps · 3.60 hours of audio heard · 36 minutes trained · 3 slices · from weights 01234567"
    assert any("Left out 2 of the reports" in (note.text or "") for note in page.iter("li"))


def test_one_minute_is_no_minutes(tmp_path: Path) -> None:
    page = _page(_metrics(tmp_path, _report(10)))
    facts = next(text.text for text in page.iter("p") if text.get("class") == "facts")
    assert facts == "10 steps · 0.10 hours of audio heard · 1 minute trained · 1 slice"


@pytest.mark.parametrize("end", ['{"step": 300, "ho', '{"step": 300}\n', "[1, 2]\n", "\udcff\x00\n", '{"floors": 3}\n'])
def test_lines_that_cannot_be_read_are_skipped_and_said(end: str, tmp_path: Path, capsys: Capture) -> None:
    run = _run(tmp_path, _report(100), _report(200))
    with (run / "metrics.jsonl").open("ab") as file:
        file.write(end.encode("utf-8", errors="surrogateescape"))
    assert run_command_line(["train-report", str(run)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{run / 'report.html'}\n"
    assert "Skipped what cannot be read, of 3 lines: 3. The last line is incomplete" in captured.err
    page = ElementTree.fromstring((run / "report.html").read_text(encoding="utf-8"))
    assert any("Skipped what cannot be read" in (note.text or "") for note in page.iter("li"))
    assert len(_pictures(page)["Training loss"].values("dots raw")) == 2


def test_a_run_without_validation_has_its_loss_and_no_table(tmp_path: Path) -> None:
    page = _page(_metrics(tmp_path, _floors(mixture=0.0), _report(100), _report(200)))
    assert list(_pictures(page)) == ["Training loss", "Learning rate"]
    assert list(page.iter("table")) == []
    assert "There is no validation yet." in [note.text for note in page.iter("li")]


def test_validations_without_a_report_have_a_table_and_no_curves(tmp_path: Path) -> None:
    page = _page(_metrics(tmp_path, _floors(mixture=0.0), _validation(0, 1.0), _validation(7, 2.0)))
    assert _pictures(page) == {}
    assert _rows(page)["stage 1, best"][0] == "2.00"
    assert next(text.text for text in page.iter("p")) == "7 steps"


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, None])
def test_values_that_are_no_finite_numbers_are_not_drawn(odd: float | None, tmp_path: Path) -> None:
    names = ("valid_loss", "stage1_vocals", *(f"stage2_{target}" for target in TARGETS))
    lines = [_report(100), _report(200, odd, learning_rate=odd), _validation(200, 1.0, **dict.fromkeys(names, odd))]
    text = render_page(_metrics(tmp_path, *lines, _report(300)), "run")
    assert not re.search(r"\b(nan|inf)\b", text)
    pictures = _pictures(ElementTree.fromstring(text))
    assert len(pictures["Training loss"].values("dots raw")) == 2
    assert "Validation: vocals" not in pictures
    assert not pictures["Validation: bass"].has("line stage2")
    assert "The loss is no finite number in 1 of 3 reports" in text


def test_a_single_point_is_visible(tmp_path: Path) -> None:
    pictures = _pictures(_page(_metrics(tmp_path, _report(100, 2.5), _validation(100, 1.0))))
    _close(pictures["Training loss"].values("dots stage2"), [(1.0, 2.5)], size=1)
    _close(pictures["Validation: vocals"].values("dots stage1"), [(1.0, 1.0)], size=1)


def test_a_few_wild_losses_do_not_flatten_the_curve(tmp_path: Path) -> None:
    lines = [_report(step, 1e9 if step == 300 else 1 + 1 / step) for step in range(1, 601)]
    loss = _pictures(_page(_metrics(tmp_path, *lines)))["Training loss"]
    top = loss.tick_values("y")[-1]
    assert top < 3
    assert loss.values("dots raw")[299][1] == pytest.approx(top)


def test_the_page_needs_nothing_else_and_its_name_does_no_harm(tmp_path: Path, capsys: Capture) -> None:
    run = _run(tmp_path / "<b> & \x1b\u202e]]>", _report(100), _validation(100, 1.0))
    out = tmp_path / "page.html"
    assert run_command_line(["train-report", str(run), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    text = out.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).findtext("body/h1") == "Training run <b> & ??]]>"
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|@import", text)
    assert "prefers-color-scheme: dark" in text
    assert sorted(path.name for path in tmp_path.iterdir() if path != run) == ["page.html"]


def test_without_figures_there_is_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    def refusal() -> str:
        assert run_command_line(["train-report", str(tmp_path)]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        return captured.err

    assert refusal() == f"bandsaw: there is no metrics.jsonl in {tmp_path}: no training run has reported there\n"
    for lines in ([], [_floors(mixture=0.0)]):
        _run(tmp_path, *lines)
        assert "holds no report of a training run yet" in refusal()
    (tmp_path / "metrics.jsonl").unlink()
    (tmp_path / "metrics.jsonl").mkdir()
    assert "cannot read" in refusal()


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path: Path, capsys: Capture) -> None:
    run = _run(tmp_path / "run", _report(100))
    (tmp_path / "taken.html").mkdir()
    for out in (tmp_path / "missing" / "page.html", tmp_path / "taken.html", run / "metrics.jsonl" / "page.html"):
        assert run_command_line(["train-report", str(run), "--out", str(out)]) == 1
        assert f"bandsaw: cannot write {out}: " in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["metrics.jsonl", "run", "taken.html"]


def test_what_training_writes_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.model.checkpoint import ModelCard
    from engine.progress import JobControl
    from engine.training import loop
    from engine.training.memory_pool import MemoryPool, to_integers
    from engine.training.pool import Batches, Mixing
    from engine.training.run import RunFolder
    from engine.training.settings import TrainingSettings
    from engine.training.validation import Item, Validation
    from tests.support.models import TINY

    def step(trainer: loop.Trainer, _stems: Tensor, _rate: float) -> Tensor:
        trainer.step += 1
        trainer.items += 1
        return torch.tensor(3.0)

    # What is written counts here, not how it comes about.
    monkeypatch.setattr(loop.Trainer, "_update", step)
    monkeypatch.setattr(loop.Trainer, "save", lambda _trainer: None)
    monkeypatch.setattr(loop, "_REPORT_SECONDS", 0.0)
    device = torch.device("cpu")
    song = (0.1 * np.random.default_rng(0).standard_normal((4, 2, 44_100))).astype(np.float32)
    pool = MemoryPool(1, 4, 44_100, device)
    pool.add(to_integers(song))
    validation = Validation([Item("noise", song[..., :4096])], DEFAULT_STEMS, 4096)
    settings = TrainingSettings(TINY, batch_size=1, segment_samples=4096, epoch_items=2, epochs=1)
    folder = RunFolder(tmp_path)
    folder.log(**validation.floors())
    trainer = loop.Trainer(settings, folder, loop.Slice(device, 10.0, ModelCard("tiny", TINY, DEFAULT_STEMS)))
    trainer.train(Batches([(pool, 1.0)], 4, Mixing(), seed=0), validation, lambda _values: None, JobControl())
    metrics = read_metrics(tmp_path / "metrics.jsonl")
    assert metrics.notes == []
    assert [(report.step, report.loss) for report in metrics.reports] == [(1, 3.0), (2, 3.0)]
    assert [one.step for one in metrics.validations] == [2]
    assert metrics.hours == pytest.approx(2 * 4096 / 44_100 / 3600)
    assert list(metrics.validations[0].scores) == ["stage1", "stage2"]
    pictures = _pictures(_page(metrics))
    assert set(pictures) == {"Training loss", "Learning rate", *(f"Validation: {target}" for target in TARGETS)}


def test_a_report_loads_no_torch(tmp_path: Path) -> None:
    run = _run(tmp_path, _report(100))
    code = (
        "import sys; from engine.cli import run_command_line; code = run_command_line(sys.argv[1:]);"
        " sys.exit(code or 'torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, "train-report", str(run)], check=True, capture_output=True)


def test_a_path_that_the_output_cannot_hold_does_not_end_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _run(tmp_path / "run", _report(0), _report(10))
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, "cp1252", write_through=True))  # a pipe on Windows
    assert run_command_line(["train-report", str(run), "--out", str(tmp_path / "歌.html")]) == 0
    assert out.getvalue().rstrip().endswith(b"?.html")
