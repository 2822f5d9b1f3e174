"""Class removal: python -m generation.experiments.class_removal train, then evaluate.

Both go on from where an earlier call stopped: networks from their last checkpoint, images from the last setting that was drawn.
"""

import argparse
from pathlib import Path

from generation.experiments.class_removal.data import READERS, read
from generation.experiments.class_removal.files import BadFile
from generation.experiments.class_removal.recipes import RECIPES
from generation.experiments.class_removal.running import evaluate, train


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m generation.experiments.class_removal", description=__doc__)
    parser.add_argument("stage", choices=("train", "evaluate"), help="evaluate trains first what is not trained yet")
    parser.add_argument("--data", choices=tuple(READERS), default="digits", help="digits come with scikit-learn")
    parser.add_argument("--folder", type=Path, help="where the files of MNIST or CIFAR10 are (data/NAME if not given)")
    parser.add_argument("--classes", type=int, nargs="+", default=[0, 1, 2, 3], help="numbers of the classes to remove")
    parser.add_argument("--images", type=int, default=512, help="images of each setting")
    parser.add_argument("--work", type=Path, default=Path("training-output/class-removal"), help="where progress is kept")
    parser.add_argument("--out", type=Path, default=Path("class-removal"), help="where figures and numbers go")
    arguments = parser.parse_args()
    try:
        data = read(arguments.data, arguments.folder)
    except (FileNotFoundError, BadFile) as error:
        parser.error(str(error))
    studies = train(data, RECIPES[data.name], arguments.classes, arguments.images, arguments.work / data.name)
    if arguments.stage == "evaluate":
        for path in evaluate(studies, arguments.out):
            print(path)


main()
