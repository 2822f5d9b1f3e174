import numpy as np
import pytest

from analysis.automatic.classes import asked_classes, ideal_shares
from analysis.automatic.not_measurable import NotMeasurable

LABELS = ("cat", "tabby, tiger_cat", "dog")


def test_classes_are_found_by_any_of_their_names_as_whole_words() -> None:
    asked = asked_classes(["a Tiger cat", "a catalogue and a dog"], LABELS)
    assert asked.tolist() == [[True, True, False], [False, False, True]]


def test_each_image_is_to_show_what_its_prompt_names_in_equal_parts() -> None:
    assert ideal_shares(np.array([[True, True, False], [False, False, True]])).tolist() == [0.25, 0.25, 0.5]


def test_prompts_that_name_no_class_are_refused() -> None:
    with pytest.raises(NotMeasurable, match="No prompt names a class"):
        asked_classes(["a bird"], LABELS)
    with pytest.raises(NotMeasurable, match="names no classes"):
        asked_classes(["a bird"], ())
