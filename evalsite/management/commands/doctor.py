import json
import sys
import textwrap
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from evalsite.doctor.catalogue import CHECKS
from evalsite.doctor.findings import LEVELS, WRONG, Finding
from evalsite.doctor.running import run

INDENT = " " * 21
WIDTH = 120


class Command(BaseCommand):
    help = "Check the whole installation, and say what to do for each fault. The exit status is 1 if anything is wrong."
    requires_system_checks: list[str] = []  # they are one of the checks, and must not keep the others from running

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="Print the findings as JSON.")
        names = [check.name for check in CHECKS]
        parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="CHECK", help=", ".join(names))

    def handle(self, *, as_json: bool, only: list[str], **_: Any) -> None:
        found: list[tuple[str, Finding]] = []
        for check, findings in run([check for check in CHECKS if check.name in only]):
            found += [(check.name, finding) for finding in findings]
            if not as_json:
                self._tell(check.name, findings)
        counts = {level: sum(finding.level == level for _, finding in found) for level in LEVELS}
        if as_json:
            told = [{"check": name, **asdict(finding)} for name, finding in found]
            self.stdout.write(json.dumps({"findings": told, "counts": counts}, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(", ".join(f"{number} {level}" for level, number in counts.items()))
        if counts[WRONG]:
            sys.exit(1)

    def _tell(self, name: str, findings: list[Finding]) -> None:
        for finding in findings:
            self._lines(f"{finding.level:<8} {name:<12}", finding.sentence)
            if finding.cure:
                self._lines("", f"→ {finding.cure}")

    def _lines(self, start: str, text: str) -> None:
        self.stdout.write(textwrap.fill(text, WIDTH, initial_indent=f"{start:<21}", subsequent_indent=INDENT))
        self.stdout.flush()
