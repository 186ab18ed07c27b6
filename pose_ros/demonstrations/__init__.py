"""What a person showed a robot: recorded, cut into motions, moved to other robots and goals, exported for learning.

`demonstration` is what a recording holds (its file is the bridge's); `segment` and `gesture` cut it; `transfer` gives
it to another robot; `primitives` learns from it; `timing` and `feasibility` say how fast and if at all; `replay` makes
a trajectory that the follower performs; `episode` and the exports are for other people's learning.
Nothing here knows ROS or torch. Needs the extra `learning`, each library only where it is used.
"""
