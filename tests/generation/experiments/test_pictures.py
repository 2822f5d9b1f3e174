import json
from dataclasses import dataclass
from pathlib import Path

from generation.experiments.pictures import panels, save, save_numbers, style


@dataclass(frozen=True)
class Numbers:
    name: str
    shares: list[float]


def test_a_figure_always_makes_the_same_files(tmp_path: Path) -> None:
    for folder in ("once", "twice"):
        with style():
            figure, ((axes,),) = panels(1, 1, 1.0)
            axes.plot([0, 1], [1, 0], label="κ")
            paths = save(figure, tmp_path / folder, "line")
    assert [path.name for path in paths] == ["line.png", "line.pdf"]
    assert all(path.read_bytes() == (tmp_path / "once" / path.name).read_bytes() for path in paths)


def test_numbers_are_written_as_they_are(tmp_path: Path) -> None:
    path = save_numbers(Numbers("λ₀", [0.1, 1 / 3]), tmp_path / "new", "results")
    assert json.loads(path.read_text(encoding="utf-8")) == {"name": "λ₀", "shares": [0.1, 1 / 3]}
    assert "λ₀" in path.read_text(encoding="utf-8")
