"""What is particular to roads: what counts as wrong, the order of tracing, tiles; and one has to look."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Event, Source
from clonotate.tasks.road_network import LEVELS, World
from clonotate.tasks.worlds.aerial import Tile, survey
from clonotate.tasks.worlds.network import LONG, SPACING, Network, lay
from clonotate.tasks.worlds.noding import Paths, planar
from clonotate.tasks.worlds.streets import SIDE
from clonotate.tasks.worlds.tracing import (
    beginning,
    edge_f1,
    graph_f1,
    junction_f1,
    next_node,
    sketch,
)
from clonotate.tasks.worlds.views import VIEWS, around, middle, moved, nearest_unseen, way_to

TASK = LEVELS["standard"]
SEED = 20_000
RIGHT: Paths = (((20, 100), (60, 100), (100, 100), (140, 100)), ((100, 30), (100, 65), (100, 100)))
"""How the T of `tee` is to be drawn."""


def line(*vertices: tuple[float, float]) -> np.ndarray:
    return np.array(vertices, float)


@cache
def tee() -> Network:
    """A road of 120 px with a branch going up from its middle."""
    return lay([line((20, 100), (140, 100)), line((100, 30), (100, 100))])


@cache
def tile_of(seed: int) -> Tile:
    return survey(TASK.country, np.random.default_rng(seed))


def finished(seed: int, care: float = 0.5) -> Session:
    session = Session(Source(TASK.name, seed=seed, version=TASK.version))
    person = VirtualAnnotator(session, replace(STEADY, care=care), np.random.default_rng(0))
    while not session.done and len(session.steps) < 300:
        session.click(person(session.screen))
    return session


class TestNetworks:
    def test_lines_that_cross_make_one_junction(self) -> None:
        network = lay([line((20, 100), (180, 103)), line((90, 20), (97, 180))])
        assert np.bincount(network.degree).tolist()[3:] == [0, 1]
        assert len(network.chains) == 4
        assert len(network.roads) == 2

    def test_an_overshot_end_is_none(self) -> None:
        network = lay([line((20, 100), (140, 100)), line((100, 30), (100, 108))])
        assert len(network.chains) == 3

    def test_roads_run_straight_on_through_junctions_from_the_west_or_north(self) -> None:
        starts = [tee().points[road[0]].tolist() for road in tee().roads]
        assert starts == [[100, 30], [20, 100]]  # both are short: in reading order

    def test_long_roads_come_first(self) -> None:
        for seed in range(SEED, SEED + 4):
            long = [len(road) * SPACING >= LONG for road in tile_of(seed).network.roads]
            assert long == sorted(long, reverse=True)
            assert any(long)


class TestWhatIsWrong:
    def test_nothing_in_what_is_right(self) -> None:
        drawn = sketch(tee(), RIGHT)
        assert not drawn.faults
        assert drawn.covered.all()
        assert graph_f1(tee(), RIGHT) == junction_f1(tee(), RIGHT) == 1
        assert edge_f1(tee(), RIGHT) > 0.99

    @pytest.mark.parametrize(
        "path",
        [
            ((60, 112),),  # off the road
            ((60, 100), (85, 100), (100, 80)),  # cuts the corner
            ((60, 106), (138, 105)),  # past the junction, where no branch could be joined
            ((60, 100), (90, 100), (62, 96)),  # back along what is drawn
        ],
        ids=["off", "corner", "beside", "again"],
    )
    def test_a_slip(self, path: tuple[tuple[int, int], ...]) -> None:
        assert not sketch(tee(), (path[:-1],)).faults
        assert len(sketch(tee(), (path,)).faults) == 1

    def test_a_junction_that_is_not_joined_costs_all_its_stretches(self) -> None:
        loose: Paths = (RIGHT[0], (*RIGHT[1][:2], (100, 93)))
        assert graph_f1(tee(), loose) < 0.5
        assert junction_f1(tee(), loose) == 0
        assert edge_f1(tee(), loose) > 0.95


class TestWhereLinesMeet:
    main = ((20, 100), (140, 100))

    @pytest.mark.parametrize("end", [(100, 100), (100, 95), (100, 106)])
    def test_an_end_on_a_line_is_a_junction(self, end: tuple[int, int]) -> None:
        branch = ((100, 30), (100, 65), end)
        assert planar((self.main, branch)) == (((20, 100), end, (140, 100)), branch)
        assert graph_f1(tee(), (self.main, branch)) == junction_f1(tee(), (self.main, branch)) == 1

    def test_a_road_goes_on_from_a_junction_whose_node_lies_behind_it(self) -> None:
        path = ((20, 100), (60, 100), (107, 100), (140, 100))
        drawn = sketch(tee(), (path, ()))
        assert not drawn.faults
        assert beginning(tee(), drawn, tee().tree.query((100, 100))[1]) == (100, 100)

    def test_a_junction_passed_is_no_slip_and_can_be_joined_later(self) -> None:
        branch = ((100, 30), (100, 65), (100, 100))
        assert not sketch(tee(), (self.main,)).faults
        drawn = sketch(tee(), (self.main, branch))
        assert not drawn.faults
        assert drawn.covered.all()


class TestTheInterface:
    def world(self) -> World:
        grey = np.zeros((SIDE, SIDE), np.uint8)
        return replace(TASK.begin_from(grey, [line((20, 100), (140, 100))]), view=(0, 0), above=False)

    def test_a_click_near_a_node_is_that_node(self) -> None:
        world = self.world()
        for place in ((20, 100), (60, 100), (24, 104)):
            world = TASK.update(world, Event("canvas", place))
        assert world.paths == (((20, 100), (60, 100), (20, 100)),)
        assert TASK.update(world, Event("canvas", (25, 100))) is world

    def test_undo_opens_the_path_before_again(self) -> None:
        world = self.world()
        clicks = [Event("canvas", at) for at in ((20, 100), (60, 100), (100, 100))]
        for event in (*clicks[:2], Event("new"), Event("undo"), clicks[2]):
            world = TASK.update(world, event)
        assert world.paths == (((20, 100), (60, 100), (100, 100)),)

    def test_one_node_makes_no_road(self) -> None:
        begun = self.world()
        click = Event("canvas", (20, 100))
        assert TASK.update(TASK.update(begun, click), Event("new")).paths == ((),)
        for event in (click, Event("canvas", (60, 100)), Event("new")):
            begun = TASK.update(begun, event)
        assert TASK.update(TASK.update(begun, click), Event("new")).paths == begun.paths

    def test_a_click_on_the_overview_goes_there_and_leaves_a_pin(self) -> None:
        world = TASK.update(replace(self.world(), above=True), Event("canvas", (250, 10)))
        assert (world.above, world.view, world.pin) == (False, (2, 0), (500, 20))
        assert around((256, 256)) == (1, 1)
        assert [around(middle(view)) for view in VIEWS] == list(VIEWS)

    @pytest.mark.parametrize("view", VIEWS)
    def test_every_view_is_reached_in_as_few_steps_as_it_is_away(self, view: tuple[int, int]) -> None:
        for other in VIEWS:
            here, steps = view, 0
            while here != other:
                here, steps = moved(here, way_to(here, other)), steps + 1
            assert steps == abs(view[0] - other[0]) + abs(view[1] - other[1])

    def test_the_nearest_view_not_seen_is_a_neighbour_while_there_is_one(self) -> None:
        assert nearest_unseen((1, 1), frozenset()) == (1, 1)
        assert nearest_unseen((1, 1), {(1, 1)}) == (1, 0)
        assert nearest_unseen((0, 0), {*VIEWS} - {(2, 2), (2, 0)}) == (2, 0)
        assert nearest_unseen((1, 1), VIEWS) is None

    def test_a_tile_has_its_size(self) -> None:
        with pytest.raises(ClonotateError, match="512 x 512"):
            TASK.begin_from(np.zeros((256, 256), np.uint8))


class TestTheExpert:
    def test_nodes_go_to_stops_halfway_or_as_far_as_the_road_is_straight(self) -> None:
        straight = np.column_stack([np.arange(0, 240, 4.0), np.zeros(60)])
        assert next_node(straight[:9], 9) == 8
        assert next_node(straight[:13], 13) == 6
        assert next_node(straight, 60) == 10
        assert next_node(straight, 8) is None
        corner = np.concatenate([straight[:6], straight[5] + straight[1:20, ::-1]])
        assert next_node(corner, len(corner)) in (5, 6)

    def test_another_tile_cannot_be_traced_with_the_same_clicks(self) -> None:
        clicks = [step.click for step in finished(SEED).steps]
        other = Session(Source(TASK.name, seed=SEED + 1, version=TASK.version))
        for click in clicks:
            other.click(click)
        assert not other.score().success
        assert other.score().parts["graph_f1"] < 0.3

    def test_slips_are_wrong_and_in_view(self) -> None:
        session, slips = finished(SEED), Counter[str]()
        person = VirtualAnnotator(again := Session(session.source), STEADY, np.random.default_rng(0))
        while not again.done:
            intent, _ = person.intend()
            for slip in TASK.slips(again.world, intent):
                after = TASK.update(again.world, slip)
                assert TASK.standing(after).in_error
                assert TASK.expert(after, person.memory, 0.5).event == Event("undo")
                slips[intent.event.widget] += 1
            again.click(person(again.screen))
        assert set(slips) == {"canvas", "new"}  # beside a road, and on where a path should end
        assert slips["canvas"] > 50
        assert slips["new"] > 5

    def test_all_but_the_hasty_see_every_view(self) -> None:
        seen = [len(finished(SEED, care=care).world.visited) for care in (0.0, 0.5, 1.0)]
        assert seen[0] < 9
        assert seen[1:] == [9, 9]


class TestTiles:
    def test_they_are_connected_and_differ(self) -> None:
        tiles = [tile_of(seed) for seed in range(SEED, SEED + 8)]
        for tile in tiles:
            reached, front = {0}, [0]
            while front:
                beside = set(tile.network.neighbours[front.pop()]) - reached
                reached |= beside
                front += beside
            assert len(reached) == len(tile.network.points)
            assert (tile.network.degree > 2).sum() >= 2
        assert len({len(tile.network.points) for tile in tiles}) > 5
        assert np.std([tile.image.mean() for tile in tiles]) > 3

    def test_roads_stand_out_from_the_land_beside_them(self) -> None:
        for seed in range(SEED, SEED + 4):
            tile = tile_of(seed)
            grey = tile.image.mean(axis=2)
            gaps, _ = tile.network.tree.query(np.argwhere(grey >= 0)[:, ::-1])
            gaps = gaps.reshape(grey.shape)
            assert abs(np.median(grey[gaps < 3]) - np.median(grey[(gaps > 14) & (gaps < 40)])) > 10
