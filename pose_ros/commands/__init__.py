"""The commands of `pose-ros`, one file each; `pose_ros.cli` assembles them."""
