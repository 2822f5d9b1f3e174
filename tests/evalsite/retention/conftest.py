"""Files of the tests' own, in a folder or in a bucket."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from evalsite.storage import bucket
from tests.studies.channels.mturk.questions.servers import s3

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT, settings.RESULTS_ROOT = tmp_path / "images", tmp_path / "results"


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    with s3() as address:
        yield address


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files in a folder in one test, in a bucket in the next."""
    if request.param == "bucket":
        address = request.getfixturevalue("s3_address")
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)
        boto3.client("s3", endpoint_url=address).create_bucket(Bucket="images")
        place = bucket("EVALSITE_STORAGE", f"s3://images/{request.node.name.partition('[')[0][:40]}", address)
        settings.STORAGES = {**settings.STORAGES, "default": place}
