"""Search by meaning, an option: things in other languages that lie near a question.

Off, it costs one look at the file system for a question, and nothing of it is imported.
"""
