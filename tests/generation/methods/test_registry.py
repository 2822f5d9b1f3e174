import subprocess
import sys

import pytest

from generation import methods


def test_complete_fills_in_the_defaults_of_the_method() -> None:
    assert methods.complete("cfg", {}) == {"scale": 7.5, "negative": ""}  # the default of diffusers' StableDiffusionPipeline
    assert methods.complete("negative_prompt", {"negative": "fog", "scale": 3}) == {"scale": 3.0, "negative": "fog"}


def test_completed_settings_are_complete() -> None:
    completed = methods.complete("negative_prompt", {"negative": "fog"})
    assert methods.complete("negative_prompt", completed) == completed


def test_an_unknown_method_is_refused_with_the_list_of_methods() -> None:
    with pytest.raises(methods.UnknownMethod, match=r"no method “cgf”; choose one of: cfg, negative_prompt"):
        methods.complete("cgf", {})


def test_a_negative_prompt_needs_a_negative_text() -> None:
    with pytest.raises(methods.BadSettings, match="“negative” must be given"):
        methods.complete("negative_prompt", {})


def test_the_registry_and_the_hub_load_no_torch() -> None:
    check = "import sys, generation.methods, generation.hub; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
