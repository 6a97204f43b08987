from clonotate.tasks import KEPT_OUT, TASKS
from clonotate.training.curriculum import Curriculum


def test_families_that_are_kept_out_are_not_learnt_from_unless_named() -> None:
    learnt = {name for name, _ in Curriculum().tasks}
    assert learnt == set(TASKS) - set(KEPT_OUT)
    assert Curriculum((("shape-matching", "easy"),)).tasks == (("shape-matching", "easy"),)
