"""glTF 2.0 binary (.glb), which Blender, three.js, Unity and Unreal read: y up, z ahead, metres."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pygltflib as gltf
from scipy.spatial.transform import Rotation

from pose_ros.files import written_whole
from pose_ros.motion_capture.bvh import TO_Y_UP
from pose_ros.motion_capture.puppet import JOINTS, Animation


def write_gltf(animation: Animation, path: Path, name: str = 'person') -> None:
    """Write a .glb file: a node for each joint, lines along the bones, and one animation.

    Raises:
        OSError: it cannot be written; a file that was there stays.
    """
    document, data = gltf.GLTF2(), _Data()
    offsets = animation.offsets @ TO_Y_UP.T
    for index, joint in enumerate(JOINTS):
        children = [number for number, other in enumerate(JOINTS) if other.parent == index]
        document.nodes.append(gltf.Node(name=joint.name, children=children, translation=offsets[index].tolist(),
                                        mesh=_lines(document, data, offsets[children])))
    document.scenes, document.scene = [gltf.Scene(name=name, nodes=[0])], 0
    document.animations = [_animation(animation, data, name)]
    document.accessors, document.bufferViews = data.accessors, data.views
    document.buffers = [gltf.Buffer(byteLength=len(data.bytes))]
    document.asset = gltf.Asset(version='2.0', generator='pose_ros')
    document.set_binary_blob(bytes(data.bytes))
    with written_whole(path) as file:
        file.write(b''.join(document.save_to_bytes()))


class _Data:
    """The numbers of a document, one after another."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.views: list[gltf.BufferView] = []
        self.accessors: list[gltf.Accessor] = []

    def add(self, values: np.ndarray) -> int:
        """Number of the accessor of (N,), (N, 3) or (N, 4) float32 values."""
        values = np.ascontiguousarray(values, np.float32)
        kind = gltf.SCALAR if values.ndim == 1 else {3: gltf.VEC3, 4: gltf.VEC4}[values.shape[1]]
        rows = values.reshape(len(values), -1)
        self.views.append(gltf.BufferView(buffer=0, byteOffset=len(self.bytes), byteLength=values.nbytes))
        self.accessors.append(gltf.Accessor(
            bufferView=len(self.views) - 1, componentType=gltf.FLOAT, count=len(values), type=kind,
            min=rows.min(0).tolist(), max=rows.max(0).tolist()))
        self.bytes += values.tobytes()
        return len(self.accessors) - 1


def _lines(document: gltf.GLTF2, data: _Data, ends: np.ndarray) -> int | None:
    """Number of a mesh of lines from a joint to its children; None without any that is elsewhere."""
    ends = ends[np.linalg.norm(ends, axis=1) > 0]
    if not len(ends):
        return None
    places = np.stack([np.zeros_like(ends), ends], axis=1).reshape(-1, 3)
    primitive = gltf.Primitive(attributes=gltf.Attributes(POSITION=data.add(places)), mode=gltf.LINES)
    document.meshes.append(gltf.Mesh(primitives=[primitive]))
    return len(document.meshes) - 1


def _animation(animation: Animation, data: _Data, name: str) -> gltf.Animation:
    turn = Rotation.from_matrix(TO_Y_UP)
    times = data.add(np.arange(len(animation.root)) / animation.rate_hz)
    tracks = [(0, 'translation', animation.root @ TO_Y_UP.T)]
    tracks += [(index, 'rotation', (turn * rotation * turn.inv()).as_quat(canonical=True))
               for index, rotation in enumerate(animation.rotations)]
    made = gltf.Animation(name=name)
    for number, (node, path, values) in enumerate(tracks):
        target = gltf.AnimationChannelTarget(node=node, path=path)
        made.samplers.append(gltf.AnimationSampler(input=times, output=data.add(values), interpolation='LINEAR'))
        made.channels.append(gltf.AnimationChannel(sampler=number, target=target))
    return made
