"""What the emulated service refuses: the requester's requests, and what a worker tries on the site."""

from studies.errors import StudyError

REQUEST_ERROR, PARAMETER_ERROR, SERVICE_FAULT = "RequestError", "ParameterValidationError", "ServiceFault"
VALIDATION, SERIALIZATION, THROTTLING = "ValidationException", "SerializationException", "ThrottlingException"
PREFIX = "AWS.MechanicalTurk."


class Refused(StudyError):
    """A request of the requester that Amazon would refuse.

    kind: the exception's name in the answer. turk_code: Amazon's own, without its prefix; only some kinds have one.
    """

    def __init__(self, message: str, *, kind: str = REQUEST_ERROR, turk_code: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.kind, self.turk_code, self.status = kind, turk_code, status


class WorkRefused(StudyError):
    """Something that a worker may not do, or not any more; the message is a sentence for the worker."""


def request_error(turk_code: str, message: str) -> Refused:
    """Amazon's RequestError with a TurkErrorCode."""
    return Refused(message, turk_code=PREFIX + turk_code)


def unknown(what: str, name: str) -> Refused:
    """RequestError for an id that nothing has. what: as in the TurkErrorCode, e.g. HIT or Assignment."""
    words = {"HIT": "Hit", "HITType": "Hit type"}.get(what, what)
    return request_error(f"{what}DoesNotExist", f"{words} {name} does not exist.")


def out_of_range(field: str, rule: str) -> Refused:
    """A value that the model admits and the service does not, e.g. a title of 129 characters."""
    return Refused(f"{field} must be {rule}.", kind=PARAMETER_ERROR, turk_code="AWS.ParameterOutOfRange")
