"""Posed people from the Anny body model (NAVER, Apache-2.0; MakeHuman assets, CC0): meshes and COCO keypoints."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix

from pose_ros.errors import DatasetError
from pose_ros.skeletons import COCO17
from pose_ros.synthetic.motion_capture import MotionCapture
from pose_ros.synthetic.poses import ArmRest, sample_pose

CAPTURED = 0.25  # share of poses from motion capture, where there is any


@dataclass(frozen=True)
class Body:
    """One posed person, in metres: x to the person's left, y behind, z up.

    Attributes:
        vertices, normals: (V, 3) of the mesh.
        keypoints: (17, 3) in the order of COCO17.
        head, root: (4, 4) motion of the head and of the pelvis since the rest pose.
    """

    vertices: np.ndarray
    normals: np.ndarray
    keypoints: np.ndarray
    head: np.ndarray
    root: np.ndarray


class BodyModel:
    """Samples bodies: shape and pose.

    Raises:
        DatasetError: anny is not installed.
    """

    def __init__(self) -> None:
        try:
            import anny
            from anny.keypoints import KeypointsRegressor
        except ImportError as error:
            raise DatasetError(f'synthetic people need anny ({error}); install pose_ros[train]') from error
        self._model = anny.Anny().float().eval()
        self._regressor = KeypointsRegressor.coco(self._model, labels=list(COCO17.keypoints)).float()
        self._bone = {name: i for i, name in enumerate(self._model.bone_labels)}
        self.faces = self._model.faces.numpy().astype(np.int32)
        self.canonical, keypoints, self._rest_bones = (x[0] for x in self._forward([{}], [self._average()]))
        self.eyes = self._is_eye()
        self.arms = {side: _rest_arm(keypoints, name) for side, name in (('L', 'left'), ('R', 'right'))}
        self._corners = self._face_corners()

    def sample(self, random: np.random.Generator, count: int, motion: MotionCapture | None = None) -> list[Body]:
        """`count` people of random shape in random poses, some of them from motion capture."""
        poses = [motion.sample(random, self.arms) if motion and random.random() < CAPTURED else
                 sample_pose(random, self.arms) for _ in range(count)]
        return self.pose(poses, [sample_shape(random) for _ in range(count)])

    def pose(self, poses: list[dict[str, np.ndarray]], shapes: list[dict[str, float]]) -> list[Body]:
        """Bodies of these shapes (values of Anny's sliders by name) in these poses (see `sample_pose`)."""
        vertices, keypoints, bones = self._forward(poses, shapes)
        return [Body(v, self._normals(v), k, self._motion(b, 'head'), self._motion(b, 'root'))
                for v, k, b in zip(vertices, keypoints, bones)]

    def _average(self) -> dict[str, float]:
        return dict.fromkeys(self._model.phenotype_labels, 0.5)

    def _forward(self, poses: list[dict[str, np.ndarray]], shapes: list[dict[str, float]]) -> tuple[np.ndarray, ...]:
        bones = torch.eye(4).repeat(len(poses), len(self._bone), 1, 1)
        for pose, matrices in zip(poses, bones):
            for name, matrix in pose.items():
                matrices[self._bone[name], :3, :3] = torch.as_tensor(matrix)
        phenotypes = {name: torch.tensor([shape[name] for shape in shapes]) for name in shapes[0]}
        with torch.no_grad():
            posed = self._model(pose_parameters=bones, phenotype_kwargs=phenotypes)
            keypoints = self._regressor(posed)
        return posed['vertices'].numpy(), keypoints.numpy(), posed['bone_poses'].numpy()

    def _motion(self, bones: np.ndarray, name: str) -> np.ndarray:
        return bones[self._bone[name]] @ np.linalg.inv(self._rest_bones[self._bone[name]])

    def _is_eye(self) -> np.ndarray:
        weights, bones = self._model.vertex_bone_weights.numpy(), self._model.vertex_bone_indices.numpy()
        strongest = bones[np.arange(len(bones)), weights.argmax(1)]
        return np.isin(strongest, [self._bone['eye.L'], self._bone['eye.R']]).astype(np.float32)

    def _face_corners(self) -> csr_matrix:
        count = len(self.faces)
        ones = np.ones(3 * count, np.float32)
        return csr_matrix((ones, (self.faces.T.ravel(), np.tile(np.arange(count), 3))), (len(self.canonical), count))

    def _normals(self, vertices: np.ndarray) -> np.ndarray:
        a, b, c = (vertices[self.faces[:, i]] for i in range(3))
        normals = self._corners @ np.cross(b - a, c - a).astype(np.float32)
        return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9)


def _rest_arm(keypoints: np.ndarray, side: str) -> ArmRest:
    shoulder, elbow, wrist = (keypoints[COCO17.index(f'{side}_{part}')] for part in ('shoulder', 'elbow', 'wrist'))
    return ArmRest(elbow - shoulder, wrist - elbow)


def sample_shape(random: np.random.Generator) -> dict[str, float]:
    """Anny's sliders, each 0..1: mostly adults, some children."""
    adult = random.random() < .88
    values = {'gender': random.choice([.05, .95]) + random.normal(0, .1), 'muscle': random.normal(.5, .2),
              'weight': random.normal(.5, .25), 'height': random.normal(.5, .2), 'proportions': random.normal(.6, .2),
              'age': random.uniform(.55, .98) if adult else random.uniform(.25, .5)}
    return {name: float(np.clip(value, 0, 1)) for name, value in values.items()}
