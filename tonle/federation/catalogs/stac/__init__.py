"""`/stac/`: records with a place as a STAC API, for maps and their tools.

A kind is a collection, a record an item. Nothing here is for people to read: the landing
page of each record is, and every item leads to it.
"""
