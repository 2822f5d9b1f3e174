import numpy as np
import pytest

from analysis.automatic.clip_score import cosines, halves, min_object, read_templates, text_embedding, texts_of


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat and a frog", ("a cat", "a frog")),
        ("a rabbit with a red bow", ("a rabbit", "a red bow")),
        ("a dog with a hat and a bird", ("a dog with a hat", "a bird")),
        ("a red ring, a heart and a star", ("a red ring, a heart", "a star")),
        ("a hand", None),
    ],
)
def test_prompts_are_cut_at_and_else_at_with(prompt: str, expected: tuple[str, str] | None) -> None:
    assert halves(prompt) == expected


def test_there_are_the_80_templates_of_the_paper() -> None:
    templates = read_templates()
    assert len(templates) == len(set(templates)) == 80
    assert all(template.count("{}") == 1 for template in templates)


def test_of_two_articles_the_prompts_own_stays() -> None:
    texts = texts_of("a zebra and an owl", ("a photo of the {}.", "a {} in a video game.", "itap of my {}."))
    assert texts == ["a photo of a zebra and an owl.", "a zebra and an owl in a video game.", "itap of my a zebra and an owl."]


def test_a_text_is_the_normalised_mean_of_normalised_embeddings() -> None:
    # (2, 0) and (0, 5) normalised have the mean (½, ½)
    assert text_embedding(np.array([[2.0, 0.0], [0.0, 5.0]])) == pytest.approx([0.5**0.5, 0.5**0.5])


def test_cosines_do_not_depend_on_lengths() -> None:
    found = cosines(np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[10.0, 0.0]]))
    assert found == pytest.approx(np.array([[0.6], [0.0]]))


def test_min_object_is_the_smaller_of_each_image() -> None:
    assert min_object(np.array([[0.3, 0.2], [0.1, 0.4]])) == pytest.approx([0.2, 0.1])
