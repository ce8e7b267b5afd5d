"""What is missing, and what should not be made public unseen."""
