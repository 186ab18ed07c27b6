"""Draws docs/space.jpg: the shipped RGB-D clip with the people found in it, and where they walked on the floor.

Run `.venv/bin/python docs/space.py`; it needs matplotlib. Keypoints are those of the network that ships, depth has the
noise and the holes of a depth camera.
"""
from pathlib import Path

import matplotlib
import numpy as np

from pose_ros.drawing import draw_persons
from pose_ros.estimators import load
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.space.depth_frame import DepthFrame
from pose_ros.space.people import People
from pose_ros.synthetic.depth_clip import DepthShot, clip_camera, depth_clip
from pose_ros.types import TrackState

matplotlib.use('Agg')
from matplotlib import pyplot as plt  # noqa: E402  (the backend has to be chosen first)

SHOWN = (35, 60, 68, 90)


def followed() -> list[tuple[DepthShot, list]]:
    """Every shot of the clip, and whom the whole chain follows in it."""
    network = load(EstimatorSettings(), GroupingSettings())
    people, camera, found = People(network.skeleton), clip_camera(), []
    for shot in depth_clip():
        (persons,) = network.estimate([shot.image])
        found.append((shot, people.update(persons, shot.stamp_s, camera, image_size=(camera.width, camera.height),
                                          depth=DepthFrame(DepthImage(shot.depth_mm)))))
    return found


def draw_floor(axes: plt.Axes, found: list[tuple[DepthShot, list]]) -> None:
    """The true and the found places of the mid-hips, seen from above, one colour per identity."""
    truth = np.array([[one.points.positions[[8, 11]].mean(axis=0) for one in shot.persons] for shot, _ in found])
    axes.plot(truth[:, :, 0], truth[:, :, 2], color='0.8', linewidth=6, zorder=0)
    for one in {one.smooth.track_id for _, people in found for one in people} - {-1}:
        path = np.array([(*them.root.position[[0, 2]], them.state is TrackState.PREDICTED)
                         for _, people in found for them in people if them.smooth.track_id == one])
        axes.plot(path[:, 0], path[:, 1], '.', markersize=3, label=f'track {one}')
    axes.set(xlabel='to the right [m]', ylabel='ahead [m]', xlim=(-2.2, 2.2), ylim=(2.2, 5), aspect='equal',
             title='mid-hips on the floor; grey: truth')
    axes.legend(loc='upper right')


def main() -> None:
    """Draw both."""
    found = followed()
    figure = plt.figure(figsize=(13, 7.2))
    for place, number in enumerate(SHOWN):
        shot, people = found[number]
        axes = figure.add_subplot(2, 3, (1, 2, 4, 5)[place])
        axes.imshow(draw_persons(shot.image, [one.smooth for one in people if one.smooth.track_id >= 0]))
        axes.set_title(f'{shot.stamp_s:.1f} s')
        axes.axis('off')
    draw_floor(figure.add_subplot(1, 3, 3), found)
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix('.jpg'), dpi=75, pil_kwargs={'quality': 82})


if __name__ == '__main__':
    main()
