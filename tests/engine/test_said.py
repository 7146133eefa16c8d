"""Sentences that know what they were made of."""

from __future__ import annotations

import ast
import contextlib
import copy
import json
import pickle
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine.model.entry import ModelEntry
from engine.model.installed import installed_entry, models_folder, write_record
from engine.said import Said, from_json, say, to_json
from engine.separation import load_separation, save_manifest
from tests.support.separations import make_separation

SENTENCE = say(
    "cannot use {name!r}: {reason} ({seconds:.2f} s)",
    name="a {b}.wav",
    reason=say("it has {n} channels", n=9),
    seconds=1.5,
)


def check(text: str) -> None:
    """Whether it is the sentence still."""
    assert isinstance(text, Said)
    assert text == "cannot use 'a {b}.wav': it has 9 channels (1.50 s)"
    assert text.template == SENTENCE.template
    reason = text.values["reason"]
    assert isinstance(reason, Said)
    assert (reason.template, reason.values) == ("it has {n} channels", {"n": 9})


def test_a_sentence_is_the_same_on_every_way() -> None:
    check(SENTENCE)
    check(pickle.loads(pickle.dumps(SENTENCE)))
    check(copy.deepcopy(SENTENCE))
    check(from_json(json.loads(json.dumps(to_json(SENTENCE)))))
    assert json.dumps([SENTENCE]) == json.dumps([str(SENTENCE)])


def test_every_sentence_of_the_engine_comes_back_from_a_file() -> None:
    """A result of the library with one that does not is taken for damaged, and deleted."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in Path(engine.__file__).parent.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "say"]
    templates = [str(each.value) for each in said if isinstance(each, ast.Constant)]
    assert len(templates) > 100
    for template in templates:
        names = [name for _text, name, _form, _conversion in Formatter().parse(template) if name]
        sentence = say(template, **dict.fromkeys(names, 1))
        assert from_json(json.loads(json.dumps(to_json(sentence)))) == sentence


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_a_file_that_somebody_changed_gives_a_text_or_one_error(stored: object) -> None:
    endless = {"template": "{x:>{x}} {x:>99999999}", "values": stored}
    for each in (stored, {"template": stored, "values": {}}, {"template": "{x.y} {0}", "values": stored}, endless):
        with contextlib.suppress(ValueError):
            assert isinstance(from_json(each), str)


def test_results_keep_their_sentences(tmp_path: Path) -> None:
    made = make_separation(tmp_path / "song", samples=100)
    said = replace(made, device=SENTENCE, device_reason=SENTENCE, warnings=(SENTENCE, "plain"))
    save_manifest(said)
    back = load_separation(said.folder)
    assert back == said
    for text in (back.device, back.device_reason, back.warnings[0]):
        check(text)
    assert back.warnings[1] == "plain"


def test_records_of_models_keep_their_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    file = models_folder() / "mine.pt"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"1234")
    write_record(ModelEntry("mine", "installed", source=SENTENCE, size_bytes=4, sha256="0" * 64, file=file))
    entry = installed_entry("mine")
    assert entry is not None
    check(entry.source)
