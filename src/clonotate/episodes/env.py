"""The tasks as Gymnasium environments: see a screen, click, and be rewarded if all is right at Done.

    import gymnasium
    env = gymnasium.make("clonotate.episodes.env:clonotate/ColoredDotTracking-v0", level="easy")

What stands before the colon is imported and registers its environments; without it, call `register()` first.
"""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, MultiDiscrete
from numpy.typing import NDArray

from clonotate.episodes.session import Session
from clonotate.records import Click, ClonotateError, Screen, Source
from clonotate.screens.layout import layout_named
from clonotate.tasks import TASKS, task_named

Action = NDArray[np.int64]  # [2]: x, y


class AnnotationEnv(gymnasium.Env[Screen, Action]):
    """One task at one level. `reset(seed=n)` is world n, the one that `Source(task, level, n)` names.

    The reward is 1 for pressing Done when everything is right, else 0; Done ends an episode and `budget`
    clicks cut it off. The last `info` holds the graded parts of the score, each in [0, 1].
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012  (as its base class has it)

    def __init__(
        self,
        task: str,
        level: str = "standard",
        layout: str = "original",
        budget: int = 500,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, "rgb_array"):
            raise ClonotateError(f"no render mode {render_mode!r}; there is rgb_array")
        self.version = task_named(task, level).version
        self.task, self.level, self.layout, self.budget = task, level, layout, budget
        self.render_mode = render_mode
        look = layout_named(layout)
        width, height = look.width * look.ratio, look.height * look.ratio
        self.observation_space = Box(0, 255, (height, width, 3), np.uint8)
        self.action_space = MultiDiscrete(np.array([width, height]))
        self.session: Session | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Screen, dict[str, Any]]:
        """Begin the world of `seed`, or one drawn by the seed before."""
        super().reset(seed=seed)
        world = int(self.np_random.integers(2**31)) if seed is None else seed
        self.session = Session(Source(self.task, self.level, world, self.version), self.layout)
        return self.session.screen.copy(), {"world": world}

    def step(self, action: Action) -> tuple[Screen, float, bool, bool, dict[str, Any]]:
        """Click on `(x, y)` of the screen; `info["event"]` is the widget that was hit, "" for none."""
        session = self.begun
        event = session.click(Click(int(action[0]), int(action[1])))
        over = session.done or len(session.steps) >= self.budget
        info: dict[str, Any] = {"event": event.widget if event else ""}
        if over:
            info |= session.score().parts
        reward = float(session.done and session.score().success)
        return session.screen.copy(), reward, session.done, over and not session.done, info

    def render(self) -> Screen | None:
        """The screen, as an annotator sees it."""
        return self.begun.screen.copy() if self.render_mode else None

    @property
    def begun(self) -> Session:
        """The present session; ClonotateError before the first reset."""
        if self.session is None:
            raise ClonotateError("call reset() first")
        return self.session


def register() -> None:
    """Make every task known to Gymnasium under `environment_id`; harmless where it is known already."""
    for task in TASKS:
        if environment_id(task) not in gymnasium.registry:
            gymnasium.register(environment_id(task), f"{__name__}:AnnotationEnv", kwargs={"task": task})


def environment_id(task: str) -> str:
    """`colored-dot-tracking` is `clonotate/ColoredDotTracking-v0`; the number is of the environment."""
    return f"clonotate/{''.join(word.capitalize() for word in task.split('-'))}-v0"


register()
