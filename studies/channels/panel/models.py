"""What a researcher says of a panel: how it names participants, and where they go when they are done or turned away."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from studies.channels.base import TurnedAway
from studies.channels.panel.addresses import FaultyAddress, check
from studies.models import Link, Study

PREFIX = "panel:"
MOST_KEPT = 4  # what they hold goes into one cookie
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
OWN_NAMES = ("id", "visit", "code")  # what addresses call a participant's id, visit and code
ADDRESSES = ("complete", "screened_out", "full")


def validate_name(name: str) -> None:
    """Refuse what is no name of a parameter."""
    if not NAME.fullmatch(name):
        raise ValidationError("A parameter's name starts with a letter; then come letters, digits and the signs _ . - alone.")


class PanelLinkQuerySet(models.QuerySet["PanelLink"]):
    def on(self, study: Study, channel: str) -> "PanelLink":
        """The study's link on a panel, by the channel's whole name. Raises DoesNotExist where there is none."""
        return self.select_related("link").get(link__study=study, link__channel=channel)


class PanelLink(models.Model):
    """One panel of one study: what it puts in the link, and where people go on."""

    link = models.OneToOneField(Link, on_delete=models.CASCADE, related_name="panel")
    id_parameter = models.CharField(
        "participant's id",
        max_length=40,
        validators=[validate_name],
        help_text="The parameter of the link that tells participants apart, “participantId” for one.",
    )
    visit_parameter = models.CharField(
        "visit's id",
        max_length=40,
        blank=True,
        validators=[validate_name],
        help_text="The parameter that tells a participant's visits apart; empty where people take part once.",
    )
    kept_parameters = models.CharField(
        "parameters to hand back",
        max_length=200,
        blank=True,
        help_text="Further parameters that the addresses below hold, their names with blanks between them.",
    )
    complete = models.CharField(
        "when done",
        max_length=500,
        blank=True,
        help_text="The address where people go at the end; empty: they are shown the code instead.",
    )
    screened_out = models.CharField(
        "when screened out",
        max_length=500,
        blank=True,
        help_text="The address where people go who may not take part, do not agree, or withdraw.",
    )
    full = models.CharField(
        "when full",
        max_length=500,
        blank=True,
        help_text="The address where people go for whom no place is left, or when the study is closed.",
    )
    code = models.CharField(
        "completion code",
        max_length=40,
        blank=True,
        help_text="The same for everybody, as the panel gives it; empty: each session's own.",
    )

    objects = PanelLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return self.panel

    @property
    def panel(self) -> str:
        """The panel's name."""
        return self.link.channel.removeprefix(PREFIX)

    @property
    def kept(self) -> list[str]:
        """The names of the parameters that are handed back."""
        return self.kept_parameters.split()

    @property
    def address_to_paste(self) -> str:
        """What the panel is told, with its own words still to be put in the place of what stands in double braces."""
        parameters = [f"{self.id_parameter}={{{{ID}}}}"]
        if self.visit_parameter:
            parameters.append(f"{self.visit_parameter}={{{{VISIT}}}}")
        return f"{self.link.address}?" + "&".join([*parameters, *(f"{name}={{{{{name}}}}}" for name in self.kept)])

    def address_for(self, why: TurnedAway) -> str:
        """Where people go who get nothing to answer; empty if the panel has no address for that."""
        return self.full if why == TurnedAway.FULL else self.screened_out

    def clean(self) -> None:
        """Raise ValidationError that names every wrong field."""
        errors: dict[str, Any] = {}
        if self.visit_parameter and self.visit_parameter == self.id_parameter:
            errors["visit_parameter"] = "This is the participant's id already. Leave it empty where people take part once."
        if fault := self._fault_of_kept():
            errors["kept_parameters"] = fault
        for field in ADDRESSES:
            if fault := self._fault_of_address(field):
                errors[field] = fault
        if not (self.code.isascii() and self.code.isprintable()) or " " in self.code:
            errors["code"] = "A code is one word of letters, digits and signs."
        if errors:
            raise ValidationError(errors)

    def _fault_of_kept(self) -> str:
        taken = {*OWN_NAMES, self.id_parameter, self.visit_parameter}
        if faulty := [name for name in self.kept if not NAME.fullmatch(name) or name in taken or self.kept.count(name) > 1]:
            return f"Not to be named here, named twice, or no name of a parameter: {', '.join(dict.fromkeys(faulty))}."
        return f"Name {MOST_KEPT} parameters at most." if len(self.kept) > MOST_KEPT else ""

    def _fault_of_address(self, field: str) -> str:
        address = getattr(self, field)
        try:
            check(address, self._known_to(field)) if address else None
        except FaultyAddress as error:
            return str(error)
        return ""

    def _known_to(self, field: str) -> set[str]:
        """The placeholders of an address: only who is done has a code, and not every panel tells visits apart."""
        known = {"id", *self.kept}
        if self.visit_parameter:
            known.add("visit")
        return known | {"code"} if field == "complete" else known
