"""Servers of a test's own, as processes in folders of their own: they can be killed, started again, and emptied.

Each listens on this machine alone, on ports that were free, beside whatever servers the machine has anyway.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

HOST = "127.0.0.1"
SECONDS_TO_START = 60
POSTGRESQL_USER = "postgres"


@dataclass
class Service:
    """A server. is_ready: raises OSError until it is. user: of the system, that it runs as; whoever runs the tests if None."""

    command: Sequence[str]
    folder: Path
    address: str
    is_ready: Callable[[], object]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    fatal: signal.Signals = signal.SIGKILL  # what it dies of at once
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it with what its folder holds; returns when it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
            )
        self._await()

    def kill(self) -> None:
        """Let it die at once, as in a crash."""
        if self.process:
            self.process.send_signal(self.fatal)
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        """A crash, and a new start with what had reached the folder."""
        self.kill()
        self.start()

    def lose_everything(self) -> None:
        """A crash, and a new start with an empty folder."""
        self.kill()
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.start()

    def _await(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                self.is_ready()
            except OSError:
                if time.monotonic() > deadline or not self.process or self.process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")[-3000:]) from None
                time.sleep(0.05)
            else:
                return


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """The service, started, until the block ends."""
    service.start()
    try:
        yield service
    finally:
        service.kill()


@contextmanager
def redis() -> Iterator[Service]:
    """A Redis whose messages outlive a crash."""
    with _folder() as folder:
        port = free_port()
        kept = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        command = [_program("redis-server"), "--bind", HOST, "--port", str(port), "--dir", str(folder), *kept]
        service = Service(command, folder, f"redis://{HOST}:{port}/0", lambda: _connect(port))
        with running(service):
            yield service


@contextmanager
def rabbitmq() -> Iterator[Service]:
    """A RabbitMQ node, beside a port mapper of its own; it takes some seconds to start."""
    with _folder() as folder, _port_mapper() as mapper:
        port, distribution = free_port(), free_port()
        environment = {
            "HOME": str(folder),  # where its cookie lies
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_EPMD_PORT": str(mapper),
            "RABBITMQ_ALLOW_INPUT": "1",  # the node itself is the process, no shell around it
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-environment"),
            "RABBITMQ_CONFIG_FILE": str(folder / "no-configuration"),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "no-plugins"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_NODENAME": f"evalsite{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput +S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
        }
        command = [_program("rabbitmq-server", "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin")]
        service = Service(command, folder, f"amqp://guest:guest@{HOST}:{port}//", lambda: _connect(port), environment)
        with running(service):
            yield service


@contextmanager
def postgresql() -> Iterator[Service]:
    """A PostgreSQL server that survives its own crash, but not the machine's; its role postgres needs no password.

    It refuses to run as root, and so runs as the user postgres of the system then.
    """
    user = POSTGRESQL_USER if os.geteuid() == 0 else None
    with _folder(user) as folder:
        port, data = free_port(), folder / "data"
        create = [_program("initdb", "/usr/lib/postgresql/*/bin"), "--pgdata", str(data), "--username", POSTGRESQL_USER]
        quick = ["--auth", "trust", "--no-sync", "--no-instructions", "--encoding", "UTF8", "--locale", "C"]
        groups: list[str] | None = [] if user else None
        subprocess.run(
            [*create, *quick], cwd=folder, user=user, group=user, extra_groups=groups, check=True, stdout=subprocess.DEVNULL
        )
        own = {
            "port": port,
            "listen_addresses": HOST,
            "unix_socket_directories": folder,
            "fsync": "off",
            "shared_buffers": "16MB",
        }
        options = [part for name, value in own.items() for part in ("-c", f"{name}={value}")]
        command = [_program("postgres", "/usr/lib/postgresql/*/bin"), "-D", str(data), *options]
        address = f"postgresql://{POSTGRESQL_USER}@{HOST}:{port}/postgres"
        service = Service(command, folder, address, lambda: _ask(address), user=user, fatal=signal.SIGQUIT)
        with running(service):
            yield service


@contextmanager
def s3() -> Iterator[Service]:
    """An S3, which keeps nothing over a crash: moto's server."""
    with _folder() as folder:
        port = free_port()
        command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
        service = Service(command, folder, f"http://{HOST}:{port}", lambda: _connect(port))
        with running(service):
            yield service


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def _port_mapper() -> Iterator[int]:
    """The port of an Erlang port mapper; a node would start one for the whole machine, and leave it."""
    port = free_port()
    with subprocess.Popen([_program("epmd"), "-address", HOST, "-port", str(port)]) as process:
        try:
            yield port
        finally:
            process.kill()


@contextmanager
def _folder(user: str | None = None) -> Iterator[Path]:
    """A folder that the user may enter, other than those of pytest."""
    with tempfile.TemporaryDirectory(prefix="evalsite-service-", ignore_cleanup_errors=True) as name:
        if user:
            shutil.chown(name, user)
        yield Path(name)


def _program(name: str, elsewhere: str = "/usr/sbin") -> str:
    """A program's path, looked for where Debian's packages have it, too: in the folder of the newest version."""
    folders = sorted(map(str, Path("/").glob(elsewhere.lstrip("/"))))
    found = shutil.which(name, path=os.pathsep.join([*reversed(folders), os.environ["PATH"]]))
    if not found:
        raise FileNotFoundError(f"The tests need {name}; install its package.")
    return found


def _connect(port: int) -> None:
    socket.create_connection((HOST, port), timeout=1).close()


def _ask(address: str) -> None:
    try:
        psycopg.connect(address, connect_timeout=1).close()
    except psycopg.OperationalError as error:
        raise ConnectionError(str(error)) from error
