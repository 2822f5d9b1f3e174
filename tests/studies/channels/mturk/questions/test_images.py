import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
import PIL.Image
import pytest

from evalsite.reproduction.ports import free_port
from studies.channels.mturk.questions.errors import ImageHostRefused, LinkExpiresTooEarly
from studies.channels.mturk.questions.images import ImageHost, check_link
from tests.studies.channels.mturk.questions.servers import answering, s3

ORIGIN = "https://www.mturk.com"
A_DAY, A_WEEK = 86_400, 604_800  # seconds
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"  # of Amazon's documentation
PNG = {"Content-Type": "image/png"}


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    with s3() as address:
        yield address


@pytest.fixture(autouse=True)
def keys_to_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of this test alone, whatever the machine has."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for file in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(file, "/nowhere")


def client(s3_url: str) -> Any:
    return boto3.client("s3", region_name="us-east-1", endpoint_url=s3_url)


@pytest.fixture
def bucket(s3_url: str) -> str:
    client(s3_url).create_bucket(Bucket="pictures")
    return "pictures"


def let_everybody_read(s3_url: str, bucket: str, prefix: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/{prefix}*"}
    client(s3_url).put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def png(color: str = "red") -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (8, 8), color).save(file, "PNG")
    return file.getvalue()


def amazon(public: bool) -> ImageHost:
    return ImageHost("pictures", "eu-central-1", "study-1/", public)


def test_a_presigned_link_shows_an_image_that_nobody_else_may_read(s3_url: str, bucket: str) -> None:
    host = ImageHost(bucket, "us-east-1", "private/", False, s3_url)
    host.upload("7fQz", png())
    link = host.link("7fQz", A_DAY)
    assert httpx.get(link).content == png()
    assert httpx.get(link.partition("?")[0]).status_code == 403
    check_link(link, ORIGIN)


def test_a_public_link_is_refused_until_everybody_may_read(s3_url: str, bucket: str) -> None:
    host = ImageHost(bucket, "us-east-1", "public/", True, s3_url)
    host.upload("7fQz", png())
    link = host.link("7fQz", A_DAY)
    with pytest.raises(ImageHostRefused, match="status 403"):
        check_link(link, ORIGIN)
    let_everybody_read(s3_url, bucket, "public/")
    check_link(link, ORIGIN)


def test_an_upload_again_leaves_one_image(s3_url: str, bucket: str) -> None:
    host = ImageHost(bucket, "us-east-1", "again/", True, s3_url)
    host.upload("7fQz", png())
    host.upload("7fQz", png())
    listed = client(s3_url).list_objects_v2(Bucket=bucket, Prefix="again/")
    assert [item["Key"] for item in listed["Contents"]] == ["again/7fQz.png"]


def test_an_upload_to_a_bucket_that_is_not_there_says_so(s3_url: str) -> None:
    with pytest.raises(ImageHostRefused, match=r"“elsewhere”: .*NoSuchBucket"):
        ImageHost("elsewhere", "us-east-1", "", True, s3_url).upload("7fQz", png())


def test_an_upload_without_keys_says_so(monkeypatch: pytest.MonkeyPatch, s3_url: str) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ImageHostRefused, match="credentials"):
        ImageHost("pictures", "us-east-1", "", False, s3_url).upload("7fQz", png())


def test_a_public_link_has_no_query_and_needs_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert amazon(public=True).link("7fQz", 400 * A_DAY) == "https://pictures.s3.eu-central-1.amazonaws.com/study-1/7fQz.png"


def test_a_presigned_link_lasts_an_hour_longer_than_its_hit() -> None:
    query = parse_qs(urlsplit(amazon(public=False).link("7fQz", A_DAY)).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == [str(A_DAY + 3600)]


def test_the_longest_presigned_link_and_one_second_more() -> None:
    assert f"X-Amz-Expires={A_WEEK}&" in amazon(public=False).link("7fQz", A_WEEK - 3600)
    with pytest.raises(LinkExpiresTooEarly, match=r"6 days, 23:00:01 outlives its images.*Shorten both to 6 days, 23:00:00"):
        amazon(public=False).link("7fQz", A_WEEK - 3599)


def test_temporary_keys_sign_no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    with pytest.raises(LinkExpiresTooEarly, match="temporary"):
        amazon(public=False).link("7fQz", A_DAY)


def test_a_link_without_keys_to_sign_with_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ImageHostRefused, match="credentials"):
        amazon(public=False).link("7fQz", A_DAY)


@pytest.mark.parametrize("allowed", ["*", ORIGIN])
def test_an_image_that_the_origin_may_use_passes(allowed: str) -> None:
    with answering(200, PNG | {"Access-Control-Allow-Origin": allowed}) as address:
        check_link(f"{address}/a.png", ORIGIN)


REFUSED: list[Any] = [
    pytest.param(200, PNG, "Access-Control-Allow-Origin.*CORS rule", id="without CORS"),
    pytest.param(200, PNG | {"Access-Control-Allow-Origin": "https://other.example.org"}, "CORS rule", id="CORS for others"),
    pytest.param(200, {"Content-Type": "binary/octet-stream", "Access-Control-Allow-Origin": "*"}, "octet-stream", id="no PNG"),
    pytest.param(200, {}, "served as “”", id="without a type"),
    pytest.param(403, PNG, "status 403.*everybody for public links", id="not readable"),
    pytest.param(301, PNG | {"Location": "https://elsewhere.example.org/"}, "status 301.*region", id="another region"),
]


@pytest.mark.parametrize(("status", "headers", "reason"), REFUSED)
def test_an_image_that_no_browser_would_show_is_refused(status: int, headers: dict[str, str], reason: str) -> None:
    with answering(status, headers) as address, pytest.raises(ImageHostRefused, match=reason) as caught:
        check_link(f"{address}/a.png?X-Amz-Signature=secret", ORIGIN)
    assert "secret" not in str(caught.value)


def test_a_host_that_does_not_answer_is_refused() -> None:
    with pytest.raises(ImageHostRefused, match=r"does not answer \(ConnectError\)"):
        check_link(f"http://127.0.0.1:{free_port()}/a.png", ORIGIN)


def test_an_http_link_is_refused_before_it_is_asked() -> None:
    with pytest.raises(ImageHostRefused, match=r"not https.*Use an https link"):
        check_link("http://images.example.org/a.png", ORIGIN)
