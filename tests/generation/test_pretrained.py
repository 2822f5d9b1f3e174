import json
import shutil
from pathlib import Path

import pytest

from generation import pretrained
from generation.digests import digest_of
from generation.pretrained import CAPTIONER, CLASSIFIER, CLIP, ModelNotFound, resolve_revision, revision_now, source_of

COMMIT = "0123456789abcdef" * 2 + "01234567"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as save_pretrained leaves it, as far as names and revisions read it."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"):
        (folder / name).write_text(json.dumps(name))
    return folder


@pytest.mark.parametrize("kind", [CAPTIONER, CLIP, CLASSIFIER])
def test_the_bundled_model_of_a_kind_lies_in_its_folder(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pretrained.BUNDLED_FOLDERS, kind, folder)
    assert source_of(kind, "bundled") == str(folder)
    assert resolve_revision(kind, "bundled") == digest_of(folder)


def test_a_bundled_model_that_is_not_there_says_how_to_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pretrained.BUNDLED_FOLDERS, CLIP, tmp_path)
    with pytest.raises(ModelNotFound, match=r"python -m generation\.bundled\.training --only clip"):
        source_of(CLIP, "bundled")


def test_a_folder_is_its_own_source_and_has_its_content_as_revision(folder: Path) -> None:
    assert source_of(CLIP, str(folder)) == str(folder)
    assert resolve_revision(CLIP, str(folder)) == revision_now(CLIP, str(folder), digest_of(folder)) == digest_of(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"])
def test_every_file_that_is_read_matters_to_the_revision(folder: Path, name: str) -> None:
    before = digest_of(folder)
    with (folder / name).open("a") as file:
        file.write(" ")
    assert digest_of(folder) != before


def test_what_is_not_read_and_where_the_folder_lies_do_not_matter(folder: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(folder, tmp_path / "moved"))
    (moved / "README.md").write_text("A model.")
    (moved / "onnx").mkdir()
    (moved / "onnx" / "config.json").write_text("{}")
    assert digest_of(moved) == digest_of(folder)


def test_a_folder_whose_content_has_changed_is_refused_at_its_old_revision(folder: Path) -> None:
    before = resolve_revision(CAPTIONER, str(folder))
    (folder / "model.safetensors").write_text("other weights")
    with pytest.raises(ModelNotFound, match=f"has changed: it is sha256:.*, not {before}. Add the captioner again"):
        revision_now(CAPTIONER, str(folder), before)


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_folder_without_configuration_or_weights_is_refused(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(ModelNotFound, match=r"no config\.json and \.safetensors weights in .*save_pretrained"):
        source_of(CLASSIFIER, str(folder))


def test_a_name_of_the_hub_stands_for_itself_and_a_full_commit_needs_no_connection() -> None:
    assert source_of(CLIP, "owner/model") == "owner/model"
    assert resolve_revision(CLIP, "owner/model", COMMIT) == revision_now(CLIP, "owner/model", COMMIT) == COMMIT


@pytest.mark.parametrize("name", ["", "bundeld", "/no/such/folder", "a b/c", "owner/model/part", ".."])
def test_a_name_that_can_be_nothing_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelNotFound):
        source_of(CLIP, name)
