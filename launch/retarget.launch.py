"""Starts retarget_node, on request with a simulated robot, so that a robot moves like a person in front of a camera.

    ros2 launch pose_ros retarget.launch.py persons:=/pose_node/persons_raw params_file:=my_robot.yaml

Which robot, and where its camera is, stands in `params_file`; with `simulate:=true` there is a robot to try it on.
NO certified safety function: keep the robot's emergency stop in your hand.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode, Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

LOGGING = ['--ros-args', '--log-level', LaunchConfiguration('log_level')]


def arguments() -> list[DeclareLaunchArgument]:
    """What can be set on the command line."""
    return [
        DeclareLaunchArgument(
            'params_file',
            default_value=PathJoinSubstitution([FindPackageShare('pose_ros'), 'config', 'retarget.yaml']),
            description='YAML file with the parameters of the nodes',
        ),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of the nodes'),
        DeclareLaunchArgument(
            'use_sim_time', default_value='false', choices=['true', 'false'], description='Follow /clock'
        ),
        DeclareLaunchArgument(
            'log_level',
            default_value='info',
            choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='Smallest severity that is logged',
        ),
        DeclareLaunchArgument(
            'persons', default_value='/pose_node/persons_raw', description='Topic of the people, with points in metres'
        ),
        DeclareLaunchArgument(
            'simulate', default_value='false', choices=['true', 'false'], description='Also start a simulated robot'
        ),
    ]


def retarget_node() -> LifecycleNode:
    """The node that moves the robot; nothing moves before its service ~/enable is called."""
    use_sim_time = ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)
    return LifecycleNode(
        package='pose_ros',
        executable='retarget_node',
        name='retarget_node',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[LaunchConfiguration('params_file'), {'use_sim_time': use_sim_time}],
        remappings=[('persons', LaunchConfiguration('persons'))],
        arguments=LOGGING,
    )


def sim_robot_node() -> Node:
    """A robot to try it on."""
    use_sim_time = ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)
    return Node(
        package='pose_ros',
        executable='sim_robot_node',
        name='sim_robot_node',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        condition=IfCondition(LaunchConfiguration('simulate')),
        parameters=[LaunchConfiguration('params_file'), {'use_sim_time': use_sim_time}],
        arguments=LOGGING,
    )


def generate_launch_description() -> LaunchDescription:
    """The arguments, retarget_node and, on request, a simulated robot."""
    return LaunchDescription([*arguments(), retarget_node(), sim_robot_node()])
