"""Recipes: functions that return a whole Run; each docstring has the command, the hours and what to expect."""
