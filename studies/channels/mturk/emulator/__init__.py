"""A local Mechanical Turk: the requester's API, the worker's site, a clock to put forward, and faults to order.

    python manage.py mturk_emulator --port 8900
    export MTURK_ENDPOINT_URL=http://localhost:8900

In tests and rehearsals: `with running() as emulator: …`, or the fixture of pytest_plugin. It knows nothing of Django, nor of
this site's studies; docs/mturk_emulator.md tells what it does and what it does not imitate.
"""

from studies.channels.mturk.emulator.emulator import Emulator, running
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.faults import Faults
from studies.channels.mturk.emulator.worker import Accepted, WorkerInPython
from studies.channels.mturk.emulator.working import Offer

__all__ = ["Accepted", "Emulator", "Faults", "Offer", "WorkRefused", "WorkerInPython", "running"]
