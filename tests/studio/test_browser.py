"""The page in a real browser: whole episodes recorded by clicking, reloaded in between, replayed."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from serving import CHROMIUM, Expert, Server, act, head_of, serving, source_of

from clonotate.records import Click
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


def made(page: Page, clicks: int) -> None:
    """Wait until so many clicks are made and shown."""
    page.wait_for_selector(f'[data-seq="{clicks}"]', timeout=20_000)


def steps(server: Server, session: str) -> list[dict[str, Any]]:
    """The clicks of a session, as the server tells them."""
    told: list[dict[str, Any]] = server.json(f"/api/sessions/{session}")["steps"]
    return told


class TestKeys:
    def test_keys_buttons_and_a_crosshair_are_clicks(self, page: Page, server: Server) -> None:
        session = begin(page, "Colored dots")
        for i, key in enumerate(("ArrowRight", "ArrowRight", "ArrowLeft", " ", " ")):
            page.keyboard.press(key)
            made(page, i + 1)
        page.get_by_role("button", name="+z").click()
        made(page, 6)
        for key in ("Shift+ArrowRight", "Shift+ArrowUp", "Shift+Enter"):
            page.keyboard.press(key)
        made(page, 7)
        page.keyboard.press("z")
        made(page, 8)
        widgets = [step["widget"] for step in steps(server, session)]
        assert widgets == ["+z", "+z", "-z", "mip", "mip", "+z", "canvas", "undo"]

    def test_a_disabled_button_has_no_key(self, page: Page, server: Server) -> None:
        session = begin(page, "Colored dots")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")
        made(page, 1)
        assert [step["widget"] for step in steps(server, session)] == ["+z"]

    def test_everything_has_a_name_for_who_cannot_see_it(self, page: Page) -> None:
        begin(page, "Neuron tracking")
        expect(page.locator(".pixels")).to_have_attribute(
            "aria-label", re.compile("Neuron tracking: Slices 1 of")
        )
        keys = page.get_by_role("group", name="Buttons and their keys").get_by_role("button").locator("span")
        expect(keys).to_have_text(["-z", "+z", "-5", "+5", "Undo", "Done"])
        expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")
        assert page.evaluate(UNNAMED) == 0
        page.evaluate("location.hash = '#/'")
        page.wait_for_selector(".card")
        assert page.evaluate(UNNAMED) == 0


UNNAMED = """[...document.querySelectorAll("button, a, input, select")].filter((each) =>
    !each.ariaLabel && !each.textContent.trim() && !each.labels?.length && !each.ariaHidden).length"""


class TestPixels:
    @pytest.mark.parametrize("ratio", [1, 2, 1.5])
    def test_the_page_shows_the_very_pixels_of_the_simulator(
        self, browser: Browser, server: Server, ratio: float
    ) -> None:
        session = server.begin(task="neuron-tracking")
        screen = Expert(source_of(server.journal, session)).session.screen
        viewport: ViewportSize = {"width": 1280, "height": 720}
        context = browser.new_context(viewport=viewport, device_scale_factor=ratio)
        page = context.new_page()
        page.goto(f"{server.address}#/annotate/{session}")
        page.wait_for_selector("[data-seq]")
        shown = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR_RGB)
        box = page.locator(".pixels").bounding_box()
        context.close()
        assert box
        left, top, width = (round(box[name] * ratio) for name in ("x", "y", "width"))
        scale = width // screen.shape[1]
        assert width == scale * screen.shape[1]
        assert scale == int(min(960 * ratio / 384, 640 * ratio / 288))
        large = screen.repeat(scale, 0).repeat(scale, 1)
        assert (shown[top : top + len(large), left : left + width] == large).all()


class TestTogether:
    def test_two_tabs_show_one_session(self, page: Page, server: Server) -> None:
        session = begin(page, "Colored dots")
        other = page.context.new_page()
        other.goto(f"{server.origin}/#/annotate/{session}")
        other.wait_for_selector("[data-seq]")
        page.keyboard.press("ArrowRight")
        made(other, 1)
        other.keyboard.press("ArrowRight")
        made(page, 2)
        other.close()

    def test_a_stale_click_is_refused_for_all_to_see(self, page: Page, server: Server) -> None:
        session = begin(page, "Colored dots")
        # The line is slow: what this tab sends arrives only after the other one has clicked.
        page.evaluate("""void (WebSocket.prototype.realSend = WebSocket.prototype.send);
            WebSocket.prototype.send = function (text) { window.held = () => this.realSend(text); }; 0""")
        page.keyboard.press("ArrowRight")
        with server.line(session) as line:
            line.send(act(head_of(line.recv(20)), Click(100, 100), "faster"))
            made(page, 1)
            page.evaluate("WebSocket.prototype.send = WebSocket.prototype.realSend; held(); 0")
            expect(page.locator(".note")).to_contain_text("it was not made")
        assert [step["widget"] for step in steps(server, session)] == ["canvas"]


class TestLostLine:
    def test_a_killed_server_loses_no_click(self, browser: Browser, tmp_path: Path) -> None:
        with serving(str(tmp_path / "studio.sqlite"), tmp_path) as server:
            context = browser.new_context()
            page = context.new_page()
            page.goto(server.address)
            page.wait_for_selector(".card")
            session = begin(page, "Colored dots")
            page.keyboard.press("ArrowRight")
            made(page, 1)
            server.stop(signal.SIGKILL)
            expect(page.locator("#connection")).to_contain_text("No line")
            page.keyboard.press("ArrowRight")  # nobody hears it yet
            server.start()
            made(page, 2)
            expect(page.locator("#connection")).to_be_empty()
            page.keyboard.press("ArrowRight")
            made(page, 3)
            assert [step["widget"] for step in steps(server, session)] == ["+z"] * 3
            context.close()


class TestPractice:
    def test_it_tells_right_from_wrong_and_shows_the_way(self, page: Page) -> None:
        begin(page, "Colored dots", "Practise")
        expect(page.get_by_text("kept apart from your work")).to_be_visible()
        expect(page.get_by_text("All right so far.")).to_be_visible()
        page.get_by_role("button", name="Show me").click()
        page.wait_for_selector(".advice")
        box = page.locator(".pixels").bounding_box()
        assert box
        page.mouse.click(box["x"] + 20 * 2, box["y"] + 30 * 2)
        made(page, 1)
        expect(page.get_by_text("Something placed is wrong.")).to_be_visible()
        page.get_by_role("button", name="Show me").click()
        expect(page.get_by_text("Take the last one back: press Undo.")).to_be_visible()


class TestReplay:
    @pytest.fixture
    def session(self, page: Page, server: Server) -> str:
        """A session with a few clicks, on the replay page."""
        session = begin(page, "Colored dots")
        expert = Expert(source_of(server.journal, session))
        for _ in range(6):
            click(page, expert)
        page.evaluate(f"location.hash = '#/replay/{session}'")
        page.wait_for_selector(".reel canvas")
        return session

    def count(self, page: Page, words: str) -> None:
        expect(page.locator(".count")).to_have_text(words)

    def test_scrub_and_play(self, page: Page, session: str) -> None:
        self.count(page, "0 of 6")
        page.keyboard.press("ArrowRight")
        self.count(page, "1 of 6")
        page.get_by_label("Where in the session").fill("4")
        self.count(page, "4 of 6")
        page.keyboard.press("End")
        self.count(page, "6 of 6")
        page.get_by_label("Speed").select_option("8")
        page.get_by_role("button", name="Play").click()
        self.count(page, "6 of 6")
        page.get_by_label("Pace").select_option("real")
        self.count(page, "6 of 6")
        page.keyboard.press("Home")
        self.count(page, "0 of 6")
        page.get_by_role("button", name="Play").click()
        self.count(page, "6 of 6")

    def test_another_layout(self, page: Page, session: str) -> None:
        page.get_by_label("Layout").select_option("retro-top")
        expect(page.get_by_label("Layout")).to_have_value("retro-top")
        page.wait_for_selector(".reel canvas")
        page.keyboard.press("End")
        self.count(page, "6 of 6")
        page.get_by_label("Layout").select_option("original")

    def test_go_on_from_a_step(self, page: Page, server: Server, session: str) -> None:
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        self.count(page, "4 of 6")
        page.get_by_role("button", name="Go on from here").click()
        made(page, 4)
        branch = str(page.evaluate("location.hash")).rpartition("/")[2]
        page.keyboard.press(" ")
        made(page, 5)
        assert [step["copied"] for step in steps(server, branch)] == [True] * 4 + [False]

    def test_go_on_before_the_picture_has_come(self, page: Page, server: Server, session: str) -> None:
        """From where the count says one is, however slow the pictures."""
        page.route("**/steps/4.png*", lambda route: None)
        page.reload()
        page.wait_for_selector(".reel canvas")
        self.test_go_on_from_a_step(page, server, session)

    def test_beside_the_policy(self, page: Page, session: str) -> None:
        page.get_by_role("button", name="Let the policy try").click()
        page.wait_for_selector(".of-2", timeout=60_000)
        page.keyboard.press("End")
        expect(page.locator(".reel")).to_have_count(2)
        expect(page.get_by_text("all right")).to_be_visible()

    def test_exports(self, page: Page, session: str, tmp_path: Path) -> None:
        for name, start in (("GIF", b"GIF89a"), ("HTML page", b"<!doctype html>")):
            with page.expect_download() as download:
                page.get_by_role("link", name=name).click()
            download.value.save_as(tmp_path / "export")
            assert (tmp_path / "export").read_bytes().startswith(start)


class TestStatus:
    def test_it_shows_how_fast_it_is(self, page: Page) -> None:
        begin(page, "Colored dots")
        page.keyboard.press("ArrowRight")
        made(page, 1)
        page.get_by_role("link", name="Status").click()
        expect(page.get_by_text("In the browser, from press to drawn")).to_be_visible()
