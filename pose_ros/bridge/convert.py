"""People <-> PersonPoseArray. Keypoints are matched by NAME; missing ones stay in the message as NaN.

Points of a person, where there are any, are those of the frame in the header of the message. A keypoint with a place
and score 0 was extrapolated.
"""
from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Quaternion, Vector3

from pose_ros.errors import SkeletonError
from pose_ros.msg import Keypoint, PersonPose, PersonPoseArray
from pose_ros.skeletons import SKELETONS, Skeleton
from pose_ros.space.followed import Followed, Root
from pose_ros.types import Person, Points

__all__ = ['PersonPoseArray', 'persons_from_msg', 'persons_to_msg', 'skeleton_from_msg']

_NAN = float('nan')
# Rows and columns of the six covariances in a message: xx xy xz yy yz zz.
UPPER = np.triu_indices(3)


@lru_cache(maxsize=8)
def unknown_points(count: int) -> Points:
    """K points of which nothing is known, made once."""
    return Points.unknown(count)


def _keypoints_to_msg(person: Person, points: Points) -> list[Keypoint]:
    covariances = points.covariances.astype(np.float32)[:, UPPER[0], UPPER[1]]
    columns = (person.keypoints.tolist(), person.scores.tolist(), points.positions.tolist(), covariances,
               points.sources.tolist())
    return [Keypoint(x=x, y=y, score=score, position=Point(x=px, y=py, z=pz), covariance=covariance,
                     depth_source=source)
            for (x, y), score, (px, py, pz), covariance, source in zip(*columns)]


def _root(person: Person) -> Point:
    """The mid-hip, as PersonPose.root describes it."""
    if person.points is None or not {'left_hip', 'right_hip'} <= set(person.skeleton.keypoints):
        return Point(x=_NAN, y=_NAN, z=_NAN)
    hips = [person.points.positions[person.skeleton.index(name)] for name in ('left_hip', 'right_hip')]
    x, y, z = np.mean(hips, axis=0).tolist()
    return Point(x=x, y=y, z=z)


def _person_to_msg(person: Person) -> PersonPose:
    points = person.points or unknown_points(len(person.skeleton))
    msg = PersonPose(track_id=person.track_id, score=float(person.score), bbox=person.bbox,
                     track_state=PersonPose.NEW if person.track_id < 0 else PersonPose.TRACKED,
                     keypoints=_keypoints_to_msg(person, points), has_3d=bool(points.known.any()),
                     velocity=Vector3(x=_NAN, y=_NAN, z=_NAN))
    msg.root.pose.position = _root(person)
    msg.root.covariance[0] = _NAN
    return msg


def _add_followed(msg: PersonPose, one: Followed) -> None:
    """What is known of a person beyond one image."""
    msg.track_state, msg.track_age = int(one.state), one.frames
    x, y, z = one.root.velocity.tolist()
    msg.velocity = Vector3(x=x, y=y, z=z)
    if msg.has_3d:
        _add_root(msg.root, one.root)
        msg.root_orientation_valid = bool(np.isfinite(one.root.orientation).all())
    msg.limb_orientations = [Quaternion(x=x, y=y, z=z, w=w) for x, y, z, w in one.limb_orientations.tolist()]


def _add_root(msg: Any, root: Root) -> None:
    covariance = np.zeros((6, 6))
    covariance[:3, :3] = root.covariance
    msg.covariance = covariance.ravel()
    if np.isfinite(root.orientation).all():
        x, y, z, w = root.orientation.tolist()
        msg.pose.orientation = Quaternion(x=x, y=y, z=z, w=w)


def persons_to_msg(persons: Sequence[Person], *, header: Any, camera_name: str, image_size: tuple[int, int],
                   skeleton: Skeleton, model: str, processing_ms: float, dropped_frames: int, source_frame: str = '',
                   predicted_s: float = 0.0, followed: Sequence[Followed] = ()) -> PersonPoseArray:
    """The people of one image -> PersonPoseArray.

    Args:
        persons: in px of the original image; of any skeleton, mapped onto `skeleton` by name.
        header: of the image, put into the message as it is; its frame is that of the 3D fields.
        camera_name: name or topic of the camera.
        image_size: (width, height) of the original image [px].
        skeleton: order of the keypoints in the message.
        model: estimator and digest, such as openpose@0123456789ab.
        processing_ms: from taking the image to publishing [ms].
        dropped_frames: images of this camera skipped since its previous message.
        source_frame: optical frame of the camera; '' = that of the header.
        predicted_s: how far beyond the stamp the persons are extrapolated [s].
        followed: what is known of each of the persons over time; nothing = no more than their track_id.
    """
    width, height = image_size
    fitting = [person if person.skeleton == skeleton else person.as_skeleton(skeleton) for person in persons]
    msgs = [_person_to_msg(person) for person in fitting]
    for msg, one in zip(msgs, followed):
        _add_followed(msg, one)
    return PersonPoseArray(
        header=header, source_frame=source_frame or header.frame_id, camera=camera_name, image_width=width,
        image_height=height, skeleton_format=skeleton.name, keypoint_names=list(skeleton.keypoints),
        skeleton_edges=skeleton.edges.ravel().tolist(), model=model, processing_ms=float(processing_ms),
        dropped_frames=dropped_frames, predicted_s=float(predicted_s), persons=msgs)


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
    keypoints = [msg.keypoints[place] for place in order]
    values = np.array([(keypoint.x, keypoint.y, keypoint.score) for keypoint in keypoints], np.float32)
    return Person(skeleton, values[:, :2], values[:, 2], float(msg.score), int(msg.track_id),
                  _points_from_msg(keypoints) if msg.has_3d else None)


def _points_from_msg(keypoints: Sequence[Any]) -> Points:
    covariances = np.empty((len(keypoints), 3, 3))
    covariances[:, UPPER[0], UPPER[1]] = [keypoint.covariance for keypoint in keypoints]
    covariances[:, UPPER[1], UPPER[0]] = covariances[:, UPPER[0], UPPER[1]]
    positions = [(keypoint.position.x, keypoint.position.y, keypoint.position.z) for keypoint in keypoints]
    return Points(np.array(positions), covariances, np.array([keypoint.depth_source for keypoint in keypoints]))
