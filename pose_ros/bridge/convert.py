"""People <-> PersonPoseArray. Keypoints are matched by NAME; missing ones stay in the message as NaN."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Vector3

from pose_ros.errors import SkeletonError
from pose_ros.msg import Keypoint, PersonPose, PersonPoseArray
from pose_ros.skeletons import SKELETONS, Skeleton
from pose_ros.types import Person

_NAN = float('nan')
_UNKNOWN = np.full(6, _NAN, np.float32)


def _keypoints_to_msg(person: Person) -> list[Any]:
    return [Keypoint(x=x, y=y, score=score, position=Point(x=_NAN, y=_NAN, z=_NAN), covariance=_UNKNOWN)
            for (x, y), score in zip(person.keypoints.tolist(), person.scores.tolist())]


def _person_to_msg(person: Person) -> Any:
    msg = PersonPose(track_id=person.track_id, score=float(person.score), bbox=person.bbox,
                     keypoints=_keypoints_to_msg(person), velocity=Vector3(x=_NAN, y=_NAN, z=_NAN))
    root = msg.root.pose.position
    root.x = root.y = root.z = _NAN
    msg.root.covariance[0] = _NAN
    return msg


def persons_to_msg(persons: Sequence[Person], *, header: Any, camera_name: str, image_size: tuple[int, int],
                   skeleton: Skeleton, model: str, processing_ms: float, dropped_frames: int) -> Any:
    """The people of one image -> PersonPoseArray.

    Args:
        persons: in px of the original image; of any skeleton, mapped onto `skeleton` by name.
        header: of the image, put into the message as it is: its frame is also that of the 3D fields.
        camera_name: name or topic of the camera.
        image_size: (width, height) of the original image [px].
        skeleton: order of the keypoints in the message.
        model: estimator and digest, such as openpose@0123456789ab.
        processing_ms: from taking the image to publishing [ms].
        dropped_frames: images of this camera skipped since its previous message.
    """
    width, height = image_size
    fitting = [person if person.skeleton == skeleton else person.as_skeleton(skeleton) for person in persons]
    return PersonPoseArray(
        header=header, source_frame=header.frame_id, camera=camera_name, image_width=width, image_height=height,
        skeleton_format=skeleton.name, keypoint_names=list(skeleton.keypoints),
        skeleton_edges=skeleton.edges.ravel().tolist(), model=model, processing_ms=float(processing_ms),
        dropped_frames=dropped_frames, persons=[_person_to_msg(person) for person in fitting])


def skeleton_from_msg(msg: Any) -> Skeleton:
    """The skeleton that a PersonPoseArray names; its keypoints may stand in another order there.

    Raises:
        SkeletonError: unknown format, or other keypoint names than that format has.
    """
    if msg.skeleton_format not in SKELETONS:
        raise SkeletonError(f'unknown skeleton_format {msg.skeleton_format!r}; known: {", ".join(SKELETONS)}')
    skeleton = SKELETONS[msg.skeleton_format]
    if sorted(msg.keypoint_names) != sorted(skeleton.keypoints):
        raise SkeletonError(f'{skeleton.name} has the keypoints {", ".join(skeleton.keypoints)}; '
                            f'got {", ".join(msg.keypoint_names)}')
    return skeleton


def persons_from_msg(msg: Any) -> list[Person]:
    """PersonPoseArray -> people in the order of keypoints of their skeleton, whatever the order in the message.

    Raises:
        SkeletonError: unknown format or names, or a person without exactly one keypoint per name.
    """
    skeleton = skeleton_from_msg(msg)
    order = [list(msg.keypoint_names).index(name) for name in skeleton.keypoints]
    return [_person_from_msg(person, skeleton, order) for person in msg.persons]


def _person_from_msg(msg: Any, skeleton: Skeleton, order: list[int]) -> Person:
    if len(msg.keypoints) != len(skeleton):
        raise SkeletonError(f'a person of {skeleton.name} needs {len(skeleton)} keypoints, got {len(msg.keypoints)}')
    values = np.array([(k.x, k.y, k.score) for k in msg.keypoints], np.float32)[order]
    return Person(skeleton, values[:, :2], values[:, 2], float(msg.score), int(msg.track_id))
