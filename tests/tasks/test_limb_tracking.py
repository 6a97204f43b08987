from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Event, Source
from clonotate.screens.widgets import Mark, Path
from clonotate.tasks.limb_tracking import LEVELS, TOLERANCE, LimbTracking, World, overlay, tab
from clonotate.tasks.worlds import footage
from clonotate.tasks.worlds.overhead import INSECTS
from clonotate.tasks.worlds.poses import Film
from clonotate.tasks.worlds.quadrupeds import BUILDS

TASK = LimbTracking()
SEEDS = range(8)
KINDS = ("mouse above", *BUILDS, *INSECTS)


@cache
def world(seed: int = 0) -> World:
    return TASK.begin(np.random.default_rng(seed))


@cache
def filmed(kind: str) -> Film:
    return footage.shoot(replace(footage.STANDARD, kinds=(kind,)), np.random.default_rng(1))


def clicked(state: World, *events: Event) -> World:
    for event in events:
        state = TASK.update(state, event)
    return state


def at(x: int, y: int) -> Event:
    return Event("canvas", (x, y))


def rightly(state: World, t: int, k: int) -> Event:
    place = state.film.truth[t][k]
    return Event("canvas", place) if place else Event("hidden")


def annotated(state: World) -> World:
    """With all keypoints placed rightly."""
    for t in range(len(state.film.images)):
        state = clicked(state, *(rightly(state, t, k) for k in range(len(state.film.names))), Event("next"))
    return state


class TestTheWorld:
    @pytest.mark.parametrize("kind", KINDS)
    def test_keypoints_lie_on_the_canvas_and_have_names(self, kind: str) -> None:
        film = filmed(kind)
        assert film.images.shape == (len(film.known[0]), 256, 256, 3)
        assert film.kind == kind
        assert film.known[0].shape == (*film.known[1].shape, 2)
        assert 6 <= len(film.names) == film.known[0].shape[1] <= 7
        assert film.known[0].min() >= 8
        assert film.known[0].max() <= 247
        assert film.known[1].min() >= 0
        assert film.known[1].max() <= 1

    @pytest.mark.parametrize("seed", SEEDS)
    def test_where_all_walk_to_the_right_no_left_foot_is_near(self, seed: int) -> None:
        film = LEVELS["rightward"].begin(np.random.default_rng(seed)).film
        snout, tail = (film.known[0][:, film.names.index(name), 0] for name in ("Snout", "Tail base"))
        assert (snout > tail).all()
        assert {"L fore", "R hind"} <= set(film.names)

    @pytest.mark.parametrize("kind", KINDS)
    def test_keypoints_stand_out_from_the_ground_and_are_not_drawn(self, kind: str) -> None:
        film = filmed(kind)
        grey = film.images.mean(axis=-1)
        apart = []
        for t, k in np.argwhere(film.known[1] > 0.9):
            x, y = film.known[0][t, k].round().astype(int)
            ring = grey[t, max(y - 14, 0) : y + 15, max(x - 14, 0) : x + 15]
            apart.append(np.abs(grey[t, y - 1 : y + 2, x - 1 : x + 2].mean() - np.median(ring)))
        assert np.median(apart) > 12

    def test_some_keypoints_are_hidden_and_most_are_not(self) -> None:
        hidden = np.mean([(filmed(kind).seen < 0.5).mean() for kind in KINDS])
        assert 0.01 < hidden < 0.3

    def test_things_in_front_hide_keypoints(self) -> None:
        def hidden(cover: float) -> float:
            scene = replace(footage.STANDARD, kinds=("ant", "horse"), cover=cover)
            films = [footage.shoot(scene, np.random.default_rng(seed)) for seed in range(4)]
            return float(np.mean([(film.known[1] < 0.5).mean() for film in films]))

        assert hidden(1.0) > hidden(0.0)

    def test_the_near_limbs_are_those_of_the_side_that_the_animal_shows(self) -> None:
        """It shows its right side when it walks to the right; the near feet stand lower in the picture."""
        for kind in ("dog", "horse"):
            film = filmed(kind)
            facing_right = film.known[0][0, 0, 0] > film.known[0][0, 1, 0]
            near, far = ("R", "L") if facing_right else ("L", "R")
            for limb in ("fore", "hind"):
                low, high = (
                    np.sort(film.known[0][:, film.names.index(f"{side} {limb}"), 1])[-3:].mean()
                    for side in (near, far)
                )
                assert low > high

    def test_animals_walk(self) -> None:
        for seed in SEEDS:
            steps = np.linalg.norm(np.diff(world(seed).film.known[0], axis=0), axis=-1)
            assert steps.max() > 6
            assert steps.mean() < 40

    def test_two_seeds_never_look_alike(self) -> None:
        first = [world(seed).film.images[0].astype(float) for seed in SEEDS]
        for i, one in enumerate(first):
            assert all(np.abs(one - other).mean() > 4 for other in first[:i])

    def test_hard_worlds_are_longer_noisier_and_faster(self) -> None:
        easy, hard = LEVELS["easy"].scene, LEVELS["hard"].scene
        assert easy.frames < hard.frames
        assert easy.noise < hard.noise
        assert easy.pace < hard.pace


class TestTheInterface:
    def test_placing_moves_on_to_the_next_keypoint_that_is_missing(self) -> None:
        state = clicked(world(), Event(tab(1)), at(40, 40))
        assert state.active == 2
        state = clicked(state, Event(tab(0)), at(30, 40))
        assert state.active == 2
        for _ in range(len(state.film.names) - 2):
            state = clicked(state, Event("hidden"))
        assert state.active is None
        assert clicked(state, at(50, 50)) is state
        assert clicked(state, Event("hidden")) is state

    def test_a_placed_keypoint_can_be_moved(self) -> None:
        state = clicked(world(), at(40, 40), Event(tab(0)), at(60, 70))
        assert state.marks == {(0, 0): (60, 70)}
        assert state.active == 1
        assert clicked(state, Event("undo")).marks == {(0, 0): (40, 40)}

    def test_undo_leads_back_to_what_it_undoes(self) -> None:
        state = clicked(world(), at(40, 40), Event("next"), Event("next"), Event("undo"))
        assert (state.t, state.active, state.marks) == (0, 0, {})

    def test_the_frame_before_is_shown_as_ghosts_of_what_is_missing(self) -> None:
        state = clicked(world(), at(40, 40), at(90, 90), Event("next"))
        assert [mark.at for mark in overlay(state) if isinstance(mark, Mark)] == [(40, 40), (90, 90)]
        placed = [mark for mark in overlay(clicked(state, at(45, 40))) if isinstance(mark, Mark)]
        assert {mark.at for mark in placed} == {(90, 90), (45, 40)}

    def test_a_complete_frame_shows_its_skeleton_and_what_is_hidden(self) -> None:
        state = clicked(world(), *(at(30 + 20 * k, 99) for k in range(6)), Event("hidden"))
        assert state.complete[0]
        drawn = overlay(state)
        assert any(isinstance(item, Path) for item in drawn)
        assert [mark.at[1] for mark in drawn if isinstance(mark, Mark) and mark.shape == "cross"] == [247]


class TestTheScore:
    def test_all_right_is_success(self) -> None:
        score = TASK.score(annotated(world()))
        assert score.success
        assert score.parts == {"pck": 1.0, "hidden": 1.0}

    def test_left_and_right_swapped_is_none(self) -> None:
        film = filmed("horse")
        state = World(
            replace(world().film, **{field: getattr(film, field) for field in ("images", "points", "seen")})
        )
        state = replace(state, film=replace(state.film, names=film.names, bones=film.bones))
        done = annotated(state)
        left, right = film.names.index("L hind"), film.names.index("R hind")
        swap = {left: right, right: left}
        swapped = tuple((t, swap.get(k, k), place) for t, k, place in done.placements)
        assert TASK.score(done).success
        assert not TASK.score(replace(done, placements=swapped)).success

    def test_a_visible_keypoint_called_hidden_is_wrong_and_a_dubious_one_is_not(self) -> None:
        film = world().film
        for share, placed, hidden in (
            (0.95, True, False),
            (0.6, True, True),
            (0.4, True, True),
            (0.0, False, True),
        ):
            seen = np.full_like(film.known[1], share)
            x, y = film.known[0][0, 0]
            dubious = replace(film, seen=seen)
            assert dubious.right((0, 0, (round(x), round(y)))) is placed
            assert dubious.right((0, 0, None)) is hidden

    def test_five_pixels_are_near_enough_and_seven_are_not(self) -> None:
        film = replace(world().film, seen=np.ones_like(world().film.known[1]))
        x, y = (round(v) for v in film.known[0][0, 0])
        assert film.right((0, 0, (x + 4, y)))
        assert not film.right((0, 0, (x + 7, y)))

    def test_the_answer_cannot_be_guessed_without_looking(self) -> None:
        """The mean place of each keypoint over other worlds is far from right."""
        hits = []
        for seed in SEEDS:
            film = world(seed).film
            points = film.known[0]
            others = [world(s).film.known[0].reshape(-1, 2).mean(axis=0) for s in SEEDS if s != seed]
            hits.append((np.linalg.norm(points - np.mean(others, axis=0), axis=-1) <= TOLERANCE).mean())
        assert np.mean(hits) < 0.1

    def test_repeating_the_frame_before_is_not_enough(self) -> None:
        for seed in SEEDS:
            points = world(seed).film.known[0]
            still = np.linalg.norm(points - points[0], axis=-1) <= TOLERANCE
            assert still.mean() < 0.9


class TestTheExpert:
    def test_slips_are_wrong_and_include_another_keypoint(self) -> None:
        for seed in SEEDS:
            state = world(seed)
            intent = TASK.expert(state, TASK.remember(None, state), 0.0)
            slips = TASK.slips(state, intent)
            others = [place for k, place in enumerate(state.film.truth[0]) if k != state.active and place]
            assert slips
            assert any(slip.at in others for slip in slips)
            for slip in slips:
                assert clicked(state, slip).wrong == {0: (state.active,)}

    def test_the_cautious_flip_back_and_review(self) -> None:
        kinds: list[list[str]] = []
        for care in (0.0, 1.0):
            session = Session(Source(TASK.name), world=world(1))
            person = VirtualAnnotator(session, replace(STEADY, care=care), np.random.default_rng(0))
            while not session.done:
                session.click(person(session.screen))
            kinds.append([step.label.kind for step in session.steps if step.label])
        assert kinds[0].count("verify") < kinds[1].count("verify")
        assert all(40 <= len(steps) <= 250 for steps in kinds)


class TestRealFrames:
    def frames(self) -> NDArray[np.uint8]:
        return np.zeros((6, 256, 256), np.uint8)

    def test_with_keypoints_an_expert_can_work(self) -> None:
        keypoints = np.linspace(20, 230, 6 * 4 * 2).reshape(6, 4, 2)
        keypoints[2, 1] = np.nan
        state = TASK.begin_from(self.frames(), ("snout", "left", "right", "tail"), keypoints)
        assert state.film.images.shape == (6, 256, 256, 3)
        assert state.film.truth[2][1] is None
        assert TASK.score(annotated(state)).success

    def test_without_keypoints_there_is_no_score(self) -> None:
        state = TASK.begin_from(self.frames(), ("snout", "tail"))
        assert TASK.update(state, at(3, 4)).marks == {(0, 0): (3, 4)}
        assert not TASK.standing(state).in_error
        with pytest.raises(ClonotateError, match="no keypoints"):
            TASK.score(state)

    def test_what_does_not_fit_is_refused(self) -> None:
        with pytest.raises(ClonotateError, match="at most 7"):
            TASK.begin_from(self.frames(), tuple("abcdefgh"))
        with pytest.raises(ClonotateError, match="256 x 256"):
            TASK.begin_from(np.zeros((6, 200, 256), np.uint8), ("snout",))
        with pytest.raises(ClonotateError, match="shape"):
            TASK.begin_from(self.frames(), ("snout",), np.zeros((5, 1, 2)))
