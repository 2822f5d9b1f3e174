"""Addresses of the voting pages; their tokens are random and say nothing."""

from django.urls import path

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
    path("s/<str:token>/", study, name="study"),
    path("t/<str:token>/", trial, name="trial"),
    path("u/<str:token>/", undo, name="undo"),
    path("b/<str:token>/", report, name="report"),
    path("i/<str:signed>.png", image, name="image"),
    path("e/<str:token>/", end, name="end"),
    path("c/<str:token>/", comment, name="comment"),
    path("q/<str:token>/", quiz, name="quiz"),
    path("w/<str:token>/", withdraw, name="withdraw"),
    path("p/<str:token>/", personal, name="personal"),
    path("x/<str:token>.png", example, name="example"),
]
