"""The studio: a page on one's own machine where people annotate on the very screens that policies see."""
