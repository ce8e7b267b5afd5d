"""Opportunities and awards in the words of other people's standards, and read from them."""
