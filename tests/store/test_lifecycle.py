"""The moves between states, and where a request under way stands."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.lifecycle import COPY_ENDS, ENDS, MOVES, CallState, CopyState, Move, State, derive, move_to

_UNDER_WAY = {State.COPYING, State.WATCHING, State.UNKNOWN}
_OPEN_CALLS = {CallState.PLANNED, CallState.SENDING, CallState.SETTLING, CallState.UNKNOWN}

calls_of_any_state = st.lists(st.sampled_from(CallState), max_size=6)
copies_of_any_state = st.lists(st.sampled_from(CopyState), max_size=6)


def test_every_move_has_its_place_in_the_table() -> None:
    assert set(MOVES) == set(Move)


def test_nothing_leaves_an_end() -> None:
    assert not [move for move, (starts, _) in MOVES.items() if starts & ENDS]


def test_every_state_but_the_first_can_be_reached_and_every_other_left() -> None:
    assert {end for _, end in MOVES.values()} == set(State) - {State.CHECKING}
    assert set().union(*(starts for starts, _ in MOVES.values())) == set(State) - ENDS


def test_no_copy_begins_without_approval_having_been_passed() -> None:
    into_copying = {start for starts, end in MOVES.values() if end is State.COPYING for start in starts}
    assert into_copying == {State.APPROVED, State.WATCHING, State.UNKNOWN}


def test_a_state_says_itself_whether_it_is_an_end() -> None:
    assert [s.value for s in State if not s.ended] == [
        "checking",
        "waiting",
        "approved",
        "copying",
        "watching",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("calls", "copies", "state"),
    [
        ("planned", "planned", "copying"),
        ("sending", "planned", "copying"),
        ("settling", "planned", "copying"),
        ("sent settling", "running planned", "copying"),
        ("unknown planned", "planned planned", "copying"),
        ("unknown", "planned", "unknown"),
        ("sent unknown", "ready planned", "unknown"),
        ("sent", "running", "watching"),
        ("sent sent", "ready running", "watching"),
        ("sent refused", "running failed", "watching"),
        ("sent", "ready", "ready"),
        ("sent", "ready present", "ready"),
        ("sent sent", "ready failed", "partly_ready"),
        ("sent not_sent", "ready not_sent", "partly_ready"),
        ("sent", "failed", "failed"),
        ("refused", "failed failed", "failed"),
        ("refused not_sent", "failed not_sent", "failed"),
        ("refused", "failed present", "failed"),
        ("not_sent", "not_sent not_sent", "cancelled"),
        ("not_sent", "not_sent present", "cancelled"),
    ],
)
def test_calls_and_copies_say_where_a_request_stands(calls: str, copies: str, state: str) -> None:
    assert derive(map(CallState, calls.split()), map(CopyState, copies.split())) is State(state)


@given(calls_of_any_state, copies_of_any_state)
def test_a_request_never_ends_while_a_call_or_a_copy_is_open(
    calls: list[CallState], copies: list[CopyState]
) -> None:
    is_open = bool(_OPEN_CALLS & set(calls)) or not set(copies) <= COPY_ENDS
    assert derive(calls, copies).ended is not is_open


@given(calls_of_any_state, copies_of_any_state)
def test_a_request_is_ready_exactly_when_all_it_wanted_is(
    calls: list[CallState], copies: list[CopyState]
) -> None:
    all_ready = set(copies) <= {CopyState.READY, CopyState.PRESENT} and not _OPEN_CALLS & set(calls)
    assert (derive(calls, copies) is State.READY) is all_ready


@given(calls_of_any_state, copies_of_any_state, st.randoms())
def test_the_order_of_calls_and_copies_does_not_matter(
    calls: list[CallState], copies: list[CopyState], random: Random
) -> None:
    shuffled_calls, shuffled_copies = list(calls), list(copies)
    random.shuffle(shuffled_calls)
    random.shuffle(shuffled_copies)
    assert derive(shuffled_calls, shuffled_copies) is derive(calls, copies)


@given(calls_of_any_state, copies_of_any_state)
def test_a_request_under_way_can_move_to_wherever_it_stands(
    calls: list[CallState], copies: list[CopyState]
) -> None:
    state = derive(calls, copies)
    starts, end = MOVES[move_to(state)]
    assert end is state
    assert starts >= _UNDER_WAY - {state}


@given(calls_of_any_state, copies_of_any_state)
def test_copies_of_earlier_requests_change_nothing(calls: list[CallState], copies: list[CopyState]) -> None:
    assert derive(calls, [*copies, CopyState.PRESENT]) is derive(calls, copies)


def test_no_two_moves_lead_from_the_same_start_to_the_same_end() -> None:
    steps = [(start, end) for starts, end in MOVES.values() for start in starts]
    twice = {step for step, same in itertools.groupby(sorted(steps)) if len(list(same)) > 1}
    assert twice == set()
