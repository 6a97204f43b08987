"""The co-pilot of a live session: it thinks ahead in a thread, and whoever feeds it never waits.

All screens go through the policy, for its memory must hold the true history; a suggestion is made for the
newest one alone. Many co-pilots share one executor and take turns, a screen at a time.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from clonotate.copilot.suggestion import Follower, Glimpse, Suggestion
from clonotate.models.base import ClickModel
from clonotate.records import ClonotateError


class Copilot:
    """Follows one session. `ready` is called with every suggestion, in the executor's thread.

    `latest` is the suggestion for the newest screen, None while it is being made; `took` is how many seconds
    the last one needed from its screen to `ready`; `trouble` says what went wrong, empty if nothing did.
    """

    def __init__(
        self,
        model: ClickModel[Any],
        executor: Executor,
        ready: Callable[[Suggestion], None] = lambda suggestion: None,
        unrest: float = 0.0,
    ) -> None:
        self.executor, self.ready = executor, ready
        self.follower = Follower(model, unrest)  # touched in a turn only, and there is one turn at a time
        self.lock = threading.Lock()
        self.coming: deque[Iterator[Glimpse]] = deque()
        self.turn = self.forget = self.closed = False
        self.latest: Suggestion | None = None
        self.took, self.fed, self.trouble = 0.0, 0.0, ""

    def see(self, what: Glimpse) -> None:
        """The next screen of the session; returns at once."""
        with self.lock:
            self._add((what,))

    def restart(self, history: Iterable[Glimpse]) -> None:
        """Another history, its present screen last: a session resumed or branched. What was known is stale.

        `history` is gone through in the executor's thread, so it may be lazy.
        """
        with self.lock:
            self.coming.clear()
            self.forget, self.trouble = True, ""
            self._add(history)

    def close(self) -> None:
        """Stops thinking; harmless if done twice."""
        with self.lock:
            self.coming.clear()
            self.closed, self.latest = True, None

    def _add(self, screens: Iterable[Glimpse]) -> None:
        if self.closed or self.trouble:
            return
        self.coming.append(iter(screens))
        self.latest, self.fed = None, time.monotonic()
        if not self.turn:
            self._ask_for_a_turn()

    def _ask_for_a_turn(self) -> None:
        with suppress(RuntimeError):  # the executor was shut down: nobody wants to know any more
            self.executor.submit(self._take_turn)
            self.turn = True

    def _take_turn(self) -> None:
        """Looks at one screen; where none is left, says what it thinks of the last one."""
        try:
            self._look()
        except ClonotateError as error:
            with self.lock:
                self.coming.clear()
                self.trouble = str(error)
        with self.lock:
            self.turn = False
            if self.coming:
                self._ask_for_a_turn()

    def _look(self) -> None:
        with self.lock:
            if self.forget:
                self.follower.forget()
                self.forget = False
            first = self.coming[0] if self.coming else iter(())
        what = next(first, None)
        if what is not None:
            self.follower.see(what)
            return
        with self.lock:
            if self.coming and self.coming[0] is first:
                self.coming.popleft()
        self._tell()

    def _tell(self) -> None:
        """Publishes a suggestion, unless there is something newer to look at by then."""
        if self.coming or not self.follower.seen:
            return
        suggestion = self.follower.suggest()
        with self.lock:
            if self.coming or self.closed:
                return
            self.latest, self.took = suggestion, time.monotonic() - self.fed
        self.ready(suggestion)
