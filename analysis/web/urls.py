"""Addresses of the tables, for researchers only."""

from django.urls import path

from analysis.web import views

urlpatterns = [
    path("tables/<int:pk>/<str:name>", views.table, {"rehearsal": False}, "study_tables"),
    path("tables/<int:pk>/rehearsal/<str:name>", views.table, {"rehearsal": True}, "rehearsal_tables"),
]
