"""Policy networks: a new one is a file and a line here."""

from typing import Any

from clonotate.models import grid, pointer, specialists
from clonotate.models.base import ClickDistribution, ClickModel
from clonotate.records import ClonotateError

__all__ = ["FAMILIES", "PRESETS", "ClickDistribution", "ClickModel", "build", "family_of"]

FAMILIES: dict[str, type[ClickModel[Any]]] = {
    "pointer": pointer.PointerModel,
    "grid": grid.GridModel,
    specialists.FAMILY: specialists.Specialists,
}
PRESETS: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: ("pointer", settings) for name, settings in pointer.PRESETS.items()},
    **{name: ("grid", settings) for name, settings in grid.PRESETS.items()},
}


def build(name: str, **settings: Any) -> ClickModel[Any]:
    """A new network: a preset by name (`nano`), or a family (`pointer`) with its settings.

    Settings given override those of a preset. Raises ClonotateError for a name or settings that do not exist.
    """
    family, preset = PRESETS.get(name, (name, {}))
    if family not in FAMILIES:
        raise ClonotateError(f"no model called {name!r}; there are {', '.join([*PRESETS, *FAMILIES])}")
    try:
        return FAMILIES[family](**{**preset, **settings})
    except TypeError as error:
        raise ClonotateError(f"wrong settings for a {family} model: {error}") from None


def family_of(model: ClickModel[Any]) -> str:
    """The name of a model's family."""
    return next(name for name, family in FAMILIES.items() if type(model) is family)
