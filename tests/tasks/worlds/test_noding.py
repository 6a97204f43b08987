"""Where drawn lines meet: at ends, at crossings, at a node, and never at a bend of their own."""

from hypothesis import given
from hypothesis import strategies as st

from clonotate.tasks.worlds.noding import Paths, planar

MAIN = ((20, 100), (140, 100))
PLACES = st.tuples(st.integers(0, 99), st.integers(0, 99))


def test_lines_that_cross_are_joined() -> None:
    down = ((80, 20), (80, 180))
    assert planar((MAIN, down)) == (
        ((20, 100), (80, 100), (140, 100)),
        ((80, 20), (80, 100), (80, 180)),
    )


def test_a_node_near_a_crossing_is_the_crossing() -> None:
    main, down = ((20, 100), (78, 100), (140, 100)), ((80, 20), (80, 180))
    assert planar((main, down)) == (main, ((80, 20), (78, 100), (80, 180)))


def test_a_bend_is_none_of_its_own_meetings() -> None:
    path = ((20, 100), (60, 100), (50, 104))
    assert planar((path,)) == (path,)


def test_a_loop_is_joined_to_its_own_line() -> None:
    path = ((20, 100), (60, 100), (140, 100), (140, 40), (80, 40), (80, 97))
    assert planar((path,))[0][2] == (80, 97)


@given(st.lists(st.lists(PLACES, min_size=2, max_size=5), min_size=1, max_size=4))
def test_nothing_drawn_is_lost(drawn: list[list[tuple[int, int]]]) -> None:
    paths: Paths = tuple(tuple(path) for path in drawn)
    joined = planar(paths)
    for path, more in zip(paths, joined, strict=True):
        places = iter(more)
        assert all(node in places for node in path)  # in order
    assert {node for path in paths for node in path} <= {node for path in joined for node in path}
