"""The tasks as Gymnasium environments."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium")
from gymnasium.utils.env_checker import check_env  # noqa: E402

from clonotate.annotators.virtual import STEADY, VirtualAnnotator  # noqa: E402
from clonotate.episodes.env import AnnotationEnv, environment_id, register  # noqa: E402
from clonotate.episodes.session import Session  # noqa: E402
from clonotate.records import ClonotateError, Source  # noqa: E402
from clonotate.tasks import TASKS  # noqa: E402

DOTS = environment_id("colored-dot-tracking")
WIDTH, HEIGHT = 384, 288


@pytest.fixture(scope="module", autouse=True)
def known() -> None:
    register()
    register()


@pytest.mark.parametrize("task", TASKS)
def test_it_passes_the_checks_of_gymnasium(task: str) -> None:
    check_env(gymnasium.make(environment_id(task), level="easy", render_mode="rgb_array").unwrapped)


def test_names_are_as_gymnasium_likes_them() -> None:
    assert DOTS == "clonotate/ColoredDotTracking-v0"
    assert gymnasium.make(f"clonotate.episodes.env:{DOTS}").unwrapped.task == "colored-dot-tracking"


def test_a_seed_is_the_world_of_that_seed() -> None:
    screen, info = AnnotationEnv("colored-dot-tracking", "easy").reset(seed=12)
    assert info == {"world": 12}
    assert np.array_equal(screen, Session(Source("colored-dot-tracking", "easy", 12)).screen)


def test_worlds_without_a_seed_differ_and_follow_from_the_one_before() -> None:
    env, again = (AnnotationEnv("colored-dot-tracking", "easy") for _ in range(2))
    for one in (env, again):
        one.reset(seed=12)
    worlds = [env.reset()[1]["world"] for _ in range(3)]
    assert len(set(worlds)) == 3
    assert worlds == [again.reset()[1]["world"] for _ in range(3)]


def test_an_expert_is_rewarded_at_done_and_only_then() -> None:
    env = AnnotationEnv("colored-dot-tracking", "easy")
    screen, _ = env.reset(seed=1)
    person = VirtualAnnotator(env.begun, STEADY, np.random.default_rng(0))
    rewards, over = [], False
    while not over:
        click = person(screen).click
        screen, reward, terminated, truncated, info = env.step(np.array([click.x, click.y]))
        rewards.append(reward)
        over = terminated or truncated
    assert terminated
    assert rewards == [0.0] * (len(rewards) - 1) + [1.0]
    assert info["event"] == "done"
    assert info["in_order"] == 1.0


def test_the_budget_truncates() -> None:
    env = AnnotationEnv("colored-dot-tracking", "easy", budget=3)
    env.reset(seed=1)
    ends = [env.step(np.array([0, 0]))[2:4] for _ in range(3)]
    assert ends == [(False, False), (False, False), (False, True)]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_vectorised(task: str) -> None:
    envs = gymnasium.make_vec(environment_id(task), num_envs=2, vectorization_mode="sync", level="easy")
    screens, _ = envs.reset(seed=5)
    assert screens.shape == (2, HEIGHT, WIDTH, 3)
    assert not np.array_equal(*screens)
    assert envs.step(np.zeros((2, 2), np.int64))[0].shape == screens.shape
    envs.close()


@pytest.mark.parametrize("how", ["sync", "async"])
def test_it_is_vectorised(how: str) -> None:
    envs = gymnasium.make_vec(DOTS, num_envs=3, vectorization_mode=how, level="easy", budget=2)
    try:
        screens, _ = envs.reset(seed=5)
        assert screens.shape == (3, HEIGHT, WIDTH, 3)
        for _ in range(2):
            screens, rewards, _, truncated, _ = envs.step(np.zeros((3, 2), np.int64))  # chance may press Done
        assert truncated.all()
        assert not rewards.any()
        alone = AnnotationEnv("colored-dot-tracking", "easy")
        assert np.array_equal(envs.reset(seed=5)[0][1], alone.reset(seed=6)[0])
    finally:
        envs.close()


def test_screens_of_other_sizes_have_spaces_of_their_own() -> None:
    env = AnnotationEnv("colored-dot-tracking", "easy", layout="original@2x")
    screen, _ = env.reset(seed=0)
    assert env.observation_space.contains(screen)
    assert list(env.action_space.nvec) == [2 * WIDTH, 2 * HEIGHT]


def test_wrong_use_is_told() -> None:
    with pytest.raises(ClonotateError, match="render mode"):
        AnnotationEnv("colored-dot-tracking", render_mode="human")
    with pytest.raises(ClonotateError, match="reset"):
        AnnotationEnv("colored-dot-tracking").step(np.array([0, 0]))


def test_the_example_of_the_readme_runs() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    [example] = [block for block in blocks if "gymnasium" in block]
    names: dict[str, Any] = {}
    exec(example.replace("range(300)", "range(30)"), names)
    assert names["screen"].shape == (HEIGHT, WIDTH, 3)
    assert names["reward"] in (0.0, 1.0)
