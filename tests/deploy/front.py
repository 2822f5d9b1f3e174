"""nginx with the configuration that is shipped, in a process of its own: but its addresses, its folders and its certificate."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from tests.real_server import HOST, ROOT

SHIPPED = ROOT / "deploy" / "nginx" / "evalsite.conf"
NAME = "votes.example.org"  # as in the shipped files
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or "nginx"
SECONDS_TO_START = 20

MAIN = """
daemon off;
worker_processes 2;
{user}
pid {folder}/nginx.pid;
error_log {folder}/main.error.log;
events {{ worker_connections 768; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/evalsite.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """nginx's two ports, who vouches for its certificate, and where it writes its logs."""

    http: int
    https: int
    trusted: ssl.SSLContext
    folder: Path

    def logs(self) -> str:
        """All that nginx has written down."""
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


@contextmanager
def front(folder: Path, gunicorn: str) -> Iterator[Front]:
    """nginx in an empty folder, before a gunicorn that listens at that address or does not, until the block ends."""
    ports = _free_port(), _free_port()
    trusted = ssl.create_default_context(cafile=str(make_certificate(folder)))
    main = write_configuration(folder, gunicorn, ports)
    with subprocess.Popen([NGINX, "-c", str(main)]) as process:
        try:
            for port in ports:
                _await_port(process, port)
            yield Front(ports[0], ports[1], trusted, folder)
        finally:
            process.terminate()


def make_certificate(folder: Path) -> Path:
    """A certificate that vouches for itself, with its key, where the configuration looks for them."""
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    for_whom = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    command = ["openssl", "req", *kind, *for_whom, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate


def write_configuration(folder: Path, gunicorn: str, ports: tuple[int, int]) -> Path:
    """The shipped file with these addresses and this folder, and a main file that includes it."""
    text = SHIPPED.read_text()
    for own, shipped in zip(ports, (80, 443), strict=True):
        text = re.sub(rf"(listen (?:\[::\]:)?){shipped}\b", rf"\g<1>{own}", text)
    text = text.replace("unix:/run/evalsite-web.sock", gunicorn)
    text = text.replace(f"/etc/letsencrypt/live/{NAME}", str(folder)).replace("/var/log/nginx", str(folder))
    (folder / "evalsite.conf").write_text(text)
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return main


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _await_port(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = monotonic() + SECONDS_TO_START
    while monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            sleep(0.02)
        else:
            return
    raise TimeoutError(f"nginx does not listen on port {port}.")
