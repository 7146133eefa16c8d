"""The words of the window: all of them can be translated, and all of them are."""

from __future__ import annotations

import ast
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from app.errors import describe
from app.viewmodel.display import format_time
from app.words import language_of, mac_keys, number_text, size_text, told, tr
from engine.api import DecodeError
from engine.said import say
from tests.support.translations import ENGLISH, GERMAN

PROJECT = Path(__file__).parents[2]
MARKS = ("tr", "tr_later", "say")

# Speak before there is a language, to a terminal, to the log, or in a process without Qt.
WITHOUT_WORDS = ("__main__.py", "memory.py", "startup.py", "playback/", "jobs/")
# Names, and texts that are no language.
NAMES = {
    "Bandsaw", "English", "Deutsch", "Viridis", "Magma", "Fusion", "Python", "Qt", "PySide6-Essentials", "AB", "Key",
    "Zip (*.zip)",
}  # fmt: skip
NOT_READ = {"delta gain", "not there: ", "file-"}  # the key of an undo step; in the support file
KEY = re.compile(r"((Ctrl|Shift|Alt)\+)*(Space|Home|End|Left|Right|Up|Down|Esc|PgUp|PgDown|F1|.)?")
UNITS = re.compile(r"[\W\d_]*(dB|GB|MB|kB|kHz|Hz|ms|s|min|h|k|SDR|L|R|C)?[\W\d_]*")
COLORS = re.compile(r"(#[0-9a-f]{6} ?)+")
PATTERNS = re.compile(r" ?\(?(\*\.\w+ ?)*\)?")
LETTERS = re.compile(r"[^\W\d_]{2,}")

SINKS = {
    "setText", "setToolTip", "setAccessibleName", "setAccessibleDescription", "setWindowTitle", "setTitle",
    "setInformativeText", "setDetailedText", "setPlaceholderText", "setIconText", "setHeaderLabels", "setSuffix",
    "addRow", "addMenu", "addAction", "addItem", "addButton", "showMessage", "QAction", "QLabel", "QPushButton",
    "QCheckBox", "ElidedLabel", "label", "button", "Look", "Question", "Problem", "Refusal", "KeyLine",
    "getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory", "about", "question", "emit",
    "notice", "drawText", "_section", "_check", "_draw_note",
}  # fmt: skip
# Arguments of sinks that pick a look, an icon, a remedy.
NOT_SHOWN = {"label": 1, "ElidedLabel": 1, "Look": 2, "Problem": 5}


class Literal(NamedTuple):
    """A string in the code, and what stands around it from the inside to the outside."""

    file: str
    node: ast.Constant
    text: str
    around: tuple[ast.AST, ...]


def code() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted((PROJECT / "app").rglob("*.py")):
        yield file.relative_to(PROJECT / "app").as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def engine_code() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted((PROJECT / "engine").rglob("*.py")):
        yield file.relative_to(PROJECT / "engine").as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def literals(file: str, tree: ast.Module) -> Iterator[Literal]:
    """Every string but docstrings; of an f-string its fixed parts."""

    def walk(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[Literal]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not isinstance(around[0], ast.Expr):
            yield Literal(file, node, node.value, around)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, (node, *around))

    yield from walk(tree, (tree,))


def called(node: ast.AST) -> str:
    """The name of what a call calls."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def can_be_translated(found: Literal) -> bool:
    return any(called(node) in MARKS for node in found.around)


def for_programmers(found: Literal) -> bool:
    """In an error of the program, a type, or a line of the log."""
    return any(
        isinstance(node, ast.Raise)
        or called(node) == "cast"
        or (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_log."))
        or (isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal")
        for node in found.around
    )  # fmt: skip


def no_language(text: str) -> bool:
    return (
        not LETTERS.search(re.sub(r"\{[^}]*\}", "", text))
        or text.strip(" –") in NAMES
        or text in NOT_READ
        or any(pattern.fullmatch(text) for pattern in (KEY, UNITS, COLORS, PATTERNS))
    )


def reads_like_words(text: str) -> bool:
    """Two words, or a capital letter, or what only texts have; a lone small word may be an identifier."""
    bare = re.sub(r"\{[^}]*\}", "", text).strip()
    return bool(re.search(r"[^\W\d_]\S* +\S*[^\W\d_]", bare)) or bare[:1].isupper() or "…" in bare or "&" in bare


def test_every_text_that_reads_like_words_can_be_translated() -> None:
    left = [
        (found.file, found.node.lineno, found.text)
        for file, tree in code()
        if not file.startswith(WITHOUT_WORDS)
        for found in literals(file, tree)
        if reads_like_words(found.text)
        and not (no_language(found.text) or can_be_translated(found) or for_programmers(found))
    ]
    assert left == []


def reaches_a_sink(found: Literal) -> bool:
    """Whether it is given to something that shows it, directly or as a part of a sum, a choice or an f-string."""
    inner: ast.AST = found.node
    for node in found.around:
        if isinstance(node, ast.Call):
            place = NOT_SHOWN.get(called(node))
            return called(node) in SINKS and (place is None or inner not in node.args[place : place + 1])
        if isinstance(node, ast.IfExp) and node.test is inner:
            return False
        if not isinstance(node, ast.BinOp | ast.IfExp | ast.JoinedStr | ast.keyword | ast.List | ast.Tuple):
            return False
        inner = node
    return False


def test_every_text_that_is_shown_can_be_translated() -> None:
    left = [
        (found.file, found.node.lineno, found.text)
        for file, tree in code()
        if not file.startswith(WITHOUT_WORDS)
        for found in literals(file, tree)
        if reaches_a_sink(found) and not (no_language(found.text) or can_be_translated(found))
    ]
    assert left == []


def returned(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The texts that functions for a plain `str` return, also as a part of an f-string or a choice."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.returns and ast.unparse(function.returns) == "str":
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from _texts(node.value)


def _texts(node: ast.expr) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    parts: Sequence[ast.expr] = ()
    if isinstance(node, ast.JoinedStr):
        parts = node.values
    elif isinstance(node, ast.IfExp):
        parts = (node.body, node.orelse)
    elif isinstance(node, ast.BinOp):
        parts = (node.left, node.right)
    for part in parts:
        yield from _texts(part)


def test_every_text_that_a_function_returns_can_be_translated() -> None:
    left = [
        (file, line, text)
        for file, tree in code()
        if not file.startswith(WITHOUT_WORDS)
        for line, text in returned(tree)
        if not no_language(text)
    ]
    assert left == []


def marked(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in MARKS:
            yield node


def test_the_translators_are_given_every_text_and_nothing_else() -> None:
    """An f-string cannot be looked up, and pyside6-lupdate does not look inside one."""
    found: set[str] = set()
    for file, tree in (*code(), *engine_code()):
        for call in marked(tree):
            text = call.args[0]
            assert not isinstance(text, ast.JoinedStr), (file, call.lineno)
            if isinstance(text, ast.Constant):
                found.add(str(text.value))
    assert found == {message.source for message in GERMAN}


# What no window does: the command line, training and evaluation, measuring; and the words of LLVM.
NOT_IN_A_WINDOW = (
    "cli/", "training/", "evaluation/", "inference/bench.py", "inference/compare.py", "model/architectures.py",
    "model/simd.py",
)  # fmt: skip
ENGINE_NAMES = {
    "Ogg Vorbis", "Mel-Band RoFormer", "SIMO stereo BSRNN", "lightweight U-Net", "mps (Apple GPU)",
    "bandsaw engine", "download watcher", "{artist} - {title} ({stem})",
}  # fmt: skip
# What others say, by which it is known.
ENGINE_PATTERNS = {
    r": (\d+) \(should be (\d+)\)", r"bytes (\d+)-\d+/(\d+)",
    "Junk after the last page", "out of memory", "can't allocate memory", "not enough memory",
}  # fmt: skip
FAULTS = {"ValueError", "TypeError", "RuntimeError", "ImportError"}


def shown_by_no_window(found: Literal) -> bool:
    """In an error of the program, a type, or a line of the log."""
    return any(called(node) in {*FAULTS, "cast", "TypeVar", "debug", "info", "warning"} for node in found.around)


def test_every_text_of_the_engine_that_a_window_may_show_can_be_translated() -> None:
    left = [
        (found.file, found.node.lineno, found.text)
        for file, tree in engine_code()
        if not file.startswith(NOT_IN_A_WINDOW) or file == "evaluation/reference.py"
        for found in literals(file, tree)
        if re.search(r"[^\W\d_]\S* +\S*[^\W\d_]", found.text)
        and found.text not in ENGINE_NAMES | ENGINE_PATTERNS
        and not (can_be_translated(found) or shown_by_no_window(found))
    ]
    assert left == []


def test_what_the_engine_says_is_told_in_english_as_it_is() -> None:
    for text in ("plain {text}", say("it is empty"), say("{a!r}: {b} {{c}}", a="d", b=say("{n} of {m}", n=1, m="{x}"))):
        assert told(text) == text


@pytest.mark.usefixtures("german")
def test_what_the_engine_says_is_told_in_german_with_german_numbers() -> None:
    reason = say("it has {channels} channels, and at most {most} can be used", channels=9, most=8)
    error = DecodeError(Path("Lied {1}.wav"), reason)
    assert str(error) == "cannot use 'Lied {1}.wav': it has 9 channels, and at most 8 can be used"
    words = "'Lied {1}.wav' ist nicht verwendbar: sie hat 9 Kanäle, und höchstens 8 sind möglich."
    assert describe(pickle.loads(pickle.dumps(error))).text == words
    decibels = say("All files were turned down together by {amount:.2f} dB so that none of them clips.", amount=2.5)
    assert "um 2,50 dB leiser" in told(decibels)
    published = "the file at {host} has {total:,} bytes, and the published one {wanted:,}"
    assert "hat 12345 Bytes" in told(say(published, host="there", total=12345, wanted=2))
    assert told(say("{minutes}:{seconds:05.2f}", minutes=1, seconds=3.5)) == "1:03,50"
    assert told("nobody knows this") == "nobody knows this"


def test_nothing_is_translated_before_there_is_a_language() -> None:
    """What runs when a module is imported is for `tr_later`."""

    def early(node: ast.AST) -> Iterator[ast.Call]:
        if isinstance(node, ast.FunctionDef):
            parts: Sequence[ast.AST] = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            parts = [] if isinstance(node, ast.Lambda) else list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call):
            yield node
        for part in parts:
            yield from early(part)

    assert [(file, node.lineno) for file, tree in code() for node in early(tree) if called(node) == "tr"] == []


def test_the_files_for_translators_and_for_the_window_are_up_to_date() -> None:
    command = [sys.executable, str(PROJECT / "packaging" / "translations.py"), "--check"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stdout) == (0, ""), outcome.stderr


def fields(text: str) -> list[str]:
    return sorted(name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def test_every_translation_is_finished_and_keeps_values_numbers_and_marks() -> None:
    for message in (*GERMAN, *ENGLISH):
        assert message.finished, message
        assert len(message.texts) == (2 if message.plural else 1), message
        assert ("%n" in message.texts[-1]) == message.plural, message
        for text in message.texts:
            assert fields(text) == fields(message.source), message
            assert [text.count(mark) for mark in "\n&…"] == [message.source.count(mark) for mark in "\n&…"], message
            assert text[-1:] == message.source[-1:] or text[-1:] not in ".…:" or message.source[-1:] not in ".…:", (
                message
            )
            assert text.strip() == text != "", message


@pytest.mark.usefixtures("qapp")
def test_a_number_has_its_singular_and_its_plural() -> None:
    assert [tr("%n trials", "", count) for count in (0, 1, 2)] == ["0 trials", "1 trial", "2 trials"]
    assert [tr("%n items cannot be split.", "", count) for count in (1, 2)] == [
        "One item cannot be split.",
        "2 items cannot be split.",
    ]


@pytest.mark.usefixtures("german")
def test_a_german_number_has_its_singular_and_its_plural() -> None:
    assert [tr("%n trials", "", count) for count in (0, 1, 2)] == ["0 Durchgänge", "1 Durchgang", "2 Durchgänge"]
    assert [tr("%n items cannot be split.", "", count) for count in (1, 2)] == [
        "Ein Element lässt sich nicht trennen.",
        "2 Elemente lassen sich nicht trennen.",
    ]


def figures() -> list[str]:
    return [
        number_text(44.1, 1), number_text(-7.25, 2), number_text(-0.04, 1), number_text(3.0, signed=True),
        number_text(0.0, 1, signed=True), number_text(1234.5, 1), size_text(4_240_000), format_time(8.84),
    ]  # fmt: skip


@pytest.mark.usefixtures("qapp")
def test_numbers_have_a_point_and_a_minus_as_long_as_a_plus() -> None:
    assert figures() == ["44.1", "−7.25", "0.0", "+3", "0.0", "1234.5", "4.2 MB", "0:08.8"]


@pytest.mark.usefixtures("german")
def test_german_numbers_have_a_comma() -> None:
    assert figures() == ["44,1", "−7,25", "0,0", "+3", "0,0", "1234,5", "4,2 MB", "0:08,8"]


def test_numbers_in_german_texts_have_a_comma() -> None:
    texts = [re.sub(r"\{[^}]*\}", "", text) for message in GERMAN for text in message.texts]
    pointed = [text for text in texts if re.search(r"\d\.\d", text)]
    assert [text for text in pointed if "Apache-Lizenz 2.0" not in text] == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "1 kB"), (900_000, "900 kB"), (4_240_000, "4.2 MB"), (9_960_000, "10 MB"), (12_340_000, "12 MB"),
        (999_400_000, "999 MB"), (999_600_000, "1.0 GB"), (2_500_000_000, "2.5 GB"), (20_000_000_000, "20 GB"),
    ],
)  # fmt: skip
def test_sizes_are_read_at_a_glance(count: int, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (["de-AT", "de", "en"], "de"),
        (["fr-FR", "fr", "de-DE"], "de"),
        (["en-GB", "de"], "en"),
        (["ja-JP"], "en"),
        ([], "en"),
    ],
)
def test_the_system_s_first_wish_that_there_is_decides(wishes: list[str], language: str) -> None:
    assert language_of("system", wishes) == language
    assert language_of("de", wishes) == "de"
    assert language_of("en", wishes) == "en"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Add songs (Ctrl+O)", "Add songs (⌘O)"),
        ("Ein Klick öffnet den Export (Strg+Umschalt+E)", "Ein Klick öffnet den Export (⇧⌘E)"),
        ("Ctrl+Alt+wheel does the same", "⌥⌘wheel does the same"),
        ("Silence {stem} (M, Alt+{number})", "Silence {stem} (M, ⌥{number})"),
        ("Higher or lower (Alt+-, Alt++)", "Higher or lower (⌥-, ⌥+)"),
        ("Alt", "Alt"),
        ("Stage 1 + stage 2", "Stage 1 + stage 2"),
    ],
)
def test_keys_in_sentences_are_those_of_macos(text: str, said: str) -> None:
    assert mac_keys(text) == said
