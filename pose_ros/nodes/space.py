"""The people of all cameras in space and time, while pose_node is active."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from diagnostic_msgs.msg import DiagnosticStatus

from pose_ros.bridge.params import Parameters
from pose_ros.bridge.receiver import Receiver
from pose_ros.bridge.stamps import seconds_of
from pose_ros.bridge.transforms import Transforms, listen
from pose_ros.filtering.keypoint_filter import FilterSettings
from pose_ros.filtering.smoother import SmootherSettings
from pose_ros.lifting.fusion import FusionSettings
from pose_ros.lifting.lifting_settings import LiftingSettings
from pose_ros.lifting.monocular import MonocularSettings, load_monocular
from pose_ros.lifting.triangulation import TriangulationSettings
from pose_ros.nodes.depth_input import DepthInput
from pose_ros.nodes.fusion import Fusion, Moment
from pose_ros.nodes.image_input import ImageInput
from pose_ros.nodes.settings import DepthSettings, FrameSettings, InputSettings
from pose_ros.nodes.space_camera import Seen, SpaceCamera
from pose_ros.nodes.space_monitor import SpaceMonitor
from pose_ros.nodes.throttled_log import ThrottledLog
from pose_ros.nodes.worker import Result
from pose_ros.skeletons import Skeleton
from pose_ros.space.fused_people import FusedPeople, FusedSettings
from pose_ros.space.people import People, PeopleSettings
from pose_ros.space.space_settings import SpaceSettings
from pose_ros.tracking.motion import MotionSettings
from pose_ros.tracking.tracker_settings import TrackerSettings

# Stamps further from the clock of the node are of another clock (a bag): nothing is predicted to now then.
_SAME_CLOCK_S = 1.0


class Space:
    """Subscribes to depth and tf when it is made, until it is closed.

    Args:
        receiver: that subscribes.
        parameters: of the node.
        skeleton: of the people.
        inputs: of the images, by camera, in the order of the parameter image_topics.
        log: for what is missing.
    """

    def __init__(self, receiver: Receiver, parameters: Parameters, skeleton: Skeleton,
                 inputs: Mapping[str, ImageInput], log: ThrottledLog) -> None:
        self._node, self._log, self._params = receiver.node, log, parameters
        self._frames = parameters.of(FrameSettings)
        self._fusion = Fusion(len(inputs), FusedPeople(skeleton, self._fused_settings()), self._frames.fuse_slop_s,
                              self._publish_s)
        lift = parameters.of(SpaceSettings).lift
        with ExitStack() as undo:
            transforms = self._listen(undo)
            alone = load_monocular(skeleton, parameters.of(MonocularSettings)) if lift == 'monocular' else None
            depths = self._depths(receiver, list(inputs), transforms) if lift == 'depth' else {}
            self._cameras = {
                name: SpaceCamera(source, depths.get(name), transforms,
                                  People(skeleton, self._people_settings(), alone),
                                  self._frames, name in depths or lift == 'monocular' or self._frames.fuse)
                for name, source in inputs.items()}
            self.close = undo.pop_all().close
        self._monitor = SpaceMonitor(self._node.get_name(), list(inputs))

    def follow(self, result: Result) -> Seen:
        """Who is in an image, after the detections in it."""
        stamp, camera = result.header.stamp, self._cameras[result.camera]
        seen = camera.follow(result, self._publish_s(seconds_of(stamp)))
        for doubt in seen.doubts:
            self._log.warning(('space', result.camera, type(doubt)), f'{result.camera}: no 3D: {doubt}')
        self._monitor.followed(result.camera, seen, camera.restarts)
        return seen

    def fuse(self, result: Result, seen: Seen) -> list[Moment]:
        """Who is at the moments that all cameras have now told of; nothing unless that is asked for."""
        return self._fusion.add(result.camera, result.header.stamp, seen) if self._frames.fuse else []

    def statuses(self) -> Sequence[DiagnosticStatus]:
        """One DiagnosticStatus per camera."""
        return self._monitor.statuses()

    def _people_settings(self) -> PeopleSettings:
        of = self._params.of
        return PeopleSettings(of(SpaceSettings), of(TrackerSettings), of(MotionSettings), of(SmootherSettings),
                              of(FilterSettings), of(LiftingSettings))

    def _fused_settings(self) -> FusedSettings:
        of = self._params.of
        return FusedSettings(of(FusionSettings), of(TriangulationSettings), of(SpaceSettings), of(SmootherSettings),
                             of(FilterSettings))

    def _publish_s(self, stamp_s: float) -> float | None:
        now_s = self._node.get_clock().now().nanoseconds * 1e-9
        return now_s if self._frames.predict and 0 <= now_s - stamp_s <= _SAME_CLOCK_S else None

    def _listen(self, undo: ExitStack) -> Transforms | None:
        if not self._frames.target_frame and not any(self._params.of(DepthSettings).depth_topics):
            return None
        transforms = listen(self._node)
        undo.callback(transforms.close)
        return transforms

    def _depths(self, receiver: Receiver, cameras: Sequence[str],
                transforms: Transforms | None) -> dict[str, DepthInput]:
        settings, reliability = self._params.of(DepthSettings), self._params.of(InputSettings).reliability
        made: dict[str, DepthInput] = {}
        for place, camera in enumerate(cameras):
            if (topic := settings.topic_of(place, len(cameras))) and transforms:
                made[camera] = DepthInput(receiver, topic, settings, reliability, transforms, self._log)
        return made
