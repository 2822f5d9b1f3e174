"""Against an S3 as moto speaks it, in a process of its own."""

import hashlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile

from evalsite import storage
from generation.storage import StorageFailed, StorageUnavailable
from generation.storage.bucket import Bucket
from tests.studies.channels.mturk.questions import servers

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with servers.s3() as address:
        yield address


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A bucket's folder “site”; the bucket is there."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    s3(endpoint).create_bucket(Bucket="images")
    return named("s3://images/site", endpoint)


def named(address: str, endpoint: str) -> Bucket:
    return Bucket(**storage.bucket("EVALSITE_STORAGE", address, endpoint)["OPTIONS"])


def s3(endpoint: str) -> Any:
    return boto3.client("s3", endpoint_url=endpoint)


def test_what_is_put_lies_below_the_prefix_whole_and_checked(bucket: Bucket, endpoint: str) -> None:
    bucket.put("a/1.png", b"first")
    bucket.put("a/1.png", b"second")
    found = s3(endpoint).get_object(Bucket="images", Key="site/a/1.png", ChecksumMode="ENABLED")
    assert (found["Body"].read(), found["ContentType"]) == (b"second", "image/png")
    assert any(name.startswith("Checksum") for name in found)  # which the service compared with what arrived


def test_it_comes_back_whole_and_in_pieces(bucket: Bucket) -> None:
    content = hashlib.sha256(b"seed").digest() * 5000
    bucket.put("b.png", content)
    stream = bucket.stream("b.png")
    assert (stream.length, b"".join(stream.chunks), bucket.open("b.png").read()) == (len(content), content, content)


def test_saving_under_a_name_that_is_taken_takes_another(bucket: Bucket) -> None:
    names = [bucket.save("examples/1.png", ContentFile(content)) for content in (b"one", b"two")]
    assert [bucket.open(name).read() for name in names] == [b"one", b"two"]


def test_a_missing_file_is_not_found(bucket: Bucket) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file “none\.png”"):
        bucket.open("none.png")
    with pytest.raises(FileNotFoundError):
        bucket.stream("none.png")


@pytest.mark.usefixtures("bucket")
def test_what_a_bucket_refuses_for_good_is_told_apart_from_what_passes() -> None:
    with servers.answering(403, {}) as refusing, pytest.raises(StorageFailed) as refused:
        named("s3://images", refusing).put("1.png", b"x")
    assert not isinstance(refused.value, StorageUnavailable)
    with servers.answering(503, {}) as overloaded, pytest.raises(StorageUnavailable):
        named("s3://images", overloaded).put("1.png", b"x")
