"""Writing a deposit step by step."""
