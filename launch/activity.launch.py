"""activity_node on the people of pose_node: what they do.

    ros2 launch pose_ros activity.launch.py persons:=/pose_node/persons

No parameter is declared here: they stand in `params_file`.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare


def arguments() -> list[DeclareLaunchArgument]:
    """What can be set on the command line."""
    config = PathJoinSubstitution([FindPackageShare('pose_ros'), 'config', 'activity.yaml'])
    return [
        DeclareLaunchArgument('params_file', default_value=config, description='YAML file with the parameters'),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of activity_node'),
        DeclareLaunchArgument(
            'use_sim_time', default_value='false', choices=['true', 'false'], description='Follow /clock'
        ),
        DeclareLaunchArgument(
            'log_level',
            default_value='info',
            choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='Smallest severity that is logged',
        ),
        DeclareLaunchArgument('persons', default_value='/pose_node/persons', description='Topic of the people'),
    ]


def activity_node() -> LifecycleNode:
    """The node that tells what people do; it starts working by itself if its parameter `autostart` says so."""
    use_sim_time = ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)
    return LifecycleNode(
        package='pose_ros',
        executable='activity_node',
        name='activity_node',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[LaunchConfiguration('params_file'), {'use_sim_time': use_sim_time}],
        remappings=[('persons', LaunchConfiguration('persons'))],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
    )


def generate_launch_description() -> LaunchDescription:
    """The arguments and activity_node."""
    return LaunchDescription([*arguments(), activity_node()])
