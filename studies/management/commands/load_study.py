from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from studies import study_files
from studies.study_files.presets import NoSuchPreset, names


class Command(BaseCommand):
    help = "Make a draft of a study file, with the conditions and prompt sets that it names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help=f"a study file (docs/study_files.md), or a preset: {', '.join(names())}")
        parser.add_argument("--offline", action="store_true", help="the preset's twin on the bundled model")

    def handle(self, *, file: str, offline: bool, **_: Any) -> None:
        try:
            study = study_files.load(study_files.read(study_files.find(file, offline=offline)))
        except (study_files.BadStudyFile, NoSuchPreset, OSError) as error:
            raise CommandError(str(error)) from error
        address = reverse("admin:studies_study_change", args=[study.pk])
        self.stdout.write(f"“{study}” ({study.pk}) is a {study.get_state_display().lower()} study: {address}")
