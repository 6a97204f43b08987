"""clonotate: learn how an expert annotates, click by click, from screens alone; then annotate with it."""

__version__ = "0.1.0"
