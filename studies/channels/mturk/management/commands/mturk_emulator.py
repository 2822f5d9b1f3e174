import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studies.channels.mturk.emulator import Faults, running
from studies.channels.mturk.emulator.faults import ALL


class Command(BaseCommand):
    help = "Run a local Mechanical Turk: the API for MTURK_ENDPOINT_URL, and the worker's site; until interrupted."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8900)
        parser.add_argument("--balance", type=int, default=10_000, help="dollars on the account (default: 10000)")
        parser.add_argument(
            "--subscribe",
            nargs=2,
            action="append",
            default=[],
            metavar=("TOPIC", "ADDRESS"),
            help="send the notifications of a topic to an address; may be repeated",
        )
        for fault in ALL:
            parser.add_argument(f"--{fault}", type=float, default=0.0, help="how often, from 0 to 1 (default: never)")
        parser.add_argument("--seed", type=int, default=0, help="of the faults' chance")

    def handle(self, *, port: int, balance: int, subscribe: list[list[str]], seed: int, **chances: Any) -> None:
        faults = Faults(seed=seed, **{fault: chances[fault] for fault in ALL})
        try:
            with running(port, balance_cents=balance * 100, faults=faults) as emulator:
                for topic, address in subscribe:
                    emulator.subscribe(topic, address)
                signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
                self._say(emulator.url)
                threading.Event().wait()
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from error
        except KeyboardInterrupt:
            self.stdout.write("The emulator has stopped; what it knew is gone.")

    def _say(self, url: str) -> None:
        self.stdout.write(f"A local Mechanical Turk is at {url} until it is interrupted.")
        self.stdout.write(f"Requester's API: export MTURK_ENDPOINT_URL={url}")
        self.stdout.write(f"Worker's site: {url}/   Requester's corner: {url}/emulator")
        self.stdout.flush()
