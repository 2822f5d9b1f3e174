"""Addresses: the admin for researchers, everything else for the people who vote."""

from django.contrib import admin
from django.urls import include, path

from evalsite.doctor.site import page
from studies.pages.login import login

admin.site.site_header = admin.site.site_title = "evalsite"
admin.site.site_url = None  # the site has no page of its own: workers come by a study's link
handler500 = "evalsite.server_error.server_error"

urlpatterns = [
    path("admin/login/", login),  # before the admin's own, which knows no limit
    path("admin/", admin.site.urls),
    path("doctor/<str:signed>/", page, name="doctor"),
    path("", include("analysis.web.urls")),
    path("", include("studies.urls")),
]
