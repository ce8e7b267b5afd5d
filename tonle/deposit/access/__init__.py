"""Asking for restricted files, and granting them."""
