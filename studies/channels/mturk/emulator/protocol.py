"""Amazon's JSON 1.1: which operation, signed for where, and whether the input fits botocore's own service model."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

from studies.channels.mturk.emulator.errors import SERIALIZATION, VALIDATION, Refused

REGION, SERVICE = "us-east-1", "mturk-requester"
CONTENT_TYPE = "application/x-amz-json-1.1"
TARGET = "MTurkRequesterServiceV20170117."
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/\s,]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, *"
    r"SignedHeaders=[^\s,]+, *Signature=[0-9a-f]{64}"
)
UNKNOWN_OPERATION = "UnknownOperationException"
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "timestamp": (int, float),
    "structure": (dict,),
    "list": (list,),
}


@cache
def service_model() -> ServiceModel:
    """The service as botocore describes it to every client."""
    loader = botocore.session.get_session().get_component("data_loader")
    return ServiceModel(loader.load_service_model("mturk", "service-2"), "mturk")


def operation_of(target: str) -> OperationModel:
    """The operation that an X-Amz-Target names. Raises Refused."""
    name = target.removeprefix(TARGET)
    if target == name or name not in service_model().operation_names:
        raise Refused(f"There is no operation {target or '(none named)'}.", kind=UNKNOWN_OPERATION)
    return service_model().operation_model(name)


def check_authorization(header: str) -> None:
    """Any key will do, its signature is not verified; but it must be there, for the region and service. Raises Refused."""
    if not header:
        raise Refused("Missing Authentication Token", kind="MissingAuthenticationTokenException")
    scope = AUTHORIZATION.fullmatch(header)
    if not scope:
        raise Refused("The Authorization header is not one of AWS4-HMAC-SHA256.", kind="IncompleteSignatureException")
    for asked, ours, what in ((scope["region"], REGION, "region"), (scope["service"], SERVICE, "service")):
        if asked != ours:
            message = f"Credential should be scoped to the {what} {ours}, not '{asked}'."
            raise Refused(message, kind="InvalidSignatureException", status=403)


def read_input(operation: OperationModel, body: bytes) -> dict[str, Any]:
    """The request's fields, checked against the model.

    Raises Refused: SerializationException for what is no JSON or has a wrong type; ValidationException, with all that is
    wrong, for fields that are unknown or missing and for values out of their limits. Amazon may let unknown fields pass;
    here a misspelt one is found.
    """
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        raise Refused(f"The request is no JSON: {error}", kind=SERIALIZATION) from error
    if not isinstance(given, dict):
        raise Refused("The request is no JSON object.", kind=SERIALIZATION)
    shape = operation.input_shape
    faults = list(faults_of(shape, given, "")) if shape else []
    if faults:
        count = f"{len(faults)} validation error{'s' * (len(faults) > 1)} detected"
        raise Refused(f"{count}: {'; '.join(faults)}", kind=VALIDATION)
    return given


def faults_of(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """What of a value does not fit its shape, as Amazon words it. Raises Refused for a value of another type."""
    if not _has_type(shape.type_name, value):
        raise Refused(f"{path or 'The request'} must be of the type {shape.type_name}.", kind=SERIALIZATION)
    if isinstance(shape, StructureShape):
        yield from _structure_faults(shape, value, path)
    elif isinstance(shape, ListShape):
        for number, each in enumerate(value):
            yield from faults_of(shape.member, each, f"{path}.{number + 1}.member")
    else:
        yield from (_fault(value, path, rule) for rule in _broken_rules(shape, value))


def _has_type(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, JSON_TYPES[name])


def _structure_faults(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    inside = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield _fault("null", inside + name, "Member must not be null")
    for name, each in value.items():
        if name not in shape.members:
            yield _fault(str(each), inside + name, f"Member must be one of [{', '.join(shape.members)}]")
        elif each is not None:
            yield from faults_of(shape.members[name], each, inside + name)


def _broken_rules(shape: Shape, value: Any) -> Iterator[str]:
    """The limits of the model that a plain value breaks."""
    limits = shape.metadata
    size, what = (len(value), "length") if isinstance(value, str) else (value, "value")
    if "min" in limits and size < limits["min"]:
        yield f"Member must have {what} greater than or equal to {limits['min']}"
    if "max" in limits and size > limits["max"]:
        yield f"Member must have {what} less than or equal to {limits['max']}"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        yield f"Member must satisfy regular expression pattern: {limits['pattern']}"
    if "enum" in limits and value not in limits["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"


def _fault(value: Any, path: str, rule: str) -> str:
    return f"Value '{value}' at '{path[:1].lower()}{path[1:]}' failed to satisfy constraint: {rule}"
