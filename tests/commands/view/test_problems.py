"""A call that may have begun: whose words are shown, and how it is said to have turned out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks import mrkdwn
from commands.clouds.cloud import Fault
from commands.clouds.jdcloud.regions import known_regions
from commands.snapshot import Snapshot
from commands.view import Part, parts
from store.lifecycle import CallState, CopyState, State
from store.tables import Call, Copy, Problem
from tests.commands.view.test_card import seen

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def unknown(call_state: CallState, new_image: str | None = None, **facts: Any) -> Part:
    """The part about the only problem of a request with one call."""
    base = seen(State.COPYING)
    copy = Copy(
        request_id="cp-1",
        image_id="img-0",
        destination="cn-east-2",
        call_number=1,
        state=CopyState.PLANNED,
        new_image_id=new_image,
    )
    call = Call(request_id="cp-1", number=1, destination="cn-east-2", marker="m", state=call_state)
    problem = Problem(
        **{
            "request_id": "cp-1",
            "number": 1,
            "kind": "unknown",
            "call_number": 1,
            "destination": "cn-east-2",
            "images": ["img-0"],
            "fault": Fault.LOST.value,
            "at": NOW,
            **facts,
        }
    )
    made = Snapshot(base.request, [copy], [call], [problem], [], frozenset())
    return next(part for part in parts(made, known_regions(())) if part.name == "unknown-1")


def said(part: Part) -> list[str]:
    return [mrkdwn(line) for line in part.message.lines]


@pytest.mark.parametrize("state", [CallState.SETTLING, CallState.UNKNOWN])
def test_while_nothing_is_certain_nothing_is_said_to_be_settled(state: CallState) -> None:
    part = unknown(state)
    assert len(said(part)) == 2
    assert not part.fixed


@pytest.mark.parametrize("state", [CallState.PLANNED, CallState.SENDING, CallState.REFUSED])
def test_a_call_that_proved_not_to_have_begun_is_settled_so(state: CallState) -> None:
    assert said(unknown(state))[2:] == ["已确认：没有开始复制 `img-0`"]


def test_a_call_that_proved_to_have_begun_is_settled_so() -> None:
    assert said(unknown(CallState.SENT, "img-new"))[2:] == ["已确认：`img-0` 的复制已开始"]


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.GARBLED, Fault.SERVER])
def test_our_own_words_are_not_shown_as_the_clouds(fault: Fault) -> None:
    part = unknown(CallState.SETTLING, fault=fault.value, message="Server disconnected")
    assert "Server disconnected" not in "".join(said(part))


def test_the_clouds_status_and_words_are_shown() -> None:
    facts: dict[str, Any] = {"status": "UNAVAILABLE", "message": "Try later", "cloud_request_id": "r-1"}
    part = unknown(CallState.SETTLING, fault=Fault.SERVER.value, http_status=503, **facts)
    assert said(part)[2] == "`503 UNAVAILABLE` Try later · requestId `r-1`"
    html = unknown(CallState.SETTLING, fault=Fault.SERVER.value, http_status=502, message="no envelope")
    assert said(html)[2] == "`502`"
