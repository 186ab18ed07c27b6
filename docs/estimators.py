"""Draws docs/estimators.jpg: rendered scenes as each estimator of the package sees them.

Run `.venv/bin/python docs/estimators.py`; it needs the extra `train`, which renders the scenes on first use.
"""
from contextlib import closing
from pathlib import Path

import cv2

from pose_ros.drawing import contact_sheet, draw_persons
from pose_ros.errors import WeightsError
from pose_ros.estimators import ESTIMATORS, EstimatorSettings, load
from pose_ros.training.held_out import held_out_scenes

SCENES = (76, 45, 7)
OUTPUT = Path(__file__).with_suffix('.jpg')


def main() -> None:
    """One column per estimator whose weights are there, one row per scene."""
    scenes = held_out_scenes(Path('out/train/held_out'), '../shared/data/training_photos')
    columns = []
    for name in ESTIMATORS:
        try:
            estimator = load(EstimatorSettings(estimator=name, device='cpu'))
        except WeightsError as error:
            print(f'{name} is left out: {error}')
            continue
        with closing(estimator):
            images = [scenes[i].image for i in SCENES]
            drawn = [draw_persons(image, persons) for image, persons in zip(images, estimator.estimate(images))]
        for image in drawn[:1]:
            for width, colour in ((4, (0, 0, 0)), (1, (255, 255, 255))):
                cv2.putText(image, name, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, colour, width, cv2.LINE_AA)
        columns.append(drawn)
    sheet = contact_sheet([image for row in zip(*columns) for image in row], len(columns), 380 * len(columns))
    cv2.imwrite(str(OUTPUT), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == '__main__':
    main()
