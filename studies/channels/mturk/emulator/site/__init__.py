"""What people see: the worker's site, the pages in its frame, and the requester's corner."""

from typing import TYPE_CHECKING

from flask import Flask

from studies.channels.mturk.emulator.site.content import content
from studies.channels.mturk.emulator.site.corner import corner
from studies.channels.mturk.emulator.site.offers import offers
from studies.channels.mturk.emulator.site.work import work
from studies.channels.mturk.emulator.site.workers import workers

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator


def add_site(application: Flask, emulator: "Emulator") -> None:
    """Put all pages into the application."""
    for part in (workers, offers, work, content, corner):
        application.register_blueprint(part(emulator))
