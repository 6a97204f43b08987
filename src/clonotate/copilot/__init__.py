"""A policy beside a person: suggestions, runs, doubt, and what the two of them do together."""
