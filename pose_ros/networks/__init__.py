"""Torch networks and their checkpoints: tensor in, tensors out."""
