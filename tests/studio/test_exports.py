"""Finished sessions as files of the field: over HTTP, and by the menu of the page."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from serving import CHROMIUM, Expert, Server, act, heard, source_of

from clonotate.formats.swc import read_swc
from clonotate.records import Source


def finished(server: Server, task: str) -> tuple[str, Source, Expert]:
    """A session that an expert saw through."""
    session = server.begin(task=task)
    expert = Expert(source_of(server.journal, session))
    with server.line(session) as line:
        frame = heard(line)
        while not expert.session.done:
            line.send(act(frame, expert.decide(), f"click-{len(expert.session.steps)}"))
            frame = heard(line)
            while frame.get("type") != "frame" or frame["seq"] != len(expert.session.steps):
                frame = heard(line)
    return session, expert.session.source, expert


def test_a_file_or_a_zip_of_several(server: Server) -> None:
    session, _, expert = finished(server, "neuron-tracking")
    status, body = server.ask(f"/api/sessions/{session}/exports/swc")
    assert status == 200
    assert b'# marks: {"person": ' in body
    assert len([line for line in body.splitlines() if line[:1] != b"#"]) == len(expert.session.world.skeleton)
    status, body = server.ask(f"/api/sessions/{session}/exports/csv")
    names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert names == [f"{session}.csv", f"{session}.provenance.json"]
    for wrong in ("coco", "..%2f..%2fetc", "nothing"):
        status, body = server.ask(f"/api/sessions/{session}/exports/{wrong}")
        assert status in (400, 404)


def test_what_is_not_annotated_is_refused(server: Server) -> None:
    session = server.begin(task="neuron-tracking")
    status, body = server.ask(f"/api/sessions/{session}/exports/swc")
    assert (status, b"nothing is annotated" in body) == (400, True)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: the page is not tested in a browser here")
def test_the_menu_of_the_page(server: Server, tmp_path: Path) -> None:
    finished(server, "neuron-tracking")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, accept_downloads=True)
        page.goto(server.address)
        page.get_by_label("Export Neuron tracking").first.click()
        page.screenshot(path=tmp_path / "menu.png")
        with page.expect_download() as download:
            page.get_by_role("button", name="swc").first.click()
        download.value.save_as(tmp_path / "a.swc")
        browser.close()
    assert len(read_swc(tmp_path / "a.swc").points) > 0
