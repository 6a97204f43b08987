"""Hypothesis strategies: layouts, sample views and views as crowded as a task may make them."""

import numpy as np
from hypothesis import strategies as st
from sample_views import SAMPLES

from clonotate.records import ClonotateError
from clonotate.screens.arrangement import arrange
from clonotate.screens.layout import LAYOUTS, Layout, layout_named
from clonotate.screens.widgets import Button, Canvas, Group, Plot, Readout, Strip, View

BLANK = Canvas(np.zeros((256, 256), np.uint8))
ROLES = ("navigate", "label", "view", "edit", "finish")

names = st.sampled_from([*LAYOUTS])
named = st.builds(lambda name, ratio: layout_named(f"{name}@{ratio}x"), names, st.integers(1, 3))
sampled = st.integers(0, 10**9).map(lambda seed: layout_named(f"sampled-{seed}"))
layouts = named | sampled
samples = st.sampled_from([*SAMPLES.values()])
words = st.text("abcdemwxyzAMW+-", min_size=1, max_size=7)
colors = st.none() | st.just((200, 40, 90))
readouts = st.builds(Readout, words, st.text("0123456789/ abcdef", max_size=30), colors)
strips = st.builds(
    lambda caption, filled, present: Strip(caption, tuple(filled), present),
    words,
    st.lists(st.booleans(), min_size=1, max_size=64),
    st.integers(0, 63),
)
plots = st.builds(
    lambda caption, values, present: Plot(caption, tuple(values), present),
    words,
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40),
    st.integers(0, 39),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Up to 14 buttons in up to four groups, at most one timeline or plot and three readouts."""
    counts = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4).filter(lambda some: sum(some) <= 14))
    roles = draw(st.permutations(ROLES))
    groups = []
    for number, (role, count) in enumerate(zip(roles, counts, strict=False)):
        buttons = (
            Button(f"{number}.{i}", draw(words), draw(st.booleans()), draw(st.booleans()), draw(colors))
            for i in range(count)
        )
        groups.append(Group(role, tuple(buttons)))
    status = (*draw(st.lists(readouts, max_size=3)), *draw(st.lists(strips | plots, max_size=1)))
    return View(draw(st.text("abc XYZ", max_size=60)), BLANK, tuple(groups), status)


def fits(view: View, layout: Layout) -> bool:
    """Whether a layout has room for a view; nearly all have, and those without say so."""
    try:
        return bool(arrange(view.groups, view.status, layout))
    except ClonotateError as refusal:
        if not any(words in str(refusal) for words in ("do not fit", "too long")):
            raise
        return False
