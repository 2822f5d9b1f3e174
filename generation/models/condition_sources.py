"""The negative sources of a condition: which may be, and what is filled in when the condition is made."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from generation import methods, negatives
from generation.methods.settings import BadSettings, fields_of
from generation.models.standard_negatives import StandardNegatives

FILLED_IN = (negatives.AUTO_DNP,)  # what a method cannot do without, and that needs nothing more to be said


def asked(method: str, given: Any) -> Any:
    """The sources as given, or the one that the method cannot do without. Raises UnknownMethod."""
    needed = methods.find(method).negative_source
    return [{"source": needed}] if not given and needed in FILLED_IN else given or []


def refuse_unfit(method: str, given: Any, own_settings: Any) -> None:
    """Raise ValidationError for sources that the method cannot use, or lacks. Raises UnknownMethod."""
    chosen = methods.find(method)
    takes = methods.NEGATIVE in fields_of(chosen.settings) and not chosen.is_intermediate
    if given and not takes:
        raise ValidationError({"negative_sources": f"{method} takes no negative from elsewhere; leave this empty."})
    if given and isinstance(own_settings, dict) and methods.NEGATIVE in own_settings:
        raise ValidationError({"settings": "Give either the setting “negative” or negative sources, not both."})
    needed = chosen.negative_source
    if needed and not any(isinstance(one, dict) and one.get("source") == needed for one in given):
        raise ValidationError(
            {"negative_sources": f"{method} needs a source “{needed}”, for instance [{{“source”: “{needed}”, …}}]."}
        )


def completed(given: Any, scale: float | None) -> list[dict[str, Any]]:
    """The sources with all that can be filled in; scale: the guidance scale of the condition, if it has one.

    Raises ValidationError.
    """
    if not given:
        return []
    defaults = negatives.Defaults(
        dns_scale=negatives.DNS_SCALE if scale is None else scale,
        lists=dict(StandardNegatives.objects.values_list("name", "text")),
        chat_model=settings.CHAT_MODEL,
    )
    try:
        return negatives.complete(given, defaults)
    except BadSettings as error:
        raise ValidationError({"negative_sources": error.sentences}) from error
