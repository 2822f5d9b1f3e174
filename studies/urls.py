"""Addresses of the voting pages; their tokens are random and say nothing."""

from django.urls import path

from studies import views

urlpatterns = [
    path("s/<str:token>/", views.study, name="study"),
    path("t/<str:token>/", views.trial, name="trial"),
    path("i/<str:token>/<int:position>.png", views.image, name="image"),
    path("e/<str:token>/", views.end, name="end"),
]
