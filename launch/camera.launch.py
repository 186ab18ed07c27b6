"""A camera of this machine, or a recording, and pose_node on its images.

    ros2 launch pose_ros camera.launch.py source:=/dev/video0 rviz:=true

The arguments of pose.launch.py are those of this file too, but for `image`.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution, ThisLaunchFileDir
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare


def arguments() -> list[DeclareLaunchArgument]:
    """What can be set on the command line, beside the arguments of pose.launch.py."""
    camera = PathJoinSubstitution([FindPackageShare('pose_ros'), 'config', 'camera.yaml'])
    return [
        DeclareLaunchArgument('source', description='Video, folder of images, bag, or camera (0, /dev/video0)'),
        DeclareLaunchArgument('camera_file', default_value=camera, description='YAML file for camera_node'),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of both nodes'),
    ]


def camera_node() -> Node:
    """The node that publishes the source."""
    source = ParameterValue(LaunchConfiguration('source'), value_type=str)
    return Node(
        package='pose_ros',
        executable='camera_node',
        name='camera_node',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[LaunchConfiguration('camera_file'), {'source': source}],
    )


def generate_launch_description() -> LaunchDescription:
    """The camera, and all of pose.launch.py on its topic."""
    pose = PythonLaunchDescriptionSource(PathJoinSubstitution([ThisLaunchFileDir(), 'pose.launch.py']))
    people = IncludeLaunchDescription(pose, launch_arguments=[('image', 'image_raw')])
    return LaunchDescription([*arguments(), camera_node(), people])
