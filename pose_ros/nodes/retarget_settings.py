"""The parameters of retarget_node and sim_robot_node themselves; those of the parts are with them."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.errors import SettingError
from pose_ros.retargeting.session_settings import SessionParts
from pose_ros.settings import Settings, setting

_ROBOT = 'Robot file (YAML), or the name of a robot of the package: arm7, torso14, torso17'
_URDF = 'URDF file; empty takes the one the robot file names, or else the topic robot_description'


@dataclass(frozen=True)
class RetargetSettings(Settings):
    """What retarget_node connects; read when it is configured."""

    robot: str = setting('arm7', _ROBOT)
    urdf: str = setting('', _URDF)
    trajectory_topic: str = setting('', 'Of the JointTrajectoryController; empty is /<controller>/joint_trajectory, '
                                    'the controller being that of the robot file')
    stamped: bool = setting(True, 'Trajectories say when they begin: smooth whatever their way takes, but both '
                            'computers need one time (NTP, PTP); false: they begin on arrival')
    camera: str = setting('tf', "Where the camera's frame is: looked up in tf, fixed by camera_xyz and camera_rpy, or "
                          "unknown (then nobody's distance is, see session.watch_distance)",
                          choices=('tf', 'fixed', 'unknown'))
    camera_xyz: list[float] = setting([0.0, 0.0, 0.0], "Camera in the robot's root link [m]", low=-100.0, high=100.0)
    camera_rpy: list[float] = setting([0.0, 0.0, 0.0], "Roll, pitch, yaw of the frame of the people in the robot's "
                                      'root link [rad]', low=-6.3, high=6.3)
    record_folder: str = setting('recordings', 'Where ~/record makes its files')
    record_images: str = setting('', 'Topic of camera images that ~/record keeps, as JPEG; empty keeps none')
    record_image_width: int = setting(640, 'Wider images are made so wide before they are kept [px]', low=16,
                                      high=16384)
    status_period_s: float = setting(0.1, 'Time between two messages on ~/status [s]; markers too', low=0.01, high=10.0)
    autostart: bool = setting(True, 'Configure and activate by itself when started', read_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ('camera_xyz', 'camera_rpy'):
            if len(getattr(self, name)) != 3:
                raise SettingError(f'{name} = {getattr(self, name)} is not allowed; allowed: three numbers')


@dataclass(frozen=True)
class SimRobotSettings(Settings):
    """Parameters of sim_robot_node, read when it starts."""

    robot: str = setting('arm7', _ROBOT, read_only=True)
    urdf: str = setting('', 'URDF file; empty takes the one the robot file names', read_only=True)
    rate_hz: float = setting(100.0, 'Joint states per second [Hz]', low=1.0, high=1000.0, read_only=True)
    physics: str = setting('kinematic', 'What moves the joints: kinematic puts them where they are told to be; mujoco '
                           "gives them masses, gravity and limited torques (pip install 'pose_ros[mujoco]')",
                           choices=('kinematic', 'mujoco'), read_only=True)
    refuse: bool = setting(False, 'Refuse every trajectory, as a controller that is not active does')
    start_tolerance: float = setting(0.1, 'Trajectories that begin further away are refused [rad]', low=0.0, high=10.0,
                                     read_only=True)


# Prefix and defaults of every parameter of retarget_node.
RETARGET_PARTS: tuple[tuple[str, type[Settings]], ...] = (
    ('', RetargetSettings), *((f'{name}.', type(part)) for name, part in vars(SessionParts()).items()))
