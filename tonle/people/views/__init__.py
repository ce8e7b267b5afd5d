"""The pages of accounts, roles, organisations and communities."""
