"""Keys for the buttons of any view, by role and order alone: a new task gets its shortcuts for nothing.

A key is a browser's name for it (`KeyboardEvent.key`). It becomes a click on its button, no more.
"""

from string import ascii_lowercase

from clonotate.screens.widgets import Button, View

ARROWS = {"left": "ArrowLeft", "right": "ArrowRight", "up": "ArrowUp", "down": "ArrowDown"}
TURNS = ("ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp", "PageUp", "PageDown", "[", "]")
RESERVED = {"z", "r"}  # undo, and a co-pilot's run


def shortcuts(view: View) -> dict[str, str]:
    """What each key presses now: the name of a button by key. A button may have more than one.

    Arrows turn, space goes to the next way of viewing, digits label, z undoes, Enter is Done; what is left
    over gets a letter of its own.
    """
    looks = of_role(view, "view")
    keys = turns(of_role(view, "navigate"))
    keys |= {str((i + 1) % 10): button.name for i, button in enumerate(of_role(view, "label")[:10])}
    fixed = {"z": "undo", "Enter": "done"} | ({" ": looks[0].name} if len(looks) == 1 else {})
    names = {button.name for button in view.buttons}
    keys |= {key: name for key, name in fixed.items() if name in names}
    for button in view.buttons:
        if button.name not in keys.values() and (letter := mnemonic(button, set(keys))):
            keys[letter] = button.name
    return keys | ({" ": following(looks)} if len(looks) > 1 else {})


def of_role(view: View, role: str) -> list[Button]:
    """The buttons of all groups of a role, in order."""
    return [button for group in view.groups if group.role == role for button in group.buttons]


def turns(buttons: list[Button]) -> dict[str, str]:
    """Arrows for those called after one; the others take what is left, in pairs."""
    named = {ARROWS[button.name]: button.name for button in buttons if button.name in ARROWS}
    free = [key for key in TURNS if key not in named]
    return named | dict(zip(free, (b.name for b in buttons if b.name not in ARROWS), strict=False))


def following(buttons: list[Button]) -> str:
    """The next one that can be pressed after the one that is lit, round and round."""
    lit = next((i for i, button in enumerate(buttons) if button.lit), -1)
    order = [*buttons[lit + 1 :], *buttons[: lit + 1]]
    return next((button.name for button in order if button.enabled), order[0].name)


def mnemonic(button: Button, taken: set[str]) -> str:
    """The first letter of a button's name or text that is still free; empty if there is none."""
    letters = [letter for letter in (button.name + button.text).lower() if letter in ascii_lowercase]
    return next((letter for letter in letters if letter not in taken | RESERVED), "")
