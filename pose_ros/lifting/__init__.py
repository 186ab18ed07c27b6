"""Keypoints [px] to points [m]: from a depth image, or from several calibrated cameras."""
