"""The colours of the screen: one frozen palette a theme, and nothing but data.

A surface has a fill and two edges, the light falling from above; flat themes give both edges one colour.
"""

from dataclasses import dataclass

from clonotate.screens.widgets import RGB


@dataclass(frozen=True, slots=True)
class Surface:
    """How a button looks in one of its states."""

    fill: RGB
    upper: RGB  # the edge at the top and the left
    lower: RGB  # the edge at the bottom and the right
    text: RGB


@dataclass(frozen=True, slots=True)
class Theme:
    """A palette; every colour of the chrome comes from here."""

    window: RGB  # behind the canvas
    panel: RGB
    line: RGB  # between panel and window, and between blocks of buttons
    bar: RGB  # title bar
    title: RGB
    text: RGB
    faint: RGB  # captions
    glow: RGB
    present: RGB  # round the tick that is shown
    filled: RGB  # a tick that is annotated
    empty: RGB  # a tick that is not
    button: Surface
    finish: Surface
    lit: Surface
    disabled: Surface


DARK = Theme(
    window=(21, 24, 30),
    panel=(36, 40, 49),
    line=(55, 61, 74),
    bar=(29, 33, 41),
    title=(226, 230, 238),
    text=(232, 236, 243),
    faint=(146, 155, 171),
    glow=(88, 160, 255),
    present=(255, 255, 255),
    filled=(74, 168, 128),
    empty=(62, 69, 83),
    button=Surface((58, 65, 79), (78, 87, 104), (72, 80, 96), (232, 236, 243)),
    finish=Surface((38, 112, 82), (60, 140, 106), (54, 130, 98), (236, 250, 243)),
    lit=Surface((47, 116, 214), (98, 162, 246), (84, 148, 236), (255, 255, 255)),
    disabled=Surface((42, 47, 57), (52, 58, 69), (52, 58, 69), (98, 106, 121)),
)

LIGHT = Theme(
    window=(222, 226, 232),
    panel=(247, 248, 250),
    line=(207, 213, 222),
    bar=(236, 239, 243),
    title=(38, 45, 58),
    text=(32, 38, 50),
    faint=(110, 120, 136),
    glow=(37, 99, 222),
    present=(37, 99, 222),
    filled=(58, 158, 112),
    empty=(211, 217, 225),
    button=Surface((255, 255, 255), (196, 203, 214), (180, 188, 200), (36, 43, 56)),
    finish=Surface((40, 140, 96), (30, 118, 80), (26, 108, 72), (255, 255, 255)),
    lit=Surface((45, 108, 230), (32, 88, 200), (30, 82, 188), (255, 255, 255)),
    disabled=Surface((240, 242, 245), (221, 226, 232), (221, 226, 232), (170, 178, 190)),
)

RETRO = Theme(
    window=(0, 112, 114),
    panel=(192, 192, 192),
    line=(128, 128, 128),
    bar=(10, 26, 122),
    title=(255, 255, 255),
    text=(0, 0, 0),
    faint=(72, 72, 72),
    glow=(255, 226, 92),
    present=(206, 0, 0),
    filled=(10, 26, 122),
    empty=(160, 160, 160),
    button=Surface((198, 198, 198), (255, 255, 255), (84, 84, 84), (0, 0, 0)),
    finish=Surface((222, 208, 150), (255, 250, 226), (104, 90, 40), (0, 0, 0)),
    lit=Surface((224, 224, 224), (70, 70, 70), (255, 255, 255), (140, 0, 0)),
    disabled=Surface((192, 192, 192), (220, 220, 220), (150, 150, 150), (134, 134, 134)),
)

THEMES = {"dark": DARK, "light": LIGHT, "retro": RETRO}
