"""The one YAML file of a robot: which bones move which links, posture, limits, mount and collision capsules."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Bone:
    """The direction between two human keypoints drives the direction between two robot links.

    Attributes:
        keypoints: names of its start and its end.
        links: robot links whose origins lie at the start and the end.
        weight: cost of a wrong direction, unitless.
        optional: True if the arm may move without it (a hand that the skeleton has no keypoint for).
        where: 'file:line', for messages.
    """

    keypoints: tuple[str, ...]
    links: tuple[str, ...]
    weight: float
    optional: bool
    where: str


@dataclass(frozen=True)
class Wrist:
    """The movement of a human keypoint drives the position of a robot link, from where both are when it begins.

    Attributes:
        keypoint: its name.
        link: robot link whose origin moves.
        scale: how far the link moves per movement of the keypoint, unitless.
        weight: cost of a wrong position [1/m].
        where: 'file:line', for messages.
    """

    keypoint: str
    link: str
    scale: float
    weight: float
    where: str


@dataclass(frozen=True)
class Zone:
    """Where no part of the robot may go, in the frame of its root link.

    Attributes:
        name: for messages.
        box: full lengths along x, y, z [m]; empty for a plane.
        plane: the direction that is free, of any length; empty for a box.
        xyz, rpy: centre of the box or a point of the plane [m], [rad].
        where: 'file:line', for messages.
    """

    name: str
    box: tuple[float, ...]
    plane: tuple[float, ...]
    xyz: tuple[float, ...]
    rpy: tuple[float, ...]
    where: str


@dataclass(frozen=True)
class Capsule:
    """A collision body: all points nearer than `radius` [m] to the segment start-end [m] in the link's frame."""

    link: str
    start: tuple[float, ...]
    end: tuple[float, ...]
    radius: float
    where: str


@dataclass(frozen=True)
class RobotConfig:
    """A robot file, read but not yet compared with a URDF.

    Attributes:
        text: of the file.
        folder: of the file; relative URDF paths start there.
        urdf: a URDF file, or 'robot_description' where the URDF comes from elsewhere.
        controller: name of the JointTrajectoryController.
        joints: which joints are commanded, in order; empty means all that move.
        mount_xyz, mount_rpy: the robot's root in the base frame (x forward, y left, z up) [m], [rad].
        torso: keypoints left shoulder, right shoulder, left hip, right hip whose frame is laid onto the base frame;
            empty means that the points already have the base frame's axes.
        mirror: True if the robot moves like the person's mirror image.
        positions, velocities, accelerations: limits by joint that replace or complete the URDF's [rad], [rad/s],
            [rad/s^2]; accelerations['default'] is for all joints without their own.
        velocity_scale: fraction of the velocity limits that is used.
        stop_within: every joint is so slow that it rests so soon after the person was seen last [rad]; may be infinite.
        posture: the pose the robot prefers, by joint [rad]; 0 or the middle of the range where not named.
        posture_weight: cost of leaving it, by joint; 'default' for the others.
        bones, wrists: what drives the robot; one of the two may be empty.
        min_distance: smallest distance between two capsules, and of capsules to zones [m].
        zones: where no capsule may go.
        ignored: pairs of links that may touch.
        lines: 'file:line' of everything that names a joint or a link.
    """

    name: str
    text: str
    folder: Path
    urdf: str
    controller: str
    joints: tuple[str, ...]
    mount_xyz: tuple[float, ...]
    mount_rpy: tuple[float, ...]
    torso: tuple[str, ...]
    mirror: bool
    positions: Mapping[str, tuple[float, ...]]
    velocities: Mapping[str, float]
    accelerations: Mapping[str, float]
    velocity_scale: float
    stop_within: float
    posture: Mapping[str, float]
    posture_weight: Mapping[str, float]
    bones: tuple[Bone, ...]
    wrists: tuple[Wrist, ...]
    capsules: tuple[Capsule, ...]
    min_distance: float
    ignored: tuple[tuple[str, ...], ...]
    zones: tuple[Zone, ...]
    lines: Mapping[str, str] = field(repr=False)
