"""The same for programs: REST and commands."""
