"""The demo: real nodes in a real ROS graph over a clip, recorded into a folder."""
