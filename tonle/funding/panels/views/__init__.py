"""Pages of panels: for who runs one, and for reviewers."""
