import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.methods.settings import REQUIRED, BadSettings, ByStep, describe, parse, setting


@dataclass(frozen=True, kw_only=True)
class Schema:
    scale: float = setting(7.5, "how strong", low=0, high=20)
    steps: int = setting(3, "how often", low=1)
    text: str = setting(REQUIRED, "what to avoid")
    raw: bool = setting(True, "whether raw")


def sentences(**given_settings: Any) -> list[str]:
    with pytest.raises(BadSettings) as refusal:
        parse(Schema, given_settings)
    return refusal.value.sentences


def test_defaults_fill_what_is_not_given() -> None:
    assert parse(Schema, {"text": "fog"}) == Schema(scale=7.5, steps=3, text="fog", raw=True)


@given(st.floats(0, 20) | st.integers(0, 20))
def test_a_number_within_its_range_is_taken_as_it_is(scale: float) -> None:
    taken = parse(Schema, {"text": "", "scale": scale}).scale
    assert taken == scale
    assert type(taken) is float  # so that 7 and 7.0 are one condition


@given(st.floats().filter(lambda scale: not 0 <= scale <= 20))
def test_a_number_out_of_its_range_is_refused(scale: float) -> None:
    assert sentences(text="", scale=scale) == [f"“scale” must be a finite number between 0 and 20, not {scale!r}."]


@pytest.mark.parametrize("endless", [float("inf"), float("nan"), 10**400])
def test_a_number_without_a_range_must_still_be_finite(endless: float) -> None:
    @dataclass(frozen=True)
    class Free:
        shift: float = setting(0.0, "how far")

    with pytest.raises(BadSettings, match="finite"):
        parse(Free, {"shift": endless})


@pytest.mark.parametrize(
    ("name", "value"), [("scale", "7"), ("scale", True), ("scale", None), ("steps", 2.0), ("text", 5), ("raw", 1)]
)
def test_a_value_of_another_type_is_refused(name: str, value: Any) -> None:
    (sentence,) = sentences(**{"text": "", name: value})
    assert sentence.startswith(f"“{name}” must be of type")


def test_every_fault_is_named_at_once() -> None:
    assert sentences(scael=1, steps=0) == [
        "“scael” is not a setting here; there are: scale, steps, text, raw.",
        "“text” must be given: what to avoid.",
        "“steps” must be a finite number between 1 and inf, not 0.",
    ]


@pytest.mark.parametrize("shapeless", [[], "scale", None, 3])
def test_settings_that_are_no_names_with_values_are_refused(shapeless: Any) -> None:
    with pytest.raises(BadSettings, match="names with values"):
        parse(Schema, shapeless)


def test_a_schema_describes_itself() -> None:
    assert describe(Schema)[:3] == [
        "scale (default 7.5, from 0 to 20): how strong",
        "steps (default 3, at least 1): how often",
        "text (required): what to avoid",
    ]


@dataclass(frozen=True)
class Stepwise:
    thresholds: ByStep = setting(ByStep({0: 0.5}), "how much", low=0, high=1)  # noqa: RUF009 – a ByStep is not changed


@pytest.mark.parametrize("given_steps", [{0: 1, 10: 0.5}, {"0": 1.0, "10": 0.5}, {"00": 1, "10": 0.5}])
def test_numbers_by_step_are_taken_as_json_has_them(given_steps: Any) -> None:
    taken = parse(Stepwise, {"thresholds": given_steps}).thresholds
    assert json.loads(json.dumps(taken)) == taken == {"0": 1.0, "10": 0.5}


@pytest.mark.parametrize(
    ("faulty", "sentence"),
    [
        ({"first": 0.5}, "“thresholds” must have numbers by step"),
        ({-1: 0.5}, "“thresholds” must have numbers by step"),
        ([0.5], "“thresholds” must have numbers by step"),
        ({"0": 2}, "“thresholds” must be a finite number between 0 and 1, not 2."),
        ({"0": "much"}, "“thresholds” must be of type float, not 'much'."),
    ],
)
def test_faulty_numbers_by_step_are_refused(faulty: Any, sentence: str) -> None:
    with pytest.raises(BadSettings, match=sentence):
        parse(Stepwise, {"thresholds": faulty})
