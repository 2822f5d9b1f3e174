"""Addresses of the voting pages; their tokens are random and say nothing."""

from django.urls import path

from studies.pages.end import end
from studies.pages.entrance import study
from studies.pages.trial import image, trial

urlpatterns = [
    path("s/<str:token>/", study, name="study"),
    path("t/<str:token>/", trial, name="trial"),
    path("i/<str:signed>.png", image, name="image"),
    path("e/<str:token>/", end, name="end"),
]
