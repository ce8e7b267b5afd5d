"""People over REST: one's own things, roles, communities and organisations, accounts."""
