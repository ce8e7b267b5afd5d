"""Organisations to and from named standards. Pure."""
