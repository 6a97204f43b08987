"""Views that stand for what tasks show: sparse, usual and crowded."""

import numpy as np

from clonotate.screens.widgets import Button, Canvas, Group, Mark, Path, Plot, Readout, Strip, View

RED, GREEN, BLUE, GOLD = (235, 64, 52), (52, 199, 89), (64, 128, 255), (255, 200, 40)


def texture(seed: int, colored: bool = False) -> np.ndarray:
    """A smooth random picture, uint8 `[256, 256]` or `[256, 256, 3]`."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(20, 220, (16, 16, 3) if colored else (16, 16), dtype=np.uint8)
    return coarse.repeat(16, axis=0).repeat(16, axis=1)


def button(name: str, **state: object) -> Button:
    return Button(name, name.replace("-", " ").capitalize() if name[0].isalpha() else name, **state)


def dots() -> View:
    marks = (Mark((40, 50), BLUE), Mark((90, 120), GREEN), Mark((255, 3), RED, 4), Mark((170, 200), GOLD, 2))
    return View(
        "Colored dot tracking",
        Canvas(texture(0), marks),
        (
            Group("navigate", (button("+z"), button("-z"))),
            Group("view", (Button("mip", "MIP", lit=True),)),
            Group("edit", (button("undo"),)),
            Group("finish", (button("done"),)),
        ),
        (Readout("Slice", "7 / 16"), Readout("Points", "12")),
    )


def limbs() -> View:
    parts = ("nose", "left-ear", "right-ear", "left-paw", "right-paw", "hip", "tail")
    colors = (RED, GREEN, BLUE, GOLD, (200, 80, 220), (80, 220, 220), (255, 140, 60))
    tabs = tuple(button(p, lit=p == "hip", swatch=c) for p, c in zip(parts, colors, strict=True))
    marks = tuple(
        Mark((30 + 32 * i, 60 + 10 * (i % 3)), c, 4, s)
        for i, (c, s) in enumerate(
            zip(colors, ("ring", "disc", "cross", "square", "ring", "disc", "cross"), strict=True)
        )
    )
    return View(
        "Animal limb tracking",
        Canvas(texture(1, colored=True), (Path(tuple(m.at for m in marks), (255, 255, 255)), *marks)),
        (
            Group("navigate", (button("prev", enabled=False), button("next"))),
            Group("label", tabs),
            Group("view", (button("hidden"),)),
            Group("edit", (button("undo"),)),
            Group("finish", (button("done"),)),
        ),
        (Readout("Active", "hip", (80, 220, 220)), Strip("Frames", (True,) * 4 + (False,) * 6, 4)),
    )


def crowded() -> View:
    turns = tuple(button(n) for n in ("left", "right", "up", "down"))
    classes = ("smooth", "spiny", "grooved", "porous", "ridged", "netted", "winged", "lobed")
    outline = Path(((40, 40), (200, 60), (180, 220), (60, 190)), GOLD, closed=True)
    return View(
        "Three-dimensional exploration and classification",
        Canvas(texture(2), (outline,)),
        (
            Group("navigate", turns),
            Group("label", tuple(button(n, lit=n == "winged") for n in classes)),
            Group("edit", (button("undo", enabled=False),)),
            Group("finish", (button("done"),)),
        ),
        (
            Readout("Chosen", "winged", GOLD),
            Readout("Zoom", "2x"),
            Strip("Views", tuple(i % 3 == 0 for i in range(64)), 41),
            Readout("Left", "3"),
        ),
    )


def neurites() -> View:
    return View(
        "Neuron tracking",
        Canvas(texture(3), (Mark((128, 128), GREEN), Mark((120, 131), (150, 150, 150), 3))),
        (
            Group("navigate", (button("+z"), button("-z"), button("+5"), button("-5"))),
            Group("edit", (button("undo"),)),
            Group("finish", (button("done"),)),
        ),
        (Readout("Slice", "31/50"), Strip("Nodes", tuple(i < 30 for i in range(50)), 30)),
    )


def grains() -> View:
    """As crowded as a task may be: four ways to turn, eight classes with icons, four lines of status."""
    icons = ("sphere", "spines", "pores", "furrow", "furrows", "net", "wings", "branches")
    classes = tuple(button(name, icon=name, enabled=name != "net", lit=name == "pores") for name in icons)
    return View(
        "Exploration and classification",
        Canvas(texture(4)),
        (
            Group("navigate", tuple(button(n) for n in ("left", "right", "up", "down"))),
            Group("label", classes),
            Group("edit", (button("undo"),)),
            Group("finish", (button("done"),)),
        ),
        (
            Readout("Class", "pores"),
            Readout("Turn", "120"),
            Readout("Zoom", "2x"),
            Readout("Seen", "61 %"),
        ),
    )


def plume() -> View:
    bands = np.arange(30)
    signature = 1 - 0.6 * np.exp(-(((bands - 11) / 1.5) ** 2)) - 0.3 * np.exp(-(((bands - 22) / 2) ** 2))
    return View(
        "Spectral plume",
        Canvas(texture(5)),
        (
            Group("navigate", (button("-1"), button("+1"), button("-5"), button("+5"))),
            Group("view", (button("difference"),)),
            Group("label", (button("close", icon="net", swatch=GOLD), button("no plume", icon="cross"))),
            Group("edit", (button("undo"),)),
            Group("finish", (button("done"),)),
        ),
        (
            Plot("Target", tuple(map(float, signature)), 11),
            Readout("Band", "12/30"),
            Readout("Corners", "4"),
            Readout("Plume", "open"),
        ),
    )


SAMPLES = {
    "dots": dots(),
    "limbs": limbs(),
    "crowded": crowded(),
    "neurites": neurites(),
    "grains": grains(),
    "plume": plume(),
}
