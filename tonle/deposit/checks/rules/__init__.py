"""What holds about a draft's words and files, without a database or a clock."""
