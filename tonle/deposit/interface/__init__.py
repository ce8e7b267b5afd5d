"""Depositing, curating and asking for access by program: REST, and the command line."""
