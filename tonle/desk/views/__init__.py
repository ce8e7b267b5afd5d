"""Pages of the desk: asking, answering, and what a steward keeps."""
