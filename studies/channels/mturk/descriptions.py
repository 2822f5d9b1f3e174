"""botocore's descriptions of Amazon's services, which take long to read."""

from typing import Any

import botocore.session
from botocore.loaders import Loader

LOADER = Loader()


def described() -> Any:
    """A session of botocore that looks for keys anew, and reads the descriptions once a process."""
    session = botocore.session.get_session()
    session.register_component("data_loader", LOADER)
    return session
