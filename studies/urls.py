"""Addresses of the voting pages; their tokens are random and say nothing.

Tokens are slugs, so that nothing else, a NUL for one, comes as far as the database. What is signed holds dots and colons too;
its signature is checked before anything is looked up.
"""

from django.urls import include, path

from studies.pages.corrections import report, undo
from studies.pages.end import comment, end
from studies.pages.entrance import study
from studies.pages.examples import example
from studies.pages.image import image
from studies.pages.personal import personal
from studies.pages.quiz import quiz
from studies.pages.trial import trial
from studies.pages.withdrawal import withdraw

urlpatterns = [
    path("s/<slug:token>/", study, name="study"),
    path("t/<slug:token>/", trial, name="trial"),
    path("u/<slug:token>/", undo, name="undo"),
    path("b/<slug:token>/", report, name="report"),
    path("i/<str:signed>.png", image, name="image"),
    path("e/<slug:token>/", end, name="end"),
    path("c/<slug:token>/", comment, name="comment"),
    path("q/<slug:token>/", quiz, name="quiz"),
    path("w/<slug:token>/", withdraw, name="withdraw"),
    path("p/<slug:token>/", personal, name="personal"),
    path("x/<slug:token>.png", example, name="example"),
    path("", include("studies.channels.mturk.urls")),
    path("panel/", include("studies.channels.panel.urls")),
    path("", include("studies.channels.prolific.urls")),
]
