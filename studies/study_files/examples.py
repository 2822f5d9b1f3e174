"""The pictures of a study's instructions: files beside the study file."""

import hashlib
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from studies.models import Example, Study
from studies.study_files.reading import Faults, Part, StudyFile
from studies.uploads import as_png


def add_examples(study: Study, file: StudyFile, faults: Faults) -> None:
    """Store the pictures that the file names, drawn anew; what is no picture is added to the faults."""
    for position, part in enumerate(file.examples):
        try:
            _add(study, file.path.parent, part, position)
        except (OSError, ValidationError) as error:
            faults.append((part.place_of("file"), " ".join(getattr(error, "messages", [str(error)]))))


def _add(study: Study, folder: Path, part: Part, position: int) -> None:
    path = folder / part.values["file"]
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValidationError(f"“{part.values['file']}” must lie beside the study file, or in a folder there.")
    png = as_png(ContentFile(path.read_bytes(), name=path.name))
    example = Example(study=study, caption=part.values["caption"], position=position)
    example.file.save(str(png.name), png, save=False)
    example.full_clean()
    example.save()


def discard_examples(study: Study) -> None:
    """Delete the files of a study that is not kept; a database's rollback leaves them."""
    for example in study.examples.all():
        example.file.delete(save=False)


def content_of(example: Example) -> bytes:
    with example.file.open() as file:
        return bytes(file.read())


def name_of(example: Example) -> str:
    """What a picture is called beside a study file: the same for the same picture."""
    return f"{hashlib.sha256(content_of(example)).hexdigest()[:16]}.png"


def write_examples(study: Study, folder: Path) -> list[Path]:
    """Write the pictures into the folder of a study file. Raises OSError."""
    written = [(folder / name_of(example), content_of(example)) for example in study.examples.all()]
    for path, png in written:
        path.write_bytes(png)
    return [path for path, _ in written]
