"""A node killed at every point where a crash has been thought of, on both databases."""
