import pytest

from clonotate.annotators.baselines import RandomAnnotator
from clonotate.annotators.virtual import VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import SHIPPED, SPECIALISTS, contender, folder_of
from clonotate.models import build
from clonotate.models.checkpoint import load, save_model
from clonotate.models.policy import Policy
from clonotate.records import Click, ClonotateError, Source


@pytest.fixture
def session():
    return Session(Source("colored-dot-tracking", "easy", 10_000))


def test_names_need_no_checkpoint(session):
    assert isinstance(contender("expert").annotator(session, 0), VirtualAnnotator)
    assert isinstance(contender("random").annotator(session, 0), RandomAnnotator)
    repeat = contender("repeat").annotator(session, 0)
    assert repeat(session.screen) == repeat(session.screen)


def test_a_checkpoint_is_named_by_its_folder(session, tmp_path):
    save_model(tmp_path, build("pointer", width=32, depth=1))
    found = contender(str(tmp_path), temperature=0.5)
    annotator = found.annotator(session, 0)
    assert isinstance(annotator, Policy)
    assert isinstance(annotator(session.screen), Click)
    assert found.annotator(session, 0) is not annotator  # no memory of another session


def test_what_comes_along_is_named_and_so_is_each_of_the_specialists():
    assert folder_of("specialists/otherwise") == folder_of("nine")
    assert {folder_of(f"specialists/{name}") for name in load(SPECIALISTS).members} > {SHIPPED}
    with pytest.raises(ClonotateError, match="no checkpoint 'specialists/profi'"):
        folder_of("specialists/profi")


def test_what_is_neither_is_refused(tmp_path):
    with pytest.raises(ClonotateError, match="the names are specialists, shipped, nine, expert"):
        contender("profi")
    with pytest.raises(ClonotateError, match="no checkpoint"):
        contender(str(tmp_path))
    with pytest.raises(ClonotateError, match="temperature"):
        contender("expert", temperature=-1)


def test_who_has_no_model_cannot_be_asked():
    with pytest.raises(ClonotateError, match="random has no distribution"):
        contender("random").network()
