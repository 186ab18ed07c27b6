"""Smooth keypoints [px] and points [m] over time, with velocity, covariance and prediction to a later moment."""
