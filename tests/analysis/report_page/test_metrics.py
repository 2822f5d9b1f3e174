"""Automatic metrics beside the votes, as Table 7 of Desai & Vasconcelos (ECCV 2024) prints them."""

import re
from dataclasses import replace

from analysis.automatic.measured import Measured
from analysis.render.metric_files import latex_text
from analysis.render.metric_table import metric_table
from analysis.report_page import page_of
from tests.analysis.study_report_made import study_report

MODEL = "openai/clip@0123456789abcdef"


def measured(condition: str, value: float, gain: float | None) -> Measured:
    return Measured(
        study="DNP",
        prompt_set="A&E",
        condition=condition,
        metric="clip_min_object",
        value=value,
        low=value - 0.01,
        high=value + 0.01,
        baseline="" if gain is None else "SD",
        gain=gain,
        gain_low=gain and gain - 1,
        gain_high=gain and gain + 1,
        images=30,
        prompts=30,
        model=MODEL,
        note="",
    )


METRICS = (measured("SD", 0.266, None), measured("SD+DNP", 0.274, 3.01))  # Table 7, SDXL: 0.266 and 0.274 (+3.01%)


def test_gains_stand_in_brackets_beside_the_shares_of_votes() -> None:
    report = study_report()
    table = metric_table(METRICS, report.shares)
    assert table.heads == ("Prompt set", "Method", "Correctness", "Quality", "CLIP min. object")
    assert [row[-1] for row in table.rows] == ["0.266", "0.274 (+3.01%)"]
    assert all(re.fullmatch(r"\d+\.\d\d%", cell) for row in table.rows for cell in row[2:4])


def test_the_page_has_them_with_intervals_and_models_in_short() -> None:
    page = page_of([replace(study_report(), metrics=METRICS)], {})
    assert "0.274 (+3.01%)" in page
    assert "openai/clip@01234567<" in page
    assert "0.264 to 0.284" in page


def test_a_report_without_metrics_says_so() -> None:
    assert "No automatic metrics of the images were given." in page_of([study_report()], {})


def test_latex_has_a_float_for_each_study_with_metrics() -> None:
    text = latex_text({"DNP": METRICS, "Other": ()})
    assert text.count(r"\begin{table}") == 1
    assert r"0.274 (+3.01\%)" in text
