"""What holds about people, roles and secrets, without a database or a clock."""
