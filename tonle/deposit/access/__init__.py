"""Asking for restricted files: a purpose, terms, a decision, a grant that ends."""
