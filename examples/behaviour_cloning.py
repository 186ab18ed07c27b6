"""A robot arm learns a motion from a person by behaviour cloning, and performs it in simulation.

A person shows one motion many times, each time a little differently; the arm follows, and `pose-ros export` makes a
robomimic dataset of it. A small network learns where the joints go next, from where they are and how long it has been,
and drives the simulated arm through the follower that guards a real one: no limit is ever broken, however bad the
network is. Shown motions that it has not learnt from tell how good it is.

    python examples/behaviour_cloning.py                     # shows, exports, learns, performs: out/behaviour_cloning/
    python examples/behaviour_cloning.py --data taught.hdf5  # learns from your own export (--robot names the arm)
"""
from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import torch
from torch import nn

from pose_ros.benchmarks.motions import add_noise
from pose_ros.benchmarks.taught import seen, teach
from pose_ros.demonstrations.episode import cut
from pose_ros.demonstrations.export import export
from pose_ros.demonstrations.segment import segment
from pose_ros.demonstrations.settings import EpisodeSettings
from pose_ros.demonstrations.transfer import transferred
from pose_ros.retargeting.reference import Reference
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.robot import Robot, load_robot
from pose_ros.retargeting.sim_controller import JointPath, SimController
from pose_ros.skeletons import COCO17

RATE_HZ = 25
NOISE = 0.02  # [rad] on the joints while learning
Episodes = list[tuple[np.ndarray, np.ndarray]]


def show_and_export(robot: Robot, path: Path, count: int) -> None:
    """A person shows a motion `count` times, between two that are never quite the same."""
    (one, _), (other, _) = teach(seed=1, count=1), teach(seed=2, count=1)
    parts = []
    for number, part in enumerate(np.linspace(0, 0.5, count)):
        person = add_noise(replace(one, points=(1 - part) * one.points + part * other.points), seed=number)
        demonstration = transferred(seen(person), robot)
        parts.append((demonstration, segment(demonstration)))
    export(cut(parts, EpisodeSettings(rate_hz=RATE_HZ, state='commanded', task='show')), 'robomimic', path)


def load(path: Path) -> Episodes:
    """Observations (T, n + 1), joints [rad] and time [s], and actions (T, n) of every episode."""
    with h5py.File(path) as file:
        demos = [file[f'data/demo_{number}'] for number in range(len(file['data']))]
        return [(np.concatenate([demo['obs/joint_positions'][:], demo['obs/time'][:]], axis=1), demo['actions'][:])
                for demo in demos]


class Policy(nn.Module):
    """(N, n + 1) joints and time to (N, n) where the joints should be one frame later."""

    def __init__(self, observed: torch.Tensor, width: int = 128) -> None:
        super().__init__()
        joints = observed.shape[1] - 1
        self.register_buffer('middle', observed.mean(0))
        self.register_buffer('scale', observed.std(0) + 1e-3)
        self.layers = nn.Sequential(nn.Linear(joints + 1, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(),
                                    nn.Linear(width, joints))

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.middle[:-1] + self.scale[:-1] * self.layers((observation - self.middle) / self.scale)


def train(episodes: Episodes, epochs: int, seed: int = 0) -> Policy:
    """Learns from all frames at once; noise on the joints teaches the way back to what was shown."""
    torch.manual_seed(seed)
    observations, actions = (torch.from_numpy(np.concatenate(parts)).float() for parts in zip(*episodes))
    policy = Policy(observations)
    optimizer = torch.optim.Adam(policy.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        off = NOISE * torch.randn_like(observations)
        off[:, -1] = 0
        loss = (((policy(observations + off) - actions) / policy.scale[:-1]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return policy


def drive(robot: Robot, policy: Policy, start: np.ndarray, duration: float) -> np.ndarray:
    """(T, n) where the simulated arm was at every tick [rad], from a pose (n,) on."""
    retargeter = Retargeter(robot, COCO17, start)
    arm = SimController(robot.joints, robot.limits, start)
    steps, ticks = round(1 / RATE_HZ / retargeter.step_s), round(retargeter.step_s / retargeter.tick_s)
    positions, now = [], 0.0
    while now < duration:
        with torch.no_grad():
            observation = torch.tensor(np.append(arm.position, now), dtype=torch.float32)
            target = policy(observation[None])[0].double().numpy()
        velocity = (target - arm.position) * RATE_HZ
        retargeter.aim(Reference(target, velocity, now + 1 / RATE_HZ, now + 1.5 / RATE_HZ))
        for _ in range(steps):
            path = retargeter.step(now)
            times = retargeter.tick_s * np.arange(1, len(path) + 1)
            arm.accept(JointPath(robot.joints, now, times, path.positions, path.velocities, np.empty((len(path), 0))),
                       now)
            for _ in range(ticks):
                now += retargeter.tick_s
                arm.update(now)
                positions.append(arm.position.copy())
    return np.array(positions)


def evaluate(robot: Robot, policy: Policy, held_out: Episodes) -> tuple[list[np.ndarray], dict[str, float]]:
    """Performs every held-out episode from its start; the ways, and how far they are from what was shown [deg]."""
    ways, middle, end, still, broken = [], [], [], [], 0
    for observations, actions in held_out:
        way = drive(robot, policy, observations[0, :-1].astype(float), len(actions) / RATE_HZ)
        there = way[np.minimum(np.arange(1, len(actions) + 1) * len(way) // len(actions), len(way)) - 1]
        middle.append(np.abs(there - actions).mean())
        end.append(np.abs(there[-1] - actions[-1]).max())
        still.append(np.abs(actions - actions[0]).mean())
        broken += sum(violations(robot.limits, way, 0.01))
        ways.append(way)
    return ways, {'mean error [deg]': float(np.degrees(np.mean(middle))),
                  'worst error at the end [deg]': float(np.degrees(np.max(end))),
                  'mean error of an arm that stands [deg]': float(np.degrees(np.mean(still))), 'violations': broken}


def plot(robot: Robot, held_out: Episodes, ways: list[np.ndarray], path: Path) -> None:
    """Joints over time: what was shown (grey) and what the policy did."""
    import matplotlib
    matplotlib.use('Agg')
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(1, len(robot.joints), figsize=(2.4 * len(robot.joints), 2.8), sharex=True)
    for joint, (axis, name) in enumerate(zip(axes, robot.joints)):
        for (_, actions), way in zip(held_out, ways):
            axis.plot(np.arange(1, len(actions) + 1) / RATE_HZ, np.degrees(actions[:, joint]), color='0.6', lw=3)
            axis.plot(0.01 * np.arange(1, len(way) + 1), np.degrees(way[:, joint]), color='tab:blue', lw=1)
        axis.set(title=name, xlabel='s')
        if np.diff(axis.get_ylim()) < 2:
            axis.set_ylim(-1, 1)
    axes[0].set_ylabel('deg')
    figure.suptitle('shown, and never learnt from (grey); performed by the policy (blue)', fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def main() -> None:
    """See the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', type=Path, help='robomimic export; empty = shows and exports one')
    parser.add_argument('--robot', default='arm7', help='robot file, or name of a robot of the package')
    parser.add_argument('--out', type=Path, default=Path('out/behaviour_cloning'))
    parser.add_argument('--count', type=int, default=24, help='how often the motion is shown')
    parser.add_argument('--epochs', type=int, default=1500)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    robot, data = load_robot(options.robot), options.data or options.out / 'shown.hdf5'
    if not data.exists():
        show_and_export(robot, data, options.count)
    episodes = load(data)
    held_out = episodes[2::5]
    learnt_from = [episode for number, episode in enumerate(episodes) if number % 5 != 2]
    policy = train(learnt_from, options.epochs)
    ways, errors = evaluate(robot, policy, held_out)
    torch.save(policy.state_dict(), options.out / 'policy.pt')
    plot(robot, held_out, ways, options.out / 'joints.png')
    print(f'{len(learnt_from)} episodes learnt from, {len(held_out)} held out')
    for name, value in errors.items():
        print(f'{name}: {value:.2f}')


if __name__ == '__main__':
    main()
