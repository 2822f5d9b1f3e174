"""What a web process loads."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import evalsite.wsgi, generation.plan, generation.tasks
from django.urls import get_resolver
assert get_resolver().url_patterns
print(*sys.modules)
"""


@pytest.mark.parametrize("library", ["torch", "diffusers", "transformers"])
def test_a_web_process_with_all_its_pages_loads_no_model_library(library: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], text=True, capture_output=True, check=True)
    assert "generation.admin.runs" in done.stdout.split()
    assert library not in done.stdout.split()
