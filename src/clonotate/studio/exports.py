"""A recorded session as something to take away: a GIF, one HTML file to play it in, a file of the field."""

import io
import tempfile
import zipfile
from pathlib import Path

from clonotate.formats.export import export, format_of
from clonotate.formats.film import film
from clonotate.formats.gif import write_gif
from clonotate.formats.html import Chapter, Report, page
from clonotate.studio.catalog import titled
from clonotate.studio.live import world_of
from clonotate.studio.recorded import Reel, episode_of


def gif(reel: Reel, layout: str) -> bytes:
    """Every click of a session as a film, under any layout."""
    shown = [(i, click) for i, click in enumerate(reel.clicks(layout)) if click]
    screens = [reel.screen(i, layout) for i, _ in shown]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.gif"
        write_gif(path, [*screens, reel.screen(len(reel.entries), layout)], [click for _, click in shown])
        return path.read_bytes()


def html(reel: Reel, seconds: float) -> str:
    """A session as one page that loads nothing."""
    opening = reel.opening
    episode = episode_of(opening, reel.entries)
    title = titled(opening.source.task)[0]
    made = film(episode, f"By {opening.annotator}", world_of(opening.source))
    origin = Path(opening.source.data).name or f"{opening.source.level}, world {opening.source.seed:,}"
    return page(
        Report(
            title=title,
            lead=f"Annotated by {opening.annotator}, click by click.",
            facts=[
                ("Annotator", opening.annotator),
                ("Instance", origin),
                ("Clicks", f"{len(episode.steps)}"),
                ("Time", f"{seconds:.0f} s"),
            ],
            chapters=[Chapter(title, titled(opening.source.task)[1], [episode], [made])],
        )
    )


def work(reel: Reel, name: str) -> tuple[bytes, str]:
    """What was annotated in a format of the field, and how that file ends: a zip where it is several."""
    episode = episode_of(reel.opening, reel.entries)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"{reel.opening.id}{format_of(episode, name).suffix}"
        written = export(episode, name, out)
        if len(written) == 1 and out.is_file():
            return out.read_bytes(), out.suffix
        files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                archive.write(path, path.relative_to(folder))
        return packed.getvalue(), ".zip"
