"""Addresses: the admin for researchers, everything else for the people who vote."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("analysis.web.urls")),
    path("", include("studies.urls")),
]
