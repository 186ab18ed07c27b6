"""The parameters of the nodes themselves; those of the network and of the grouping are with them."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pose_ros.errors import SettingError
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class InputSettings(Settings):
    """Where pose_node takes its images; read when it is configured."""

    image_topics: list[str] = setting(['image'], 'Image topics, one per camera; all share one network and its batches')
    image_transport: str = setting('raw', 'raw: sensor_msgs/Image on each topic; compressed: CompressedImage on '
                                   '<topic>/compressed', choices=('raw', 'compressed'))
    reliability: str = setting('best_effort', 'Asked of image publishers: best_effort takes from all, reliable only '
                               'from reliable ones, auto is reliable where all publishers are',
                               choices=('best_effort', 'reliable', 'auto'))
    autostart: bool = setting(True, 'Configure and activate by itself when started', read_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(self.image_topics) or not 0 < len(set(self.image_topics)) == len(self.image_topics):
            raise SettingError(f'image_topics = {list(self.image_topics)} is not allowed; '
                               f'allowed: one or more names, each of them once')

    def cameras(self, resolve: Callable[[str], str]) -> list[str]:
        """The full names of the image topics.

        Args:
            resolve: expands and remaps a name, such as `node.resolve_topic_name`.

        Raises:
            SettingError: two of them are remapped to one.
        """
        names = [resolve(topic) for topic in self.image_topics]
        if len(set(names)) < len(names):
            raise SettingError(f'image_topics = {names} after remapping; allowed: each of them once')
        return names


@dataclass(frozen=True)
class DepthSettings(Settings):
    """Which depth belongs to which images; read when pose_node is activated."""

    depth_topics: list[str] = setting([], 'Depth image topics, one for each of image_topics ("" = it has none), or '
                                      'none at all; CameraInfo beside them')
    depth_alignment: str = setting('auto', 'aligned: depth lies pixel on pixel on the image; register: it is brought '
                                   'there by both CameraInfos and tf; auto: aligned if it is in the frame of the image',
                                   choices=('auto', 'aligned', 'register'))
    depth_slop_s: float = setting(0.02, 'Depth whose stamp differs more from that of the image is not used [s]',
                                  low=0.0, high=1.0)
    depth_wait_s: float = setting(0.05, 'Longest wait for the depth of an image while its stream is alive [s]',
                                  low=0.0, high=1.0)

    def topic_of(self, place: int, cameras: int) -> str:
        """The depth topic of one of the cameras; '' if it has none.

        Raises:
            SettingError: not one topic for each camera.
        """
        if self.depth_topics and len(self.depth_topics) != cameras:
            raise SettingError(f'depth_topics = {list(self.depth_topics)} for {cameras} image topics; allowed: one for '
                               'each of image_topics, or none at all')
        return self.depth_topics[place] if self.depth_topics else ''


@dataclass(frozen=True)
class FrameSettings(Settings):
    """In which frame and for which moment people are told; read when pose_node is activated."""

    target_frame: str = setting('', 'Frame of all 3D, by tf at the stamp of the image; empty: the optical frame')
    tf_timeout_s: float = setting(0.05, 'Longest wait for a transform that is about to come [s]', low=0.0, high=1.0)
    predict: bool = setting(False, 'Predict people to the moment of publishing, as far as filtering.max_ahead_s; for '
                            'stamps of the clock of the node')
    fuse: bool = setting(False, 'Triangulate people seen by several calibrated cameras, in target_frame')
    fuse_slop_s: float = setting(0.02, 'Images of several cameras whose stamps differ less are of one moment [s]',
                                 low=0.0, high=1.0)
    humans: bool = setting(False, 'Also publish people as REP-155 says: /humans/bodies/... and tf frames body_<id>')

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fuse and not self.target_frame:
            raise SettingError("fuse = True with target_frame = ''; allowed: a target_frame that all cameras are "
                               'connected to by tf')


@dataclass(frozen=True)
class OutputSettings(Settings):
    """What pose_node does with results and how it watches itself; changes take effect at once."""

    marker_distance_m: float = setting(3.0, 'Distance of the plane of flat markers in front of the camera [m]',
                                       low=0.1, high=1000.0)
    marker_trail_s: float = setting(2.0, 'How long the trail of a person in space is [s]; 0 = none', low=0.0, high=60.0)
    marker_covariance: bool = setting(False, 'Also draw the uncertainty of every point, as an ellipsoid of one sigma')
    field_of_view_deg: float = setting(60.0, 'Horizontal field of view assumed without a valid CameraInfo [deg]',
                                       low=1.0, high=179.0)
    max_age_s: float = setting(0.0, 'Images whose stamp is older by the clock of the node are dropped [s]; 0 takes all',
                               low=0.0, high=3600.0)
    timeout_s: float = setting(2.0, 'A topic without images for longer is reported as an error [s]',
                               low=0.1, high=3600.0)
    diagnostics_period_s: float = setting(1.0, 'Time between two messages on /diagnostics [s]; read when activated',
                                          low=0.1, high=60.0)


@dataclass(frozen=True)
class CameraNodeSettings(Settings):
    """Parameters of camera_node, read when it starts."""

    source: str = setting('', 'Video, folder of images, image, bag, or camera (0, /dev/video0)', read_only=True)
    bag_topic: str = setting('', 'Image topic to take from a bag; empty takes the one with most images', read_only=True)
    rate_hz: float = setting(0.0, 'Images per second [Hz]; 0 is the rate of the source', low=0.0, high=1000.0,
                             read_only=True)
    loop: bool = setting(False, 'Start again at the end', read_only=True)
    exit_when_done: bool = setting(True, 'End the process with the source', read_only=True)
    wait_for_subscribers: int = setting(0, 'The first image waits for this many subscribers of the image topics',
                                        low=0, high=100, read_only=True)
    frame_id: str = setting('camera_optical_frame', 'Optical frame of the camera (REP-103)', read_only=True)
    stamps: str = setting('now', 'Stamps of the images: the time of publishing, or the time of the source',
                          choices=('now', 'source'), read_only=True)
    reliability: str = setting('best_effort', 'Offered to subscribers', choices=('best_effort', 'reliable'),
                               read_only=True)
    encoding: str = setting('rgb8', 'Encoding of the raw images', choices=('rgb8', 'bgr8', 'mono8'), read_only=True)
    jpeg_quality: int = setting(90, 'Quality of the compressed images', low=1, high=100, read_only=True)
    depth_noise: float = setting(0.0, 'Noise added to the depth of a source, as part of it; with holes at edges; '
                                 '0 leaves it as it is', low=0.0, high=0.2, read_only=True)
    calibration: str = setting('', 'Calibration file (YAML of camera_calibration); empty takes that of the source',
                               read_only=True)
