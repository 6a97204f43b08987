"""The main job: a policy annotates a real image stack through the interface that people use.

`window` looks at the stack through a canvas, `scale` chooses how coarsely, `trace` chains sessions into one
neurite, and `command` is what the command line runs.
"""

from clonotate.annotate.trace import Trace, trace

__all__ = ["Trace", "trace"]
