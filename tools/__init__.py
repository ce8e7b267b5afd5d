"""Commands for developers; nothing of a node imports them."""
