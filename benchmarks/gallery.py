"""All nine families at once, worked through by a policy: one film, for the README.

    python benchmarks/gallery.py specialists --seed 20000 --out docs/nine.webp

Every family shows the first world, of a hundred from that seed on, that the policy finishes right; which
one is printed. All begin and end together, so that long episodes skip clicks and short ones linger.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from clonotate.episodes.replay import screens as screens_of
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import Contender, contender
from clonotate.formats.gif import enlarged, pressed
from clonotate.records import Screen, Source
from clonotate.tasks import NINE, task_named

ACROSS = 3
TRIED = 100  # worlds of a family
FRAMES, FRAME_MS, LAST_MS = 80, 140, 2_500
SCALE = 0.625
QUALITY = 45  # of 100


def main() -> None:
    """Let the policy work until each family went right once, and write the film."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("policy", help="a checkpoint or a name, as for clonotate evaluate")
    options.add_argument("--seed", type=int, default=20_000)
    options.add_argument("--budget", type=int, default=300)
    options.add_argument("--out", type=Path, default=Path("docs/nine.webp"))
    args = options.parse_args()
    who = contender(args.policy)
    films = [film(finished(who, task, args.seed, args.budget)) for task in NINE]
    frames = [Image.fromarray(tiled(screens)) for screens in zip(*films, strict=True)]
    durations = [FRAME_MS] * (FRAMES - 1) + [LAST_MS]
    frames[0].save(
        args.out,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        quality=QUALITY,
        method=6,
    )
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB")


def finished(who: Contender, task: str, first: int, budget: int) -> Session:
    """The session of the first world, from seed `first` on, that ends with nothing wrong."""
    for seed in range(first, first + TRIED):
        session = Session(Source(task, "standard", seed, task_named(task, "standard").version))
        rollout(session, who.annotator(session, seed), Guards(budget))
        if session.score().success:
            print(f"{task}: world {seed}, {len(session.steps)} clicks")
            return session
    raise SystemExit(f"{who.name} finishes none of {TRIED} worlds of {task}: nothing to show")


def film(session: Session) -> list[Screen]:
    """`FRAMES` screens of an episode, each with the click on it, the last one with none."""
    screens = list(screens_of(session.episode()))
    clicks = [step.click for step in session.steps]
    shown = np.linspace(0, len(clicks), FRAMES).astype(int)
    frames = [pressed(screens[i], clicks[i], 7, 0.8) if i < len(clicks) else screens[-1] for i in shown]
    return [enlarged(frame, SCALE) for frame in frames]


def tiled(screens: Sequence[Screen]) -> Screen:
    """Screens in rows of `ACROSS`."""
    rows = [np.hstack(screens[i : i + ACROSS]) for i in range(0, len(screens), ACROSS)]
    return np.vstack(rows)


if __name__ == "__main__":
    main()
