"""Files of the field, in and out; one format a module."""
