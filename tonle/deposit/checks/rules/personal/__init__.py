"""Traces of people in files: what is read, how it is recognised, and what is told of it.

`scan.scan(path, name, limits)` is the one entry. It reads as a stream, within bounds, and
never keeps or tells a value: a trace says where, what and how many, with a masked example.
"""
