"""The presets: study files that come along, one for each table of the papers, each with a twin on the bundled model."""

from pathlib import Path

from studies.study_files.reading import read

FOLDER = Path(__file__).parent.parent / "presets"
OFFLINE = FOLDER / "offline"


class NoSuchPreset(LookupError):
    """Neither a file nor a preset."""


def find(name: str, *, offline: bool = False) -> Path:
    """The study file of that path, or the preset of that name; its twin on the bundled model if it is to be offline.

    Raises NoSuchPreset.
    """
    folder = OFFLINE if offline else FOLDER
    if (path := folder / f"{name}.yaml").is_file():
        return path
    if not offline and Path(name).is_file():
        return Path(name)
    raise NoSuchPreset(
        f"There is no file and no {'offline ' * offline}preset “{name}”; presets are: {', '.join(names(folder))}."
    )


def named(study: str, *, beside: Path) -> Path:
    """The file, in the folder of another, of the study of that name. Raises NoSuchPreset."""
    for path in sorted(beside.parent.glob("*.yaml")):
        if read(path).name == study:
            return path
    raise NoSuchPreset(f"No file beside {beside} is of the study “{study}”.")


def names(folder: Path = FOLDER) -> list[str]:
    """The presets of a folder."""
    return sorted(path.stem for path in folder.glob("*.yaml"))
