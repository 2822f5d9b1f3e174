"""boto3's Mechanical Turk client, and what its errors mean."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
)

from studies.channels.mturk.descriptions import described
from studies.channels.mturk.environments import EMULATOR, REGION, Environment
from studies.channels.mturk.errors import MayHaveHappened, MTurkError, NotReachable, Refused

Client = Any  # boto3 makes its classes at run time

# botocore waits longer from try to try, at random, after throttling, faults of the service and lost connections. A repeated
# call is safe here: each that has an effect carries a token, or is refused the second time and then looked up.
CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 6}, connect_timeout=10, read_timeout=60)
NO_KEYS = (
    "No AWS keys were found. Give them as boto3 finds them, in the environment, in ~/.aws or by a role of the machine, to the "
    "site and to its workers; evalsite keeps none."
)
BAD_KEYS = {
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "MissingAuthenticationTokenException",
}
UNDECIDED = {"ServiceFault", "ThrottlingException", "Throttling", "RequestTimeout", "RequestTimeoutException"}
SERVER_ERROR = 500


def client_for(environment: Environment) -> Client:
    """A client for an environment, with keys from AWS's standard chain. Raises NotReachable where there are none."""
    address = {"region_name": REGION, "endpoint_url": environment.endpoint}
    try:
        session = boto3.session.Session(botocore_session=described(), **_keys_for(environment))
        if session.get_credentials() is None:
            raise NotReachable(NO_KEYS)
        return session.client("mturk", config=CONFIG, **address)
    except BotoCoreError as error:  # keys that are there by half, or a profile that is not
        raise NotReachable(f"{NO_KEYS} ({error})") from error


def _keys_for(environment: Environment) -> dict[str, str]:
    """The emulator gets made-up keys, as it looks at none: it never sees real ones, not even in a signature."""
    made_up = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
    return made_up if environment.name == EMULATOR else {}


def call(client: Client, operation: str, **request: Any) -> dict[str, Any]:
    """What an operation answers, by its name in the API: CreateHITType.

    Raises Refused where Mechanical Turk said no, NotReachable where it cannot have been asked, and MayHaveHappened where
    nobody knows.
    """
    method = getattr(client, _method(client, operation))
    try:
        answer: dict[str, Any] = method(**request)
    except ClientError as error:
        raise _meaning_of(error) from error
    except (NoCredentialsError, PartialCredentialsError, NoRegionError) as error:
        raise NotReachable(NO_KEYS) from error
    except ParamValidationError as error:  # before anything was sent
        raise Refused("ParamValidationError", f"{operation}: {error}") from error
    except BotoCoreError as error:
        raise MayHaveHappened(f"{operation}: {error}") from error
    return answer


def _method(client: Client, operation: str) -> str:
    """What boto3 calls an operation: create_hit_type."""
    methods: dict[str, str] = client.meta.method_to_api_mapping
    return next(name for name, meant in methods.items() if meant == operation)


def _meaning_of(error: ClientError) -> MTurkError:
    answer: Any = error.response
    code, message = answer["Error"].get("Code", ""), answer["Error"].get("Message") or answer.get("Message", "")
    if code in BAD_KEYS:
        return NotReachable(
            f"Mechanical Turk does not take these AWS keys ({code}). Check them, and that the account is linked."
        )
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in UNDECIDED or status >= SERVER_ERROR:
        return MayHaveHappened(f"{error.operation_name}: {code} {message}".strip())
    return Refused(answer.get("TurkErrorCode") or code, message)
