"""The site's settings over a data folder of the test run's own, so that no test touches the researcher's."""

import os
import tempfile

_FOLDER = tempfile.TemporaryDirectory(prefix="evalsite-tests-")
os.environ["CUDA_VISIBLE_DEVICES"] = ""  # numbers are compared in float32, on the processor that every machine has
os.environ["EVALSITE_DATA"] = _FOLDER.name  # whatever the shell says, and for the processes that tests start, too
os.environ.pop("EVALSITE_DATABASE", None)
for _name in [name for name in os.environ if name.startswith("EVALSITE_CHAT_")]:
    del os.environ[_name]  # no test asks an endpoint that costs

from evalsite.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # no secrets here, but many logins
