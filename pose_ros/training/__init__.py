"""Trains and measures the project's own network."""
