"""What waits for a person, and how they are told: the page, and channels they chose."""
