"""People in space and time: who is who, where in metres, how fast; one object per camera, without ROS."""
