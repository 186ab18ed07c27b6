import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from pose_ros.benchmarks.scenes import make_scene
from pose_ros.estimators.maps import fold_batch_norms, half_scale_mean, mirrored_mean
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.skeletons import OPENPOSE18


def mirror(scene):
    """The maps of the mirrored scene, written down independently by name."""
    heatmaps, pafs = np.empty_like(scene.heatmaps), np.empty_like(scene.pafs)
    swap = {'left': 'right', 'right': 'left'}
    other = ['_'.join(swap.get(word, word) for word in name.split('_')) for name in OPENPOSE18.keypoints]
    for k, name in enumerate(other):
        heatmaps[k] = scene.heatmaps[OPENPOSE18.index(name), :, ::-1]
    heatmaps[-1] = scene.heatmaps[-1, :, ::-1]
    names = dict(zip(OPENPOSE18.keypoints, other))
    for limb, (a, b) in enumerate(OPENPOSE18.limbs):
        source = OPENPOSE18.limbs.index((names[a], names[b]))
        pafs[2 * limb], pafs[2 * limb + 1] = -scene.pafs[2 * source, :, ::-1], scene.pafs[2 * source + 1, :, ::-1]
    return heatmaps, pafs


def test_the_mean_of_a_scene_and_its_mirror_image_is_the_scene():
    scene = make_scene(5, 46, 82, 0)
    maps = [(torch.tensor(heatmaps)[None], torch.tensor(pafs)[None])
            for heatmaps, pafs in ((scene.heatmaps, scene.pafs), mirror(scene))]
    heatmaps, pafs = mirrored_mean(*maps, OPENPOSE18)
    np.testing.assert_allclose(heatmaps[0], scene.heatmaps[:18], atol=1e-6)
    np.testing.assert_allclose(pafs[0], scene.pafs, atol=1e-6)


def test_both_scales_see_the_same_place():
    """Of a ramp every cell is the mean of its pixels at either scale, so a shift of any part of a pixel would show."""
    y, x = torch.meshgrid(torch.arange(96.), torch.arange(160.), indexing='ij')
    ramp = torch.stack([x, y, x + y])[None]

    def run(images):
        cells = avg_pool2d(images, 8)
        return cells[:, :1], cells[:, 1:]
    for mean, plain in zip(half_scale_mean(run, ramp, 32), run(ramp)):
        torch.testing.assert_close(mean[..., 3:-3, 3:-3], plain[..., 3:-3, 3:-3])


def test_folding_batch_norms_changes_no_map():
    torch.manual_seed(0)
    network = OpenPoseNet(OpenPoseShape(widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1), features=8)).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -1, 1)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.uniform_(module.bias, -1, 1)
    images = torch.rand(2, 3, 64, 96)
    with torch.inference_mode():
        before = network(images)
        fold_batch_norms(network)
        after = network(images)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    for one, other in zip(before, after):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)
