"""The web server of a node: Granian's RSGI with a thin adapter of ours. See README.md."""
