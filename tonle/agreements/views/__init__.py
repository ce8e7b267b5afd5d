"""The pages of agreements."""
