"""The pages of the form: parse, call, render."""
