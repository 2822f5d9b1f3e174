"""A short run of benchmarks.faults: two workers are killed, the broker and the database crash."""

from pathlib import Path

from benchmarks import random_faults
from tests.faults.services import Service
from tests.faults.site import Outcomes


def test_a_run_through_random_faults_ends_as_one_without_any(
    tmp_path: Path, postgresql_server: Service, redis_server: Service, tiny_folder: Path, clean: Outcomes
) -> None:
    servers = random_faults.Servers(postgresql_server, redis_server, tiny_folder)
    result = random_faults.run(servers, tmp_path, seed=31, most_faults=4, clean=clean)
    assert result.differences == []
    assert result.faults
