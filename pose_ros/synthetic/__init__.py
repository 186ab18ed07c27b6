"""Synthetic people: bodies in random poses and clothes, rendered over photos. Needs the `train` extra."""
