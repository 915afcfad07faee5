"""What a button's value stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.buttons import Pressed, pressed


def test_a_value_names_a_request_and_a_round() -> None:
    assert pressed("cp-7f3k2m.3") == Pressed("cp-7f3k2m", 3)


@pytest.mark.parametrize(
    "value", ["", ".", ".1", "cp-7f3k2m", "cp-7f3k2m.", "cp-7f3k2m.x", "cp-7f3k2m.-1", "a.²"]
)
def test_what_is_no_value_of_ours_stands_for_nothing(value: str) -> None:
    assert pressed(value) is None


@given(st.text(min_size=1), st.integers(0, 10**6))
def test_every_value_we_give_is_understood(request_id: str, number: int) -> None:
    button = Pressed(request_id, number)
    assert pressed(button.value) == button


@given(st.text(max_size=2000))
def test_no_value_at_all_breaks_anything(value: str) -> None:
    button = pressed(value)
    assert button is None or button.round >= 0
