"""The address that Prolific notifies."""

from django.urls import path

from studies.channels.prolific.webhook import notified

urlpatterns = [path("prolific/notified/", notified, name="prolific_notified")]
