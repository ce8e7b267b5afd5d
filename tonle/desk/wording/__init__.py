"""Corrections of the interface's words: proposed by readers, decided by stewards."""
