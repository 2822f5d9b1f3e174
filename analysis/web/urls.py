"""Addresses of the live pages and the tables, for researchers only."""

from django.urls import path

from analysis.web import downloads, views

urlpatterns = [
    path("live/<int:pk>/", views.live, {"rehearsal": False}, "live"),
    path("live/<int:pk>/rehearsal/", views.live, {"rehearsal": True}, "rehearsal_live"),
    path("tables/<int:pk>/<str:name>", downloads.table, {"rehearsal": False}, "study_tables"),
    path("tables/<int:pk>/rehearsal/<str:name>", downloads.table, {"rehearsal": True}, "rehearsal_tables"),
]
