"""Values from files against what dataclasses say of their fields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from engine.checked import checked, from_json_text
from engine.said import say


@dataclass(frozen=True)
class Inner:
    """Lies in another one."""

    text: str = "x"


@dataclass(frozen=True)
class Outer:
    """Has a field of each kind."""

    number: float = 1.5
    count: int = 1
    flag: bool = True
    text: str = "x"
    path: Path = Path()
    choice: Literal[1, "a"] = 1
    maybe: float | None = None
    names: tuple[str, ...] = ("x",)
    inner: tuple[Inner, ...] = (Inner(),)
    by_name: Mapping[str, float] | None = None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"number": 2},
        {"text": say("{n}", n=1)},
        {"choice": "a"},
        {"maybe": 2.0},
        {"names": ()},
        {"by_name": {"a": 1}},
    ],
)
def test_what_fits_is_given_back(values: dict[str, Any]) -> None:
    made = replace(Outer(), **values)
    assert checked(made) is made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("number", value) for value in ("1", None, True, math.nan, math.inf)],
        *[("count", value) for value in (1.0, True, "1", None)],
        *[("flag", value) for value in (1, None, "yes")],
        *[("text", 1), ("path", "x"), ("choice", True), ("choice", 2), ("choice", []), ("maybe", "x")],
        *[("names", value) for value in ("x", ["x"], (1,))],
        *[("inner", value) for value in ((Inner(1),), ("x",))],  # type: ignore[arg-type]
        *[("by_name", value) for value in ([], {1: 1.0}, {"a": "b"})],
    ],
)
def test_what_does_not_fit_is_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^{name} is no "):
        checked(replace(Outer(), **{name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "[1", "[" * 100_000, '{"a":' * 100_000, "1" * 10_000, b"\xff"])
def test_what_is_no_json_or_nested_too_deeply_is_one_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - in the words of the library
        from_json_text(text)
