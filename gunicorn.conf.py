"""How gunicorn serves the site unless its command line says otherwise; it reads this file where it is started."""

import os

preload_app = True  # loaded once and then forked: a quicker start, and less memory
workers = os.cpu_count() or 1
threads = 4
keepalive = 30  # seconds; a worker looks at a trial for about so long, and then needs no new connection
