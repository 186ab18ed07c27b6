r"""Starts pose_node on the topics of your camera, with RViz if you ask for it.

    ros2 launch pose_ros pose.launch.py image:=/camera/image_raw rviz:=true

The CameraInfo is taken from beside the images, here /camera/camera_info. No parameter is declared here: they stand in
`params_file`, several cameras and compressed images too. With depth:

    ros2 launch pose_ros pose.launch.py params_file:=$(ros2 pkg prefix --share pose_ros)/config/depth.yaml \
        image:=/camera/color/image_raw depth:=/camera/depth/image_raw
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode, Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

CONFIG = PathJoinSubstitution([FindPackageShare('pose_ros'), 'config'])
RESULTS = ('/pose_node/markers', '/pose_node/overlay')


def arguments() -> list[DeclareLaunchArgument]:
    """What can be set on the command line."""
    return [
        DeclareLaunchArgument(
            'params_file',
            default_value=PathJoinSubstitution([CONFIG, 'pose.yaml']),
            description='YAML file with the parameters of the nodes',
        ),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of pose_node'),
        DeclareLaunchArgument(
            'use_sim_time', default_value='false', choices=['true', 'false'], description='Follow /clock'
        ),
        DeclareLaunchArgument(
            'log_level',
            default_value='info',
            choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='Smallest severity that is logged',
        ),
        DeclareLaunchArgument('image', default_value='image', description='Topic of the images; CameraInfo beside it'),
        DeclareLaunchArgument('depth', default_value='depth/image', description='Topic of the depth, with depth.yaml'),
        DeclareLaunchArgument(
            'rviz', default_value='false', choices=['true', 'false'], description='Show people in RViz'
        ),
        DeclareLaunchArgument('fixed_frame', default_value='camera_optical_frame', description='Frame RViz looks from'),
    ]


def pose_node() -> LifecycleNode:
    """The node that finds people; it starts working by itself if its parameter `autostart` says so."""
    use_sim_time = ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)
    return LifecycleNode(
        package='pose_ros',
        executable='pose_node',
        name='pose_node',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[LaunchConfiguration('params_file'), {'use_sim_time': use_sim_time}],
        remappings=[('image', LaunchConfiguration('image')), ('depth/image', LaunchConfiguration('depth'))],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
    )


def rviz() -> Node:
    """RViz on the results of pose_node, also when that is in a namespace."""
    return Node(
        package='rviz2',
        executable='rviz2',
        condition=IfCondition(LaunchConfiguration('rviz')),
        arguments=[
            '--display-config', PathJoinSubstitution([CONFIG, 'pose.rviz']),
            '--fixed-frame', LaunchConfiguration('fixed_frame'),
        ],  # fmt: skip
        remappings=[(topic, [LaunchConfiguration('namespace'), topic]) for topic in RESULTS],
    )


def generate_launch_description() -> LaunchDescription:
    """The arguments, pose_node and, on request, RViz."""
    return LaunchDescription([*arguments(), pose_node(), rviz()])
