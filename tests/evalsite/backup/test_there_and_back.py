"""A site of one of everything, backed up and restored into another: every row and every file, whatever keeps them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.evalsite.backup.sites import Site
from tests.postgresql import new_database
from tests.studies.channels.mturk.questions.servers import s3

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}
VOLATILE = {"health.TaskMark"}  # which an older version does not have


@pytest.fixture
def resources() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def bucket(resources: ExitStack) -> dict[str, str]:
    """A bucket of an S3 on this machine, as variables name it."""
    address = resources.enter_context(s3())
    keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=address, **keys).create_bucket(Bucket="images")
    return {"EVALSITE_STORAGE": "s3://images/site", "AWS_ENDPOINT_URL_S3": address, **KEYS}


def restored(site: Site, folder: Path, original: Any) -> Any:
    return site.inside("restored", str(folder), json.dumps(original["cookies"]), original["trial"])


def assert_same(restored: Any, original: Any) -> None:
    without = [{name: rows for name, rows in state["rows"].items() if name not in VOLATILE} for state in (restored, original)]
    assert without[0] == without[1]
    assert restored["files"] == original["files"]
    assert len(original["files"]) > len(original["rows"]["generation.Image"]) > 0


def test_from_sqlite_and_a_folder_to_sqlite_and_a_bucket_and_on_to_postgresql(tmp_path: Path, resources: ExitStack) -> None:
    original = Site(tmp_path / "a").inside("fill", str(tmp_path / "backup"))
    moved = restored(Site(tmp_path / "b", storage=bucket(resources)), tmp_path / "backup", original)
    assert_same(moved, original)
    assert moved["page"] == 200  # of a worker who had begun: the key is the same
    grown = restored(Site(tmp_path / "c", resources.enter_context(new_database())), tmp_path / "backup", original)
    assert_same(grown, original)
    assert grown["page"] == 200
    assert grown["new"] == moved["new"]  # a key after those that came along


def test_from_postgresql_and_an_older_version_to_this_one(tmp_path: Path, resources: ExitStack) -> None:
    first, second = (resources.enter_context(new_database()) for _ in range(2))
    original = Site(tmp_path / "a", first).inside("older", str(tmp_path / "backup"))
    later = restored(Site(tmp_path / "b", second), tmp_path / "backup", original)
    assert_same(later, original)
    assert "its tables were migrated" in later["told"]
    assert later["rows"]["health.TaskMark"] == []
    assert later["page"] == 200
