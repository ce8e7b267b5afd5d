"""What holds without database and clock."""
