"""Which storage the site keeps its images in: a folder of this machine, or a bucket that an address names."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from botocore.config import Config

FOLDER: dict[str, Any] = {"BACKEND": "generation.storage.folder.Folder"}  # below settings.MEDIA_ROOT
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 30, 4
NAME_OF_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"


def bucket(variable: str, address: str, endpoint: str) -> dict[str, Any]:
    """The bucket of an address such as s3://bucket/prefix, at an S3-compatible endpoint; Amazon's if that is empty.

    Keys are found as boto3 finds them. Raises ImproperlyConfigured, which names the variable and never shows the address: it
    may hold a key.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise _wrong(variable) from None
    named = re.fullmatch(NAME_OF_BUCKET, parts.netloc)
    if parts.scheme != "s3" or not named or parts.query or parts.fragment or ".." in parts.path:
        raise _wrong(variable)
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": endpoint or None,
        "client_config": _config(endpoint),
        "default_acl": None,  # what the bucket says, which must be: private
        "file_overwrite": False,
    }
    return {"BACKEND": "generation.storage.bucket.Bucket", "OPTIONS": options}


def _config(endpoint: str) -> "Config":
    """Of another's endpoint the bucket stands in the path: a host of its own for each takes a DNS that few have."""
    from botocore.config import Config  # which a site with a folder need not load

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        s3={"addressing_style": "path" if endpoint else "auto"},
    )


def _wrong(variable: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{variable} must look like s3://bucket or s3://bucket/prefix, without a user, a key or options after “?”; keys are "
        "found as boto3 finds them, and the service's address stands in AWS_ENDPOINT_URL_S3."
    )
