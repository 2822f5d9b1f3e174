"""Addresses of the live pages and the results, for researchers only."""

from django.urls import path

from analysis.web import metrics_page, power, results, views, worker_page

urlpatterns = [
    path("live/<int:pk>/", views.live, {"rehearsal": False}, "live"),
    path("live/<int:pk>/rehearsal/", views.live, {"rehearsal": True}, "rehearsal_live"),
    path("live/<int:pk>/workers/<str:pseudonym>/", worker_page.worker, name="live_worker"),
    path("live/<int:pk>/workers/<str:pseudonym>/exclude/", worker_page.exclude_worker, name="exclude_worker"),
    path("live/<int:pk>/workers/<str:pseudonym>/reinstate/", worker_page.reinstate_worker, name="reinstate_worker"),
    path("power/<int:pk>/", power.power_page, name="power"),
    path("results/<int:pk>/", results.results, {"rehearsal": False}, "results"),
    path("results/<int:pk>/rehearsal/", results.results, {"rehearsal": True}, "rehearsal_results"),
    path("results/<int:pk>/style.css", results.style, {"rehearsal": False}, "results_style"),
    path("results/<int:pk>/rehearsal/style.css", results.style, {"rehearsal": True}, "rehearsal_results_style"),
    path("results/<int:pk>/again/", results.again, {"rehearsal": False}, "results_again"),
    path("results/<int:pk>/rehearsal/again/", results.again, {"rehearsal": True}, "rehearsal_results_again"),
    path("results/<int:pk>/measure/", metrics_page.measure, {"rehearsal": False}, "measure"),
    path("results/<int:pk>/rehearsal/measure/", metrics_page.measure, {"rehearsal": True}, "rehearsal_measure"),
    path("results/<int:pk>/metrics/<str:name>", metrics_page.metrics_file, {"rehearsal": False}, "results_metrics"),
    path(
        "results/<int:pk>/rehearsal/metrics/<str:name>",
        metrics_page.metrics_file,
        {"rehearsal": True},
        "rehearsal_results_metrics",
    ),
    path("results/<int:pk>/files/<path:name>", results.file, {"rehearsal": False}, "results_file"),
    path("results/<int:pk>/rehearsal/files/<path:name>", results.file, {"rehearsal": True}, "rehearsal_results_file"),
]
