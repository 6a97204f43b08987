"""Recipes: functions that return a whole Run. Each docstring has the command, the time and what to expect."""
