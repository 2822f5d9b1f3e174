import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from evalsite.doctor.checks.storage import GIB, findings, space_left
from evalsite.storage import bucket
from generation.storage import Stream
from generation.storage.bucket import Bucket
from generation.storage.folder import Folder
from tests.evalsite.doctor.looking import codes
from tests.studies.channels.mturk.questions.servers import s3


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3() as address:
        yield address


@pytest.fixture
def client(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return boto3.client("s3", endpoint_url=endpoint)


def storage_of(name: str, endpoint: str) -> Bucket:
    return Bucket(**bucket("EVALSITE_STORAGE", f"s3://{name}/lab", endpoint)["OPTIONS"])


def allow_everybody(client: Any, name: str, action: str, resource: str) -> None:
    allowed = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    client.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))


def test_a_bucket_that_anybody_can_list_is_found_though_its_files_are_private(client: Any, endpoint: str) -> None:
    client.create_bucket(Bucket="private")
    assert codes(findings(storage_of("private", endpoint))) == ["bucket-lists"]  # moto lets everybody list every bucket
    assert client.list_objects_v2(Bucket="private")["KeyCount"] == 0


def test_a_bucket_whose_files_anybody_can_read_is_found(client: Any, endpoint: str) -> None:
    client.create_bucket(Bucket="public")
    allow_everybody(client, "public", "s3:GetObject", "arn:aws:s3:::public/*")
    assert codes(findings(storage_of("public", endpoint))) == ["bucket-public"]


@pytest.mark.usefixtures("client")
def test_a_bucket_that_is_not_there_is_found(endpoint: str) -> None:
    assert codes(findings(storage_of("forgotten", endpoint))) == ["storage-refuses"]


def test_a_folder_that_takes_files_is_well_and_one_that_is_a_file_is_found(tmp_path: Path) -> None:
    assert codes(findings(Folder(location=tmp_path / "images"))) == []
    assert [path for path in (tmp_path / "images").rglob("*") if path.is_file()] == []
    (tmp_path / "file").touch()
    assert codes(findings(Folder(location=tmp_path / "file"))) == ["storage-refuses"]


def test_a_file_that_comes_back_otherwise_is_found(tmp_path: Path) -> None:
    class Damaging(Folder):
        def put(self, name: str, content: bytes) -> None:
            super().put(name, content[:-1] + bytes([content[-1] ^ 1]))

    class Forgetting(Folder):
        def stream(self, name: str) -> Stream:
            self.delete(name)
            return super().stream(name)

    assert codes(findings(Damaging(location=tmp_path))) == ["storage-changes-files"]
    assert codes(findings(Forgetting(location=tmp_path))) == ["storage-refuses"]


@pytest.mark.parametrize(("free", "code"), [(0.5, ["disk-full"]), (5, ["disk-fills"]), (50, [])])
def test_little_space_is_found(free: float, code: list[str]) -> None:
    assert codes(space_left(int(free * GIB))) == code
