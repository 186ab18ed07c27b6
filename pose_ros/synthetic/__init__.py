"""Synthetic people: bodies in random poses and clothes, rendered over photos, with exact keypoints. Needs the `train` extra."""
