"""Certificates of deposit: a page to print and show, and an address that says if it holds.

`codes` makes and reads the code of a certificate, `selectors` finds what a code certifies,
`certificate` lays the page out, `fonts` and `typesetting` turn text of any script into
glyphs, `pdf` writes them down. docs/decisions/0021-certificates.md says why it is so.
"""
