"""One annotation after another: stepping, rolling out, replaying, storing."""
