import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from generation import hub
from generation.digests import digest_of
from generation.hub import CheckpointNotFound, resolve_revision, revision_now, source_of

COMMIT = "0123456789abcdef" * 2 + "01234567"
KNOWN = {f"/api/models/owner/model{revision}" for revision in ("", "/revision/main", "/revision/fp16")}


class Hub(BaseHTTPRequestHandler):
    """The one question that resolve_revision asks: GET /api/models/NAME[/revision/REVISION]."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path in KNOWN else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"id": "owner/model", "sha": COMMIT}).encode() if self.path in KNOWN else b"{}")

    def log_message(self, *_arguments: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def local_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Hub) as server:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Hub) as closed:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{closed.server_port}")


@pytest.mark.usefixtures("local_hub")
@pytest.mark.parametrize("revision", ["", "main", "fp16"])
def test_a_revision_of_the_hub_becomes_a_commit(revision: str) -> None:
    assert resolve_revision("owner/model", revision) == COMMIT


@pytest.mark.usefixtures("local_hub")
@pytest.mark.parametrize(("name", "revision"), [("owner/model", "nightly"), ("owner/other", "")])
def test_what_the_hub_does_not_know_is_refused(name: str, revision: str) -> None:
    with pytest.raises(CheckpointNotFound, match=f"no commit of {name}"):
        resolve_revision(name, revision)


@pytest.mark.usefixtures("no_hub")
def test_without_a_connection_the_full_commit_is_asked_for() -> None:
    with pytest.raises(CheckpointNotFound, match=r"give the full commit from https://huggingface\.co/owner/model/commits"):
        resolve_revision("owner/model", "main")


@pytest.mark.usefixtures("no_hub")
def test_a_full_commit_needs_no_connection() -> None:
    assert resolve_revision("owner/model", COMMIT) == COMMIT


def test_what_is_on_disk_has_its_content_as_revision(tiny_folder: Path) -> None:
    digest = digest_of(tiny_folder)
    assert resolve_revision(str(tiny_folder)) == resolve_revision(str(tiny_folder), digest) == digest


@pytest.mark.usefixtures("no_hub")
def test_the_revision_now_is_the_content_on_disk_and_the_given_one_of_the_hub(tiny_folder: Path) -> None:
    assert revision_now(str(tiny_folder), "") == digest_of(tiny_folder)
    assert revision_now("owner/model", COMMIT) == COMMIT


def test_what_is_on_disk_has_no_branches(tiny_folder: Path) -> None:
    with pytest.raises(CheckpointNotFound, match="has no revision “main”; leave the revision empty"):
        resolve_revision(str(tiny_folder), "main")


def test_the_bundled_name_means_the_bundled_folder(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "BUNDLED_FOLDER", tiny_folder)
    assert source_of("bundled") == str(tiny_folder)
    assert resolve_revision("bundled") == digest_of(tiny_folder)


def test_a_file_that_is_not_there_is_refused_as_a_file() -> None:
    with pytest.raises(CheckpointNotFound, match=r"There is no file weights/old\.safetensors"):
        source_of("weights/old.safetensors")


def test_a_bundled_model_that_is_not_there_says_how_to_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "BUNDLED_FOLDER", tmp_path)
    with pytest.raises(CheckpointNotFound, match=r"python -m generation\.bundled\.training"):
        source_of("bundled")


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointNotFound, match=r"no model_index\.json in"):
        source_of(str(tmp_path))


@pytest.mark.parametrize("name", ["", "bundeld", "/no/such/folder", "./weights/old", "a b/c", "owner/model/unet", ".."])
def test_a_name_that_can_be_nothing_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointNotFound):
        source_of(name)
