"""Against the original (Daniil-Osokin/lightweight-human-pose-estimation.pytorch @ d23c284, Apache-2.0)."""
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from pose_ros.networks.lightweight_openpose import LightweightOpenPose

REPOSITORY = Path(__file__).resolve().parents[3] / '.mirror' / 'Daniil-Osokin+lightweight-human-pose-estimation.pytorch'
# Name and shape of each of its tensors, written down from the original.
TENSORS = dict(json.loads(Path(__file__).with_name('lightweight_tensors.json').read_text()))

# In a process of its own, as its rooms are called `models` and `modules`.
ORIGINAL = """
import sys
import torch
sys.path.insert(0, sys.argv[1])
from models.with_mobilenet import PoseEstimationWithMobileNet
torch.manual_seed(0)
network = PoseEstimationWithMobileNet().eval()
for module in network.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        for tensor, low, high in ((module.running_mean, -1, 1), (module.running_var, 0.5, 2), (module.weight, 0.5, 2),
                                  (module.bias, -1, 1)):
            torch.nn.init.uniform_(tensor, low, high)
images = torch.rand(2, 3, 64, 96) - 0.5
with torch.inference_mode():
    maps = network(images)[-2:]
torch.save({'state_dict': network.state_dict(), 'images': images, 'maps': maps}, sys.argv[2])
"""


def test_it_has_the_tensors_of_the_original_name_by_name_and_shape_by_shape():
    assert {name: list(value.shape) for name, value in LightweightOpenPose().state_dict().items()} == TENSORS


def test_it_gives_the_maps_of_the_original(tmp_path):
    git = REPOSITORY / 'repo'
    if not git.exists():
        pytest.skip(f'the original is not checked out at {git}')
    source = subprocess.run(['git', '--git-dir', git, 'archive', 'd23c284', 'models', 'modules'], capture_output=True,
                            check=True)
    subprocess.run(['tar', 'x', '-C', tmp_path], input=source.stdout, check=True)
    subprocess.run([sys.executable, '-c', ORIGINAL, tmp_path, tmp_path / 'original.pth'], check=True)
    original = torch.load(tmp_path / 'original.pth')
    ours = LightweightOpenPose().eval()
    ours.load_state_dict(original['state_dict'])
    with torch.inference_mode():
        maps = ours(original['images'])
    for one, other in zip(maps, original['maps']):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)
