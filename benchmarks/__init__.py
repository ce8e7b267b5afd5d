"""Measurements, each with what a user would pick instead, in the same run."""
