"""Checks of the machine and of what computes: Python, torch, the GPU, OpenCV, the weights, shared memory."""
from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import distributions, version
from pathlib import Path

from pose_ros.doctor.check import Check
from pose_ros.weights import CHECKPOINTS, list_weights, verify

OLDEST_PYTHON = (3, 10)
SHARED_MEMORY = Path('/dev/shm')
SHARED_MEMORY_MB = 128
RECEIVE_BUFFER = Path('/proc/sys/net/core/rmem_max')
RECEIVE_BUFFER_BYTES = 4 << 20


def check_python() -> Check:
    """The Python that runs this."""
    detail = f'{platform.python_version()} at {sys.executable}'
    if sys.version_info < OLDEST_PYTHON:
        return Check('python', 'fail', detail, 'use Python 3.10 or newer')
    return Check('python', 'ok', detail)


def check_torch() -> Check:
    """torch and torchvision, and that they fit together."""
    import torch
    import torchvision
    from torchvision.ops import nms

    # torchvision's own operators are missing where it was built for another torch.
    nms(torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.ones(1), 0.5)
    return Check('torch', 'ok', f'torch {torch.__version__}, torchvision {torchvision.__version__}')


def check_gpu() -> Check:
    """The CUDA devices and their memory."""
    import torch

    if torch.cuda.is_available():
        return Check('gpu', 'ok', ', '.join(_describe_gpu(index) for index in range(torch.cuda.device_count())))
    if Path('/proc/driver/nvidia/version').exists():
        why = f'there is an NVIDIA driver, but torch {torch.__version__} (CUDA {torch.version.cuda}) cannot use it'
        return Check('gpu', 'warn', why, 'install a torch that fits the driver; until then the CPU is used')
    return Check('gpu', 'ok', f'none; the network runs on the CPU with {torch.get_num_threads()} threads')


def _describe_gpu(index: int) -> str:
    import torch

    free, total = torch.cuda.mem_get_info(index)
    return f'cuda:{index} {torch.cuda.get_device_name(index)}, {free / 1e9:.1f} of {total / 1e9:.1f} GB free'


def check_opencv() -> Check:
    """numpy and OpenCV; OpenCV's distributions overwrite each other's files."""
    import cv2
    import numpy as np

    names = {(dist.metadata['Name'] or '').lower() for dist in distributions()}
    installed = sorted(name for name in names if name.startswith('opencv-'))
    detail = f'numpy {np.__version__}, OpenCV {cv2.__version__} ({", ".join(installed) or "not from pip"})'
    if len(installed) > 1:
        return Check('opencv', 'warn', detail, f'keep one of {", ".join(installed)}: pip uninstall the others')
    return Check('opencv', 'ok', detail)


def check_weights(folder: Path = CHECKPOINTS) -> Check:
    """The networks of the package, each compared with its registered digest, which every message carries."""
    found = [weights for weights in list_weights(folder) if not weights.url]
    for weights in found:
        verify(weights, folder)
    if not found:
        return Check('weights', 'fail', f'none are registered in {folder}', 'install the package again')
    detail = ', '.join(f'{one.name}@{one.sha256[:12]} ({one.size / 1e6:.1f} MB)' for one in found)
    return Check('weights', 'ok', detail)


def check_rosbags() -> Check:
    """What reads and writes bags."""
    return Check('rosbags', 'ok', version('rosbags'))


def check_shared_memory() -> Check:
    """Fast DDS passes images between processes of one machine through shared memory."""
    disk = os.statvfs(SHARED_MEMORY)
    free_mb = disk.f_bavail * disk.f_frsize / 1e6
    detail = f'{free_mb:.0f} MB free in {SHARED_MEMORY}'
    if free_mb < SHARED_MEMORY_MB:
        return Check('shared memory', 'warn', detail, f'give it {SHARED_MEMORY_MB} MB (docker: --shm-size=512m)')
    return Check('shared memory', 'ok', detail)


def check_receive_buffer() -> Check:
    """Raw images from another machine come in bursts of UDP packets that need room."""
    size = int(RECEIVE_BUFFER.read_text(encoding='ascii'))
    detail = f'{size / 1e6:.1f} MB at most for a socket'
    if size < RECEIVE_BUFFER_BYTES:
        remedy = f'for raw images over a network: sudo sysctl -w net.core.rmem_max={RECEIVE_BUFFER_BYTES}'
        return Check('receive buffer', 'warn', detail, remedy)
    return Check('receive buffer', 'ok', detail)
