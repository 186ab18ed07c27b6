"""RMPE's single-person network: a spatial transformer, and an OpenPoseNet that answers for the person in the middle."""
from __future__ import annotations

from torch import Tensor, nn

from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.networks.stn import Localiser, transform_images
from pose_ros.skeletons import OPENPOSE18

CROP_HEIGHT, CROP_WIDTH = 160, 128  # px
ENLARGE = 1.25                       # crops are so much larger than the boxes


class CropPose(nn.Module):
    """Crops round persons -> heatmaps at stride 8.

    Attributes:
        localiser: of the spatial transformer; None leaves it out.
    """

    stride = OpenPoseNet.stride

    def __init__(self, shape: OpenPoseShape, transformer: bool = True) -> None:
        super().__init__()
        self.localiser = Localiser(CROP_HEIGHT, CROP_WIDTH) if transformer else None
        self.net = OpenPoseNet(shape)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor | None]:
        """The pose in the transformer's frame, and the way to the crop's.

        Args:
            crops: (N, 3, 160, 128) RGB in 0..1.

        Returns:
            (N, 18, 20, 16) heatmaps in the order of OPENPOSE18, and theta (N, 2, 3) or None; see `stn`.
        """
        if self.localiser is None:
            return self.heatmaps(crops), None
        theta = self.localiser(crops)
        return self.heatmaps(transform_images(crops, theta)), theta

    def heatmaps(self, pictures: Tensor) -> Tensor:
        """(N, 18, 20, 16) heatmaps of the single-person network alone."""
        heatmaps, _ = self.net(pictures)[-1]
        return heatmaps[:, :len(OPENPOSE18)]
