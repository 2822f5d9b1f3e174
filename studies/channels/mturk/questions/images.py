"""Where the images of an HTMLQuestion lie: a bucket of S3, or of anything that speaks its protocol, under opaque keys.

Keys to it come from where the AWS command line finds them (environment, shared files, role of the machine). Links are public,
where the bucket's policy lets everybody read, or presigned with Signature Version 4, which no signer can make last longer than
seven days: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import boto3
import httpx
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from generation.trusted import trusted
from studies.channels.mturk.descriptions import described
from studies.channels.mturk.questions.errors import ImageHostRefused, LinkExpiresTooEarly
from studies.channels.mturk.questions.limits import is_secure, shown

LONGEST_PRESIGNED = 604_800  # seconds, of Signature Version 4
SPARE = 3_600  # seconds between signing a link and creating its HIT
PATIENCE = 30  # seconds for an answer
PNG = "image/png"


@dataclass(frozen=True)
class ImageHost:
    """A bucket, and the beginning of the names in it.

    public: whether everybody may read there; nothing here changes who may. endpoint_url: of a service that is not Amazon's.
    """

    bucket: str
    region: str
    prefix: str
    public: bool
    endpoint_url: str | None = None

    def upload(self, key: str, png: bytes) -> None:
        """Put an image under a key; again with the same bytes, nothing changes.

        The key must tell nothing of the image. Raises ImageHostRefused.
        """
        with _named(f"The image could not be put into the bucket “{self.bucket}”"):
            self._client.put_object(Bucket=self.bucket, Key=self._name(key), Body=png, ContentType=PNG)

    def link(self, key: str, seconds: int) -> str:
        """Where a browser gets the image of a key for so many seconds from now: a HIT's lifetime and its duration.

        Raises LinkExpiresTooEarly where no presigned link would last, ImageHostRefused for a host without keys to sign with.
        """
        if not self.public:
            self._refuse_to_sign(seconds)
        parameters = {"Bucket": self.bucket, "Key": self._name(key)}
        with _named(f"A link into the bucket “{self.bucket}” could not be made"):
            return str(self._linking.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds + SPARE))

    def _name(self, key: str) -> str:
        return f"{self.prefix}{key}.png"

    def _refuse_to_sign(self, seconds: int) -> None:
        if seconds + SPARE > LONGEST_PRESIGNED:
            raise LinkExpiresTooEarly(
                f"A HIT whose lifetime and duration are {timedelta(seconds=seconds)} outlives its images: a presigned link "
                "lasts seven days, of which an hour is kept for creating the HIT. Shorten both to "
                f"{timedelta(seconds=LONGEST_PRESIGNED - SPARE)} together, or use public links."
            )
        credentials = self._session.get_credentials()
        if credentials and credentials.get_frozen_credentials().token:
            raise LinkExpiresTooEarly(
                "The keys to AWS are temporary (they come with a session token), and a link signed with them ends when they "
                "do, which may be in an hour: use the keys of an IAM user, or public links."
            )

    @cached_property
    def _session(self) -> Any:
        return boto3.Session(botocore_session=described())

    @cached_property
    def _client(self) -> Any:
        return self._made("s3v4")

    @cached_property
    def _linking(self) -> Any:
        """What makes links: an unsigned client writes plain ones."""
        return self._made(UNSIGNED) if self.public else self._client

    def _made(self, signature: object) -> Any:
        # With the bucket in the name of Amazon's host, a link goes to the bucket's region without a detour.
        style = {"addressing_style": "path" if self.endpoint_url else "virtual"}
        config = Config(signature_version=signature, s3=style, connect_timeout=PATIENCE, read_timeout=PATIENCE)
        with _named("The image host could not be set up"):
            return self._session.client("s3", region_name=self.region, endpoint_url=self.endpoint_url, config=config)


def check_link(link: str, origin: str) -> None:
    """Fetch an image as a worker's browser on a page of an origin would, such as https://www.mturk.com.

    Raises ImageHostRefused with the reason if the browser could not show it.
    """
    where = shown(link)
    if not is_secure(link):
        raise ImageHostRefused(f"{where} is not https: browsers show no other image on Mechanical Turk. Use an https link.")
    try:
        with httpx.stream("GET", link, headers={"Origin": origin}, timeout=PATIENCE, verify=trusted()) as response:
            _check(response, where, origin)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ImageHostRefused(
            f"{where} does not answer ({type(error).__name__}): check the bucket's name, its region and the network."
        ) from error


def _check(response: httpx.Response, where: str, origin: str) -> None:
    if response.status_code != httpx.codes.OK:
        raise ImageHostRefused(
            f"{where} answers with status {response.status_code} instead of the image: check the bucket's region, "
            "that the image was uploaded, and that the link's signer, or everybody for public links, may read it."
        )
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if kind != PNG:
        raise ImageHostRefused(f"{where} is served as “{kind}”, not as {PNG}: upload it again with that content type.")
    allowed = response.headers.get("Access-Control-Allow-Origin", "")
    if allowed not in ("*", origin):
        raise ImageHostRefused(
            f"{where} comes without the header Access-Control-Allow-Origin for {origin}, which Mechanical Turk asks of images: "
            "add a CORS rule to the bucket that allows GET from that origin."
        )


@contextmanager
def _named(what_failed: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise ImageHostRefused(f"{what_failed}: {reason}. Check the bucket, its region and the keys to AWS.") from error
