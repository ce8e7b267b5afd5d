"""Pytest plugins of this project; pyproject.toml and the root conftest load them."""
