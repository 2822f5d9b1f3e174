"""Addresses of the live pages and the tables, for researchers only."""

from django.urls import path

from analysis.web import downloads, views, worker_page

urlpatterns = [
    path("live/<int:pk>/", views.live, {"rehearsal": False}, "live"),
    path("live/<int:pk>/rehearsal/", views.live, {"rehearsal": True}, "rehearsal_live"),
    path("live/<int:pk>/workers/<str:pseudonym>/", worker_page.worker, name="live_worker"),
    path("live/<int:pk>/workers/<str:pseudonym>/exclude/", worker_page.exclude_worker, name="exclude_worker"),
    path("live/<int:pk>/workers/<str:pseudonym>/reinstate/", worker_page.reinstate_worker, name="reinstate_worker"),
    path("tables/<int:pk>/<str:name>", downloads.table, {"rehearsal": False}, "study_tables"),
    path("tables/<int:pk>/rehearsal/<str:name>", downloads.table, {"rehearsal": True}, "rehearsal_tables"),
]
