"""Draws posed people with OpenGL off screen (moderngl over EGL: a GPU, or mesa's llvmpipe on the CPU)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.synthetic.appearance import Appearance, displacement
from pose_ros.synthetic.bodies import Body, BodyModel
from pose_ros.synthetic.shaders import FRAGMENT, VERTEX
from pose_ros.synthetic.sheets import Sheet

HAIR, SKIRT = 3.0, 4.0  # the `kind` of a surface; 0 is the body, 1 the eyes


@dataclass(frozen=True)
class View:
    """Where a person stands before the camera: p_camera = rotation @ p + translation [m]; focal length [px]."""

    rotation: np.ndarray
    translation: np.ndarray
    focal: float

    def project(self, points: np.ndarray, size: int) -> np.ndarray:
        """(..., 3) [m] -> (..., 2) [px] of a size x size picture; pixel centres are at integers."""
        q = points @ self.rotation.T + self.translation
        return q[..., :2] / q[..., 2:] * self.focal + (size - 1) / 2


class Renderer:
    """Draws people into one size x size picture after another.

    Raises:
        DatasetError: moderngl is not installed, or no OpenGL over EGL is there.
    """

    def __init__(self, size: int, model: BodyModel, prints: list[np.ndarray]) -> None:
        """Args: prints: (h, w, 3) uint8 pictures for cloth."""
        self.size, self._model = size, model
        self._hair = Sheet(np.linspace(-2.35, 2.35, 24), rows=10, closed=False)
        self._skirt = Sheet(np.linspace(0, 2 * np.pi, 32, endpoint=False), rows=10, closed=True)
        self._context = _context()
        self._program = self._context.program(VERTEX, FRAGMENT)
        colour, depth = self._context.texture((size, size), 4), self._context.depth_renderbuffer((size, size))
        self._frame = self._context.framebuffer([colour], depth)
        self._context.enable(self._context.DEPTH_TEST)
        self._prints = [self._texture(picture) for picture in prints]
        self._upload_static()

    def begin(self) -> None:
        """Start an empty picture."""
        self._frame.use()
        self._context.clear(0, 0, 0, 0)

    def draw(self, body: Body, look: Appearance, light: dict[str, tuple[float, ...]], view: View, number: int) -> None:
        """Add a person; `number` (1..255) marks their pixels."""
        self._dynamic.write(self._vertices(body, look).astype('f4').tobytes())
        self._set({**look.colours, **look.numbers, **light, 'person': float(number), 'focal': view.focal,
                   'size': float(self.size), 'translation': tuple(view.translation), 'shirt_print': 0,
                   'trousers_print': 1})
        self._program['rotation'].write(view.rotation.T.astype('f4').tobytes())
        for unit, picture in enumerate(look.prints):
            self._prints[picture].use(unit)
        self._arrays[look.long_hair > 0, look.skirt > 0].render()

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """The picture (size, size, 3) uint8 RGB and whose each pixel is (size, size) uint8, 0 for nobody's."""
        rows = np.frombuffer(self._frame.read(components=4, alignment=1), np.uint8)
        pixels = rows.reshape(self.size, self.size, 4)[::-1]  # OpenGL's first row is the lowest
        return pixels[..., :3].copy(), pixels[..., 3].copy()

    def _set(self, values: dict[str, object]) -> None:
        for name in self._program:
            if name in values:
                self._program[name].value = values[name]

    def _texture(self, picture: np.ndarray) -> Any:
        height, width = picture.shape[:2]
        texture = self._context.texture((width, height), 3, np.ascontiguousarray(picture).tobytes(), alignment=1)
        texture.build_mipmaps()
        return texture

    def _upload_static(self) -> None:
        hair, skirt, body = len(self._hair.angle), len(self._skirt.angle), len(self._model.canonical)
        self._count = body + hair + skirt
        kind = np.concatenate([self._model.eyes, np.full(hair, HAIR), np.full(skirt, SKIRT)])
        rest = np.concatenate([self._model.canonical, np.zeros((hair, 3)), self._place(self._skirt)])
        rest[body:body + hair] = self._place(self._hair)
        static = self._context.buffer(np.column_stack([rest, kind]).astype('f4').tobytes())
        self._dynamic = self._context.buffer(reserve=self._count * 24)
        layout = [(self._dynamic, '3f 3f', 'position', 'normal'), (static, '3f 1f', 'rest', 'kind')]
        self._arrays = {(h, s): self._context.vertex_array(self._program, layout, self._indices(h, s))
                        for h in (False, True) for s in (False, True)}

    @staticmethod
    def _place(sheet: Sheet) -> np.ndarray:
        return np.stack([.1 * sheet.angle, 0 * sheet.angle, -.5 * sheet.down], -1)

    def _indices(self, hair: bool, skirt: bool) -> Any:
        body = len(self._model.canonical)
        faces = [self._model.faces, *([self._hair.faces + body] if hair else []),
                 *([self._skirt.faces + body + len(self._hair.angle)] if skirt else [])]
        return self._context.buffer(np.concatenate(faces).astype('i4').tobytes())

    def _vertices(self, body: Body, look: Appearance) -> np.ndarray:
        """(V, 6): positions and normals of body, hair and skirt."""
        skin = body.vertices + body.normals * displacement(look, self._model.canonical)[:, None]
        hair, skirt = self._hair.hair(look), self._skirt.skirt(look)
        points, normals = [skin], [body.normals]
        for sheet, motion in ((hair, body.head), (skirt, body.root)):
            outwards = sheet * [1, 1, 0]
            outwards /= np.linalg.norm(outwards, axis=1, keepdims=True) + 1e-9
            points.append(sheet @ motion[:3, :3].T + motion[:3, 3])
            normals.append(outwards @ motion[:3, :3].T)
        return np.column_stack([np.concatenate(points), np.concatenate(normals)])


def _context() -> Any:
    try:
        import moderngl
        # moderngl's stub types `backend` as a dict; it is a name.
        return moderngl.create_context(standalone=True, backend='egl')  # type: ignore[arg-type]
    except Exception as error:  # moderngl raises bare Exception when EGL is missing
        raise DatasetError(f'synthetic people need OpenGL over EGL: {error}; install pose_ros[train] and libegl1 '
                           '(with mesa where there is no GPU)') from error
