"""A vision-language model over a real socket: a stub speaks the protocol, with all that goes wrong."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from clonotate.annotators.vision import KEY, NOWHERE, Endpoint, click_in
from clonotate.cli import main
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import Contender
from clonotate.records import Click, ClonotateError, Source

TASK = "colored-dot-tracking"


@pytest.fixture
def stub():
    """A server that gives the answers of its list in turn, the last one for ever, and keeps the requests."""

    class Stub(BaseHTTPRequestHandler):
        answers, heard = [], []

        def do_POST(self):
            page = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            Stub.heard.append((self.path, self.headers.get("Authorization"), page))
            answer = Stub.answers.pop(0) if len(Stub.answers) > 1 else Stub.answers[0]
            if answer == "slow":
                time.sleep(0.5)
            status = answer if isinstance(answer, int) else 200
            body = answer if isinstance(answer, bytes) else json.dumps(said(str(answer))).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Stub) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        Stub.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield Stub
        server.shutdown()


def said(text):
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}


def annotator(stub, **settings):
    endpoint = Endpoint(stub.url, "stub", wait=0.01, **settings)
    session = Session(Source(TASK, "easy", 10_000))
    return endpoint(session, 0), session


def test_screens_go_out_and_a_click_comes_in(stub, monkeypatch):
    monkeypatch.setenv(KEY, "secret")
    stub.answers[:] = ['{"x": 10, "y": 20}', 'I think... ```{"x": 30.4, "y": 40}```']
    vlm, session = annotator(stub, shown=2)
    first = session.screen
    assert [vlm(session.screen) for _ in range(3)] == [Click(10, 20), Click(30, 40), Click(30, 40)]
    path, key, page = stub.heard[-1]
    assert (path, key, page["model"]) == ("/v1/chat/completions", "Bearer secret", "stub")
    roles = [message["role"] for message in page["messages"]]
    assert roles == ["system", "user", "assistant", "user"]  # of the screens before, one is shown
    assert "in order of hue" in page["messages"][0]["content"]
    assert json.loads(page["messages"][2]["content"]) == {"x": 30, "y": 40}
    url = page["messages"][3]["content"][0]["image_url"]["url"]
    png = np.frombuffer(base64.b64decode(url.removeprefix("data:image/png;base64,")), np.uint8)
    assert (cv2.imdecode(png, cv2.IMREAD_COLOR)[..., ::-1] == first).all()


@pytest.mark.parametrize("answer", ["no idea", b"<html>", b'{"choices": []}', b"[]", ""])
def test_a_malformed_answer_is_a_click_on_nothing(stub, answer):
    stub.answers[:] = [answer]
    vlm, session = annotator(stub)
    ending = rollout(session, vlm, Guards(budget=3))
    assert (ending.steps, ending.invalid) == (3, 3)
    assert session.steps[0].click == NOWHERE


def test_it_asks_again_where_that_may_help(stub):
    stub.answers[:] = [503, "slow", 429, '{"x": 1, "y": 2}']
    vlm, session = annotator(stub, timeout=0.2)
    assert vlm(session.screen) == Click(1, 2)
    assert len(stub.heard) == 4


def test_it_says_what_is_wrong_where_it_cannot(stub):
    stub.answers[:] = [401]
    vlm, session = annotator(stub)
    with pytest.raises(ClonotateError, match="gave no answer: 401"):
        vlm(session.screen)
    assert len(stub.heard) == 1
    stub.answers[:] = [500]
    with pytest.raises(ClonotateError, match="gave no answer: 500"):
        vlm(session.screen)
    assert len(stub.heard) == 5
    with pytest.raises(ClonotateError, match=r"gave no answer: .*refused"):
        Endpoint("http://127.0.0.1:9", "stub", tries=1)(session, 0)(session.screen)
    with pytest.raises(ClonotateError, match="no address of a server"):
        Endpoint("file:///etc", "stub")(session, 0)(session.screen)


def test_answers_are_read_leniently():
    assert click_in('{"x": 5, "y": 6} no, rather {"x":7,"y":-8}') == Click(7, -8)
    assert click_in("x=5 y=6") == NOWHERE


def test_the_command_evaluates_a_model_behind_a_url(stub, tmp_path, capsys):
    stub.answers[:] = ['{"x": 10, "y": 20}']
    common = ["--tasks", TASK, "--level", "easy", "--episodes", "1", "--budget", "3", "--processes", "1"]
    file = tmp_path / "page.json"
    with pytest.raises(SystemExit, match="0"):
        main(["evaluate", "--vlm", stub.url, "--model", "stub-7b", *common, "--json", str(file)])
    page = json.loads(file.read_text())
    assert page["checkpoint"] == "stub-7b"
    assert page["tasks"][TASK]["closed_loop"]["steps"] == 3
    for wrong in ([], ["--vlm", stub.url], ["random", "--vlm", stub.url, "--model", "x"]):
        with pytest.raises(SystemExit, match="2"):
            main(["evaluate", *wrong, *common])
    assert "--model NAME" in capsys.readouterr().err


def test_a_contender_hired_at_an_endpoint_annotates(stub):
    stub.answers[:] = ['{"x": 10, "y": 20}']
    session = Session(Source(TASK, "easy", 10_000))
    hired = Contender("stub", hired=Endpoint(stub.url, "stub"))
    assert hired.annotator(session, 0)(session.screen) == Click(10, 20)
