"""Webhooks: tell a program elsewhere when something public changes here."""
