"""Addresses by which people leave for a panel."""

from django.urls import path, register_converter

from studies.channels.base import TurnedAway
from studies.channels.panel.pages import complete, turned_away


class WhyConverter:
    regex = "|".join(why.name.lower() for why in TurnedAway)

    def to_python(self, value: str) -> TurnedAway:
        return TurnedAway[value.upper()]

    def to_url(self, why: TurnedAway) -> str:
        return why.name.lower()


register_converter(WhyConverter, "why")

urlpatterns = [
    path("done/<slug:token>/", complete, name="panel_complete"),
    path("<slug:token>/<why:why>/", turned_away, name="panel_turned_away"),
]
