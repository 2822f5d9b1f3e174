from pathlib import Path

import pytest

from generation.experiments.related_unrelated.study import OFFLINE, PAPER, BadStudyFile, read_study


def test_the_presets_are_the_papers_hyperparameters() -> None:
    # Table 3 (p₀, τ, δ) and the captions of Figs 16–20 (λ_NP, λ_DNG)
    expected = {
        "Medieval feast": (3.4, 27, 0.01, 0.2, 0.004),
        "A dinner table": (1.7, 12, 0.01, 0.3, 0.003),
        "An art workshop": (1.7, 27, 0.01, 0.2, 0.002),
        "An antique store": (2.55, 21, 0.01, 0.2, 0.004),
        "An English breakfast": (3.4, 18, 0.01, 0.3, 0.003),
    }
    study = read_study(PAPER)
    names = ("scale", "prior", "temperature", "offset")
    assert {prompt.name: (prompt.np_scale, *(prompt.dng[name] for name in names)) for prompt in study.prompts} == expected
    assert (study.seeds, study.base_scale) == (tuple(range(32)), 1)


def test_the_twin_has_seeds_and_prompts_as_many_as_the_paper() -> None:
    study = read_study(OFFLINE)
    assert (len(study.prompts), len(study.seeds)) == (5, 32)


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        ("seeds: two", "seeds: 2", 1, "“seeds” must be a number"),
        ("evaluations: 2.5", "evaluations: 3", 2, "must be a whole number"),
        ("base_scale: true", "base_scale: 1", 3, "must be a number"),
        ("factors: [0.5, 2]", "factors: [1, 2]", 4, "must hold 1"),
        ("factors: [1, 1.0]", "factors: [1, 2]", 4, "twice"),
        ("factors: []", "factors: [1, 2]", 4, "list of one or more"),
        ("factors: [1, 2", "factors: [1, 2]", 5, "no YAML"),
        ("    promt: a feast", "    prompt: a feast", 7, "“promt” is not a name here"),
        ("    related: ''", "    related: a candle", 8, "“related” must be a text"),
        ("    related: a\n    related: b", "    related: a candle", 9, "“related” stands here twice"),
        ("    np_scale: -1", "    np_scale: 1.5", 10, "between 0 and 1000"),
        ("    dng: {scale: 20, priro: 1}", "    dng: {scale: 20, prior: 0.1}", 11, "“priro” is not a setting"),
        ("    dng: {preset: feast}", "    dng: {scale: 20, prior: 0.1}", 11, "must be one of medieval_feast"),
        ("    dng: {base: raw}", "    dng: {scale: 20, prior: 0.1}", 11, "set by the study"),
        ("    dng: 20", "    dng: {scale: 20, prior: 0.1}", 11, "names with values"),
    ],
)
def test_faults_name_their_line(study_file: Path, wrong: str, right: str, line: int, said: str) -> None:
    study_file.write_text(study_file.read_text().replace(right, wrong))
    with pytest.raises(BadStudyFile, match=said) as raised:
        read_study(study_file)
    assert f"line {line}:" in str(raised.value)


def test_what_is_missing_is_named(study_file: Path) -> None:
    study_file.write_text(study_file.read_text().replace("    unrelated: kids\n", ""))
    with pytest.raises(BadStudyFile, match="line 6: “prompts 1” lacks “unrelated”"):
        read_study(study_file)


def test_no_two_prompts_share_a_name(study_file: Path) -> None:
    text = study_file.read_text()
    study_file.write_text(text + text[text.index("  - name") :])
    with pytest.raises(BadStudyFile, match="“Feast” stands in “prompts” twice"):
        read_study(study_file)


def test_an_empty_file_is_refused(study_file: Path) -> None:
    study_file.write_text("# nothing\n")
    with pytest.raises(BadStudyFile, match="the file is empty"):
        read_study(study_file)
