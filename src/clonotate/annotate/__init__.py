"""The main job: a policy annotates a real image stack through the interface that people use.

`trace` chains sessions on windows of the stack (`formats/window.py`) into one neurite.
"""

from clonotate.annotate.trace import Trace, trace

__all__ = ["Trace", "trace"]
