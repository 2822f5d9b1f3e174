"""Short runs of benchmarks.faults."""

from pathlib import Path

import pytest

from benchmarks import faults
from tests.faults.services import Service
from tests.faults.site import Outcomes


@pytest.mark.parametrize("seed", [10, 31])
def test_a_run_through_random_faults_ends_as_one_without_any(
    seed: int, tmp_path: Path, postgresql_server: Service, redis_server: Service, tiny_folder: Path, clean: Outcomes
) -> None:
    servers = faults.Servers(postgresql_server, redis_server, tiny_folder)
    result = faults.run(servers, tmp_path, seed, most_faults=4, clean=clean)
    assert result.differences == []
    assert result.faults
