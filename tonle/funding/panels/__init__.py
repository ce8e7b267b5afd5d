"""Panels of joint calls: reviewers, conflicts of interest, assignment, reviews."""
