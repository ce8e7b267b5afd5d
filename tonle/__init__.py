"""Tonle: a shared research commons, one node at a time."""

__version__ = "0.1.0"
