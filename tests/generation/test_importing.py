import io
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.PngImagePlugin
import pytest
from django.core.management import CommandError, call_command

from generation.imported_files import BadImport, find, read_prompts
from generation.models import Condition, Image, Prompt
from tests.factories_generation import PromptFactory, png
from tests.tiny_checkpoint import FLAGS_ALL, build_tiny_checkpoint

WHY = "the images were screened by hand"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two conditions, one prompt, two seeds."""
    (tmp_path / "prompts.csv").write_text('prompt_set,name,prompt\nA&E,cat,"a cat, and a dog"\n')
    for condition in ("SD", "SD+auto-DNP"):
        for seed in (0, 17):
            add(tmp_path, f"{condition}/A&E/cat_{seed}.png", png(seed=zlib.crc32(f"{condition}{seed}".encode())))
    return tmp_path


def add(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def faults(folder: Path) -> list[str]:
    with pytest.raises(BadImport) as caught:
        find(folder, folder / "prompts.csv")
    return [fault.replace(f"{folder}/", "") for fault in caught.value.faults]


@pytest.mark.django_db
def test_images_are_stored_under_conditions_of_their_folders_names(folder: Path) -> None:
    call_command("import_images", folder, unscreened=WHY)
    images = Image.objects.filter(prompt__text="a cat, and a dog", prompt__prompt_set__name="A&E", seed__in=[0, 17])
    assert set(images.values_list("state", "unscreened_because")) == {("done", WHY)}
    assert {str(condition) for condition in Condition.objects.all()} == {"imported: SD", "imported: SD+auto-DNP"}
    assert images.count() == 4


@pytest.mark.django_db
def test_images_are_encoded_again_without_metadata_but_with_their_pixels(folder: Path) -> None:
    told = PIL.PngImagePlugin.PngInfo()
    told.add_text("condition", "SD")
    file = io.BytesIO()
    PIL.Image.open(io.BytesIO(png(seed=1))).save(file, "PNG", pnginfo=told, dpi=(72, 72))
    add(folder, "SD/A&E/cat_0.png", file.getvalue())
    call_command("import_images", folder, unscreened=WHY)
    with PIL.Image.open(Image.objects.get(seed=0, condition__settings__name="SD").file.path) as stored:
        assert stored.info == {}
        assert np.array_equal(np.asarray(stored), np.asarray(PIL.Image.open(io.BytesIO(png(seed=1)))))


@pytest.mark.django_db
def test_images_are_screened_like_the_rest(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    checker = str(build_tiny_checkpoint(tmp_path_factory.mktemp("checker"), FLAGS_ALL))
    call_command("import_images", folder, checker=checker)
    assert set(Image.objects.values_list("state", "screened_by")) == {("flagged", checker)}


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{}, {"checker": "/nowhere"}, {"checker": "x", "unscreened": WHY}])
def test_somebody_screens_or_words_say_why_not(folder: Path, options: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_images", folder, **options)
    assert not Image.objects.exists()


@pytest.mark.django_db
def test_an_empty_reason_is_no_reason(folder: Path) -> None:
    with pytest.raises(CommandError, match="say in words"):
        call_command("import_images", str(folder), "--unscreened", " ")


@pytest.mark.django_db
def test_importing_again_adds_only_what_is_new(folder: Path) -> None:
    call_command("import_images", folder, unscreened=WHY)
    before = list(Image.objects.order_by("pk").values())
    add(folder, "SD/A&E/cat_3.png", png())
    call_command("import_images", folder, unscreened=WHY)
    assert list(Image.objects.order_by("pk").values())[:4] == before
    assert (Image.objects.count(), Prompt.objects.count()) == (5, 1)


@pytest.mark.django_db
def test_importing_again_with_a_checker_screens_what_went_unscreened(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_images", folder, unscreened=WHY)
    before = set(Image.objects.values_list("pk", "file", "sha256"))
    checker = str(build_tiny_checkpoint(tmp_path_factory.mktemp("checker"), FLAGS_ALL))
    call_command("import_images", folder, checker=checker)
    assert "0 images imported; 4 were there already, 4 of them unscreened until now; 4 flagged" in capsys.readouterr().out
    assert set(Image.objects.values_list("state", "screened_by", "unscreened_because")) == {("flagged", checker, "")}
    assert set(Image.objects.values_list("pk", "file", "sha256")) == before


@pytest.mark.django_db
def test_new_prompts_are_counted_by_prompt_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_images", folder, unscreened=WHY)
    call_command("import_images", folder, unscreened=WHY)
    assert capsys.readouterr().out.count("A&E: 1 prompts new") == 1


@pytest.mark.django_db
def test_a_prompt_is_added_to_a_set_that_is_there_only_on_request(folder: Path) -> None:
    PromptFactory.create(prompt_set__name="A&E", text="a cat and a dog")
    with pytest.raises(CommandError, match="“a cat, and a dog” is not in the prompt set “A&E”; mend"):
        call_command("import_images", folder, unscreened=WHY)
    assert (Image.objects.count(), Prompt.objects.count()) == (0, 1)
    call_command("import_images", folder, unscreened=WHY, new_prompts=True)
    assert (Image.objects.count(), Prompt.objects.count()) == (4, 2)


@pytest.mark.django_db
def test_an_image_that_changed_since_its_import_is_refused(folder: Path) -> None:
    call_command("import_images", folder, unscreened=WHY)
    add(folder, "SD/A&E/cat_0.png", png(seed=5))
    add(folder, "SD/A&E/cat_3.png", png())
    with pytest.raises(CommandError, match=r"cat_0\.png: this image was imported before with other pixels"):
        call_command("import_images", folder, unscreened=WHY)
    assert Image.objects.count() == 4


@pytest.mark.django_db
def test_one_bad_file_keeps_all_out(folder: Path) -> None:
    add(folder, "SD/A&E/cat_1.png", b"no picture")
    with pytest.raises(CommandError, match=r"Nothing was imported:\n.*SD/A&E/cat_1\.png: this is no PNG"):
        call_command("import_images", folder, unscreened=WHY)
    assert not Image.objects.exists()
    assert not Prompt.objects.exists()


def animation() -> bytes:
    frames = [PIL.Image.open(io.BytesIO(png(seed=seed))) for seed in (1, 2)]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("SD/A&E/cat_1.png", b"no picture", "this is no PNG"),
        ("SD/A&E/cat_1.png", png()[:-40], "this is no PNG"),
        ("SD/A&E/cat_1.png", png(mode="L"), "its mode is L"),
        ("SD/A&E/cat_1.png", png(mode="RGBA"), "its mode is RGBA"),
        ("SD/A&E/cat_1.png", animation(), "this is an animation"),
        ("SD/A&E/cat.png", png(), "must end in _SEED.png"),
        ("SD/A&E/cat_x.png", png(), "must end in _SEED.png"),
        (f"SD/A&E/cat_{2**63}.png", png(), "must end in _SEED.png"),
        ("SD/A&E/cat_1.jpg", png(), "must end in _SEED.png"),
        ("SD/A&E/dog_1.png", png(), "no name “dog” in the prompt set “A&E”"),
        ("SD/Human/cat_1.png", png(), "no name “cat” in the prompt set “Human”"),
        ("SD/cat_1.png", png(), "must lie in condition/prompt set/"),
        ("SD/A&E/cat_00.png", png(), "the same condition, prompt and seed as"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(folder: Path, name: str, content: bytes, sentence: str) -> None:
    add(folder, name, content)
    (fault,) = faults(folder)
    assert name.rpartition("/")[0] in fault
    assert sentence in fault


def test_images_shown_side_by_side_must_be_of_one_size(folder: Path) -> None:
    add(folder, "SD/A&E/cat_0.png", png(size=16))
    (fault,) = faults(folder)
    assert "8×8 pixels, but 16×16" in fault


def test_every_fault_is_named_at_once(folder: Path) -> None:
    add(folder, "SD/A&E/cat_1.png", b"no picture")
    add(folder, "SD/A&E/dog_1.png", png())
    assert len(faults(folder)) == 2


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prompts.csv").write_text("prompt_set,name,prompt\nA&E,cat,a cat\n")
    assert "there are no images" in faults(tmp_path)[0]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("set,name,prompt\nA&E,cat,a cat\n", "must name the columns prompt_set, name, prompt"),
        ("prompt_set,name,prompt\nA&E,cat\n", "line 2: prompt must have"),
        ("prompt_set,name,prompt\nA&E,cat,a cat, and a dog\n", "line 2: there are more values than columns"),
        ("prompt_set,name,prompt\nA&E,cat,a cat\nA&E,cat,a dog\n", "line 3: this name stands in line 2 already"),
        ("prompt_set,name,prompt\nA&E,cat,a cat\nA&E,dog,a cat\n", "line 3: this prompt stands in line 2 already"),
        ('prompt_set,name,prompt\nA&E,cat,"a cat\n', "this is no CSV"),
        ("prompt_set,name,prompt\nA&E,cat,a caf\xe9\n", "this is no CSV in UTF-8"),
    ],
)
def test_a_bad_prompts_file_is_named_with_its_line(tmp_path: Path, lines: str, sentence: str) -> None:
    path = tmp_path / "prompts.csv"
    path.write_text(lines, encoding="latin-1")
    with pytest.raises(BadImport, match=sentence):
        read_prompts(path)
