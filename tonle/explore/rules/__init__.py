"""How files are looked into: pure readers, run by the child process alone."""
