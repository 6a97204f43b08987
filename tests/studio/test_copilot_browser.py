"""The co-pilot in a real browser: ghosts taken, runs and their end, corrections, and whose click it was."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from serving import CHROMIUM, Server, serving

from clonotate.records import Author
from clonotate.studio.journal import Journal

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: the page is not tested in a browser here"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A studio with the shipped policy."""
    folder = tmp_path_factory.mktemp("copilot")
    with serving(str(folder / "studio.sqlite"), folder) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page on a new session of dots, whose co-pilot has something to say; errors in it fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    opened, errors = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(server.address)
    opened.wait_for_selector(".card")
    opened.get_by_label("Level").select_option("standard")
    opened.get_by_role("button", name="Annotate Colored dots").click()
    opened.wait_for_selector('.copilot[data-state="ready"]', timeout=60_000)
    yield opened
    context.close()
    assert not errors


def authors(server: Server, page: Page) -> list[Author]:
    """Whose the clicks of the session are, from the journal."""
    journal = Journal(server.journal)
    entries = journal.entries(str(page.evaluate("location.hash")).rpartition("/")[2])
    journal.close()
    return [entry.by for entry in entries]


def seq(page: Page) -> int:
    return int(page.locator(".desk").get_attribute("data-seq") or 0)


def ready(page: Page, step: int) -> None:
    """Waits for the suggestion after so many clicks."""
    page.wait_for_selector(f'[data-seq="{step}"]')
    page.wait_for_selector('.copilot[data-state="ready"]')


def reach(page: Page, step: int) -> None:
    """Waits for so many clicks, or more: patiently, for a busy machine may take 10 s a click."""
    for _ in range(900):
        if seq(page) >= step:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"still at {seq(page)} clicks")


def test_tab_takes_the_ghost_and_what_one_does_instead_is_a_correction(page: Page, server: Server) -> None:
    expect(page.locator(".ghost .first")).to_be_visible()
    expect(page.locator(".copilot .told")).to_contain_text("% sure")
    page.keyboard.press("Tab")
    ready(page, 1)
    page.get_by_role("button", name="Accept").click()
    ready(page, 2)
    suggested = page.locator(".copilot .told").inner_text()
    other = "MIP" if "MIP" not in suggested else "+z"
    page.locator(".keys").get_by_role("button", name=other).click()
    ready(page, 3)
    assert authors(server, page) == ["accepted", "accepted", "correction"]


def test_without_the_ghost_a_click_is_just_a_persons(page: Page, server: Server) -> None:
    page.get_by_role("checkbox", name="Co-pilot").uncheck()
    expect(page.locator(".ghost .first")).to_have_count(0)
    page.locator(".keys").get_by_role("button", name="MIP").click()
    page.wait_for_selector('[data-seq="1"]')
    page.keyboard.press("Tab")
    page.get_by_role("checkbox", name="Co-pilot").check()
    ready(page, 1)
    assert authors(server, page) == ["person"]


def test_a_run_goes_on_until_somebody_takes_over(page: Page, server: Server) -> None:
    page.get_by_role("slider").fill("5")
    page.keyboard.press("r")
    page.wait_for_selector('.copilot[data-state="running"]')
    reach(page, 4)
    page.keyboard.press("Escape")
    expect(page.locator(".copilot .told")).to_contain_text("Stopped: you took over")
    made = seq(page)
    page.wait_for_timeout(2_000)
    assert seq(page) <= made + 1  # a click that was under way may still arrive, on a busy machine late
    assert set(authors(server, page)) == {"policy"}
    ready(page, made)
    page.locator(".keys").get_by_role("button", name="MIP").click()
    ready(page, made + 1)
    assert authors(server, page)[-1] in ("person", "correction")


def test_a_click_of_ones_own_ends_a_run(page: Page, server: Server) -> None:
    page.get_by_role("slider").fill("5")
    page.get_by_role("button", name="Run").click()
    reach(page, 2)
    page.locator(".pixels").click(position={"x": 5, "y": 5})
    expect(page.locator(".copilot")).not_to_have_attribute("data-state", "running")


def test_a_run_stops_where_it_is_not_sure_enough_and_says_so(page: Page, server: Server) -> None:
    page.get_by_role("slider").fill("99")
    page.keyboard.press("r")
    expect(page.locator(".copilot .told")).to_contain_text("Stopped: not sure enough", timeout=60_000)
    assert set(authors(server, page)) <= {"policy"}


def test_tab_held_down_runs_until_it_is_let_go(page: Page, server: Server) -> None:
    page.get_by_role("slider").fill("5")
    page.keyboard.down("Tab")
    ready(page, 1)
    page.keyboard.down("Tab")  # again without up: the browser says that it repeats
    page.wait_for_selector('.copilot[data-state="running"]')
    reach(page, 3)
    page.keyboard.up("Tab")
    expect(page.locator(".copilot .told")).to_contain_text("Stopped: you let go")
    made = authors(server, page)
    assert made[0] == "accepted"
    assert set(made[1:]) == {"policy"}


def test_after_a_reload_it_has_read_the_session_again(page: Page, server: Server) -> None:
    page.keyboard.press("Tab")
    ready(page, 1)
    page.keyboard.press("Tab")
    ready(page, 2)
    before = page.locator(".copilot .told").inner_text()
    page.reload()
    ready(page, 2)
    assert page.locator(".copilot .told").inner_text() == before


def test_what_was_recorded_is_reviewed_and_fixed_and_its_effort_shown(page: Page, server: Server) -> None:
    for step in range(1, 4):
        page.keyboard.press("Tab")
        ready(page, step)
    page.locator(".pixels").click(position={"x": 30, "y": 300})  # a mark where nothing is
    ready(page, 4)
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-seq="5"]')
    page.get_by_role("link", name="Effort").click()
    expect(page.locator(".costs").first).to_contain_text("with the co-pilot")
    expect(page.locator(".costs").last).to_contain_text("Colored dots")
    page.get_by_role("link", name="Review").click()
    page.wait_for_selector(".layer .ghost circle", timeout=60_000)
    expect(page.locator(".review .lead")).to_contain_text("to look at")
    expect(page.locator(".review .parts")).to_contain_text("a place")
    where = page.locator(".review .count").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".review .count")).to_have_text("1 click after")
    expect(page.locator(".layer .ghost circle")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".review .count")).to_have_text(where)
    before = int(where.split()[1]) - 1
    page.get_by_role("button", name="Fix it").click()
    page.wait_for_selector(f'.desk[data-seq="{before}"]')


def test_too_little_to_learn_from_is_said_on_the_page(page: Page, server: Server) -> None:
    page.keyboard.press("Tab")
    ready(page, 1)
    page.get_by_role("link", name="Effort").click()
    page.get_by_role("button", name="Fine-tune on what was recorded").click()
    expect(page.locator(".learning")).to_contain_text("are needed", timeout=60_000)
