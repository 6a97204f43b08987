"""`python -m clonotate.cli` is `clonotate`."""

from clonotate.cli import main

if __name__ == "__main__":
    main()
