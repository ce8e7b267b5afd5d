"""OAI-PMH 2.0: what this node tells to harvesters.

Source: The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0
(2002-06-14, document version 2015-01-08); section numbers in this folder are its own.
"""
