import pytest
from django.core.exceptions import ImproperlyConfigured

from evalsite.storage import bucket


def test_an_address_names_a_bucket_and_a_prefix() -> None:
    options = bucket("EVALSITE_STORAGE", "s3://lab-images/evalsite/", "http://minio.example.org:9000")["OPTIONS"]
    assert (options["bucket_name"], options["location"]) == ("lab-images", "evalsite")
    assert options["endpoint_url"] == "http://minio.example.org:9000"
    assert options["client_config"].s3 == {"addressing_style": "path"}


def test_without_an_endpoint_the_bucket_is_amazon_s() -> None:
    options = bucket("EVALSITE_STORAGE", "s3://lab-images", "")["OPTIONS"]
    assert (options["location"], options["endpoint_url"]) == ("", None)


@pytest.mark.parametrize(
    "address",
    ["https://bucket", "s3://", "s3://key:secret@bucket", "s3://bucket?key=secret", "s3://Bucket", "s3://[", "s3://b/../c"],
)
def test_another_address_is_refused_by_the_variable_s_name_and_not_shown(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^EVALSITE_STORAGE must look like s3://bucket") as refused:
        bucket("EVALSITE_STORAGE", address, "")
    assert "secret" not in str(refused.value)
