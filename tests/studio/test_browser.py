"""The page in a real browser: whole episodes recorded by clicking, reloaded in between, replayed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from serving import CHROMIUM, Expert, Server, source_of

from clonotate.studio.journal import Journal
from clonotate.studio.recorded import episode_of

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: the page is not tested in a browser here"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page that opened the address which the studio printed; errors in it fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(server.address)
    opened.wait_for_selector(".card")
    yield opened
    context.close()
    assert not errors


def begin(page: Page, title: str, how: str = "Annotate", level: str = "easy") -> str:
    """Start a task from home; the name of the session."""
    page.get_by_label("Level").select_option(level)
    page.get_by_role("button", name=f"{how} {title}").click()
    page.wait_for_selector("[data-seq]")
    return str(page.evaluate("location.hash")).rpartition("/")[2]


def click(page: Page, expert: Expert) -> None:
    """Click in the page where the expert would, and wait for the new frame."""
    box = page.locator(".pixels").bounding_box()
    assert box
    height, width, _ = expert.session.screen.shape
    place = expert.decide()
    page.mouse.click(
        box["x"] + (place.x + 0.5) * box["width"] / width, box["y"] + (place.y + 0.5) * box["height"] / height
    )
    page.wait_for_selector(f'[data-seq="{len(expert.session.steps)}"]')


@pytest.mark.parametrize(
    ("title", "layout"),
    [("Colored dots", "original"), ("Animal tracking", "light-right"), ("Image alignment", "original@2x")],
)
class TestRecording:
    def test_a_whole_episode_by_clicking(self, page: Page, server: Server, title: str, layout: str) -> None:
        page.evaluate(f"localStorage.setItem('layout', '{layout}')")
        session = begin(page, title)
        expert = Expert(source_of(server.journal, session), layout)
        while not expert.session.done:
            click(page, expert)
            if len(expert.session.steps) in (3, 11):
                page.reload()
                page.wait_for_selector(f'[data-seq="{len(expert.session.steps)}"]')
        expect(page.get_by_text("Finished, and all right.")).to_be_visible()
        journal = Journal(server.journal)
        episode = episode_of(journal.opening(session), journal.entries(session))
        journal.close()
        assert [step.click for step in episode.steps] == [step.click for step in expert.session.steps]
        assert {step.by for step in episode.steps} == {"person"}
        assert episode.score == expert.session.score()
        assert episode.done
