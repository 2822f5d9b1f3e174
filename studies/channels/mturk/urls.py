"""Addresses of the pages in Mechanical Turk's frame, and of what is told to us."""

from django.urls import path

from studies.channels.mturk.pages.events import events
from studies.channels.mturk.pages.hit import hit

urlpatterns = [
    path("m/<slug:token>/", hit, name="mturk_hit"),
    path("m/events/<str:signed>/", events, name="mturk_events"),
]
